// When a host's row is written, and what its socket holds meanwhile. Pure. A row is written at once when something changed that must not
// be lost (core/shard/kept/must-keep.ts). Everything else waits in the socket's attachment, which costs no row and survives hibernation, until the row
// is written anyway, has waited for hours, or there is no more room. A deploy or a lost socket loses what waited; it is learned again.
import { entriesOf, namedFrom, namesOf } from "@countersign/shared/values/named";
import { changesBetween } from "@countersign/shared/values/records";
import { isEmptyBook } from "../../facts/fact-book.ts";
import type { HostState, ServiceState, ShardState } from "../host/shard-state.ts";
import { type Difference, differenceOf, withDifference } from "./difference.ts";
import { mustKeepOfHost, resumeBook } from "./must-keep.ts";
import { pastWithin } from "./past-within.ts";
import {
  type AttachedHost,
  attachedHostOf,
  isOnlySeen,
  restoreHost,
  type StoredHost,
  storedHostOf,
  type Unsaved,
} from "./shard-stored.ts";

/** What waits is saved after this at the latest, give or take a quarter: hosts must not all write at once. */
export const LEARNED_SAVED_AFTER_MS = 6 * 3_600_000;
const SPREAD_SHARE = 0.25;
/** Room for what waits, in bytes: the platform gives a socket 16 KiB, and the rest of an attachment wants its part. */
export const UNSAVED_BYTES_MAX = 8_000;
/** Of what may be forgotten (what checks did), so much; less where the rest of the attachment leaves less. */
export const PAST_BYTES_MAX = 4_000;
const ATTACHED_BYTES_MAX = 15_500;
const CONNECTION_BYTES_MAX = 2_500;
/** What is attached of a healthy service, beside its name. */
const SERVICE_BYTES_MAX = 190;

/** The rows as they were written last, and the instant of the decision. */
export interface KnownRows {
  readonly rowOf: (hostId: string) => StoredHost | undefined;
  readonly now: number;
}

/** The rows that a decision makes necessary. */
export function planHostRows(before: ShardState, after: ShardState, known: KnownRows): readonly StoredHost[] {
  return changesBetween(before.hosts, after.hosts).flatMap(({ before: previous, after: host }) => {
    if (host === undefined || (previous !== undefined && isOnlySeen(previous, host))) return [];
    const row = known.rowOf(host.hostId);
    if (row !== undefined && !isDue(row, host, known.now)) return [];
    return [rowOf(host, known.now)];
  });
}

function rowOf(host: HostState, now: number): StoredHost {
  const row = { ...storedHostOf(host), savedAt: now };
  return host.past === undefined ? row : { ...row, past: host.past };
}

/** What a connected host's socket holds: what its row leaves out, and what it does not say yet. null: it has no socket. */
export function attachmentOf(host: HostState, row: StoredHost | undefined): AttachedHost | null {
  const all = attachedHostOf(host);
  if (all === null) return null;
  const { past, ...attached } = all;
  const unsaved = row === undefined ? null : unsavedOf(host, row);
  const rest = unsaved === null ? attached : { ...attached, unsaved };
  const fitting = past === undefined ? null : pastWithin(past, roomBeside(rest));
  return fitting === null ? rest : { ...rest, past: fitting };
}

// Reckoned from above and not written down: it is asked with each report.
function roomBeside({ services, unsaved }: Pick<AttachedHost, "services" | "unsaved">): number {
  const names = namesOf(services).reduce((sum, name) => sum + name.length, 0);
  const ofServices = names + namesOf(services).length * SERVICE_BYTES_MAX;
  const ofUnsaved = unsaved === undefined ? 0 : bytesOf(unsaved.difference);
  return Math.min(PAST_BYTES_MAX, ATTACHED_BYTES_MAX - CONNECTION_BYTES_MAX - ofServices - ofUnsaved);
}

/** A host from its row and, where it still has one, its socket. Without that, what was learned since the row was written is lost. */
export function hostFrom(row: StoredHost, socket: Parameters<typeof restoreHost>[1]): HostState {
  return restoreHost(rowWith(row, socket?.attached ?? null), socket);
}

// Asked twice about one host: whether its row is due, and what its socket is to hold when it is not.
const asked = new WeakMap<HostState, { readonly row: StoredHost; readonly unsaved: Unsaved | null }>();

function unsavedOf(host: HostState, row: StoredHost): Unsaved | null {
  const known = asked.get(host);
  if (known?.row === row) return known.unsaved;
  const { past: _past, savedAt = 0, ...said } = row;
  const difference = differenceOf(said, storedHostOf(host));
  const unsaved = difference === null ? null : { savedAt, difference: JSON.stringify(difference) };
  asked.set(host, { row, unsaved });
  return unsaved;
}

function rowWith(row: StoredHost, attached: AttachedHost | null): StoredHost {
  if (attached === null) return resumed(row);
  const { unsaved } = attached;
  if (unsaved === undefined) return row;
  // Written for another row: we died between the row and the socket.
  if (unsaved.savedAt !== (row.savedAt ?? 0)) return resumed(row);
  return withDifference(row, JSON.parse(unsaved.difference) as Difference) as StoredHost;
}

function isDue(row: StoredHost, host: HostState, now: number): boolean {
  const unsaved = unsavedOf(host, row);
  if (unsaved === null) return false;
  if (now >= savedAgainAt(row) || bytesOf(unsaved.difference) > UNSAVED_BYTES_MAX) return true;
  return differenceOf(mustKeepOfHost(row), mustKeepOfHost(storedHostOf(host))) !== null;
}

function savedAgainAt({ hostId, savedAt = 0 }: StoredHost): number {
  const share = (Number.parseInt(hostId.slice(-2), 16) || 0) / 255;
  return savedAt + LEARNED_SAVED_AFTER_MS * (1 - SPREAD_SHARE + 2 * SPREAD_SHARE * share);
}

/** As the runtime stores a string: two bytes a character as soon as one of them is not Latin-1. */
export function bytesOf(text: string): number {
  for (let index = 0; index < text.length; index += 1)
    if (text.charCodeAt(index) > 0xff) return text.length * 2;
  return text.length;
}

function resumed(row: StoredHost): StoredHost {
  const services = entriesOf(row.services).map(([name, service]): [string, ServiceState] => [
    name,
    isEmptyBook(service.book) ? service : { ...service, book: resumeBook(service.book) },
  ]);
  return {
    ...row,
    services: namedFrom(services),
    ...(row.book === undefined ? {} : { book: resumeBook(row.book) }),
  };
}
