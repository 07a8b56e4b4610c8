// What is attached to a shard's sockets, and so outlives the object's memory. A frame and a sweep ask in which phase a socket is and whose
// it is; what the host's row leaves out is text beside that, which only a shard that wakes reads.
import type { AttachedHost, Unsaved } from "../../core/shard/kept/shard-stored.ts";
import { checkStored, readStored } from "../../stored/read-stored.ts";
import { AttachedHostShape, UnsavedShape } from "../../stored/shard-shapes.ts";

/** A socket that was sent a challenge and has not proven anything. */
export interface Challenged {
  readonly phase: "challenged" | "verifying";
  readonly hostId: string;
  /** `host[:port]` under which the request came in */
  readonly audience: string;
  readonly address: string | null;
  /** the address's group, when this host has not proven itself from there before; null: it has, and counts against nobody */
  readonly strangerFrom: string | null;
  readonly challenge: string;
  readonly issuedAt: number;
}

/** A socket whose host has proven its key. */
export interface Live {
  readonly phase: "live";
  readonly hostId: string;
  readonly connectionId: string;
  readonly bootId: string;
  readonly connectedAt: number;
  /** JSON of the `AttachedHost` but for `unsaved`; its `connection.catalogue` is empty, see shard-store.ts */
  readonly attached: string;
  /** a text of its own: one character beyond Latin-1 makes two bytes of each character in its text */
  readonly unsaved?: Unsaved;
}

/** A socket that we have closed; its last frames may still come in and mean nothing. */
export interface Ended {
  readonly phase: "ended";
  readonly hostId: string;
}

export type Attachment = Challenged | Live | Ended;

/** What is attached to a host's proven socket. */
export function liveOf(hostId: string, { unsaved, ...attached }: AttachedHost): Live {
  const connection = { ...attached.connection, catalogue: [] };
  const { bootId, connectedAt, connectionId } = connection;
  const text = JSON.stringify({ ...attached, connection });
  const live: Live = { phase: "live", hostId, connectionId, bootId, connectedAt, attached: text };
  return unsaved === undefined ? live : { ...live, unsaved };
}

/** What is attached, where it can be read so far; null: it cannot. By hand and not by a schema: it is asked of every socket at every sweep. */
export function attachmentIn(value: unknown): Attachment | null {
  const found = Object(value) as Partial<Record<keyof Live | keyof Challenged, unknown>>;
  const { connectedAt, hostId, issuedAt, phase } = found;
  if (typeof hostId !== "string") return null;
  const isReadable =
    phase === "ended" ||
    (phase === "live" && Number.isFinite(connectedAt)) ||
    ((phase === "challenged" || phase === "verifying") && Number.isFinite(issuedAt));
  return isReadable ? (value as Attachment) : null;
}

/** The host's part of a live attachment; null: it cannot be read. */
export function attachedIn({ attached, unsaved }: Live): AttachedHost | null {
  const read = readStored<AttachedHost>(attached, AttachedHostShape);
  if (!read.ok || unsaved === undefined) return read.ok ? read.value : null;
  return checkStored(unsaved, UnsavedShape).ok ? { ...read.value, unsaved } : null;
}
