// A host of which nothing is known but its key and what its socket holds: what remains of one whose row cannot be read, or with whose state
// no decision can be made. It is watched like any other, and what its services are going through comes again with the next digest. Pure.
import { entriesOf, namedFrom, NONE_NAMED } from "@countersign/shared/values/named";
import { EMPTY_BOOK, type FactBook } from "../../facts/fact-book.ts";
import type { PageReason } from "../../words/signal.ts";
import type { Connection, HostState, ShardState } from "../host/shard-state.ts";
import type { AttachedHost, StoredHost } from "./shard-stored.ts";

/** What fires because of what is kept must still clear. */
const KEPT_REASONS: readonly PageReason[] = [
  "host-silent",
  "host-late-return",
  "host-flooding",
  "control-plane-gap",
];

/** The row of such a host. */
export function bareRow(hostId: string, name: string, connection: Connection | null): StoredHost {
  return { hostId, name, probe: probeOf(connection), outcomesSeen: [], trouble: null, services: NONE_NAMED };
}

/** What the shard still knows of a host that it was just watching, without all that decisions are made of. */
export function strippedHost(host: HostState): HostState {
  return {
    ...host,
    probe: probeOf(host.connection),
    secondOpinion: "not-asked",
    refusedBoot: null,
    outcomesSeen: [],
    services: NONE_NAMED,
    book: marksKept(host.book),
  };
}

/** The shard's own state, without all that its rules remember. */
export function strippedShard(state: ShardState): ShardState {
  return { ...state, book: marksKept(state.book), fleetSilence: null };
}

/** What a socket holds, without what it knows beyond its host's row. */
export function connectionAlone({ unsaved: _lost, ...attached }: AttachedHost): AttachedHost {
  return { ...attached, services: NONE_NAMED };
}

/** The name in a row that may say nothing else that can be read; else the host's own, else its id. */
export function nameIn(stored: string, hostId: string, attached: AttachedHost | undefined): string {
  try {
    const { name } = Object(JSON.parse(stored)) as { readonly name?: unknown };
    if (typeof name === "string" && name !== "") return name;
  } catch {
    // No JSON: the name is lost with the rest.
  }
  return attached?.connection.hostname ?? hostId;
}

function marksKept({ firing }: FactBook): FactBook {
  const kept = entriesOf(firing).filter(([, { reason }]) => KEPT_REASONS.includes(reason));
  return kept.length === 0 ? EMPTY_BOOK : { ...EMPTY_BOOK, firing: namedFrom(kept) };
}

function probeOf(connection: Connection | null): HostState["probe"] {
  if (connection === null || connection.address === null || connection.probePort === null) return null;
  return { address: connection.address, port: connection.probePort };
}
