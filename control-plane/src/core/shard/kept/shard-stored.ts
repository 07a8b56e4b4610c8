// What of a host's state must outlive the shard's memory, as pure projections. Three places keep it: the host's row (written only
// when its projection changed), the socket's attachment (survives hibernation, costs no row) and nothing at all.
// A healthy, connected host projects to the same value whatever it reports, so it writes no row; its row says little, and what
// the row leaves out is read from the attachment. No attachment for such a host means that our side lost its socket: `woke`
// turns it into "unknown since". When the row is written: core/shard/kept/host-rows.ts. Pure.
import { entriesOf, type Named, namedAt, namedFrom, NONE_NAMED } from "@countersign/shared/values/named";
import { EMPTY_BOOK, type FactBook, isEmptyBook, isFiring } from "../../facts/fact-book.ts";
import { isSameButSeen } from "../host/same-host.ts";
import { isBoring, unreportedService } from "../host/services.ts";
import type {
  CheckPast,
  Connection,
  Examination,
  HostState,
  ServiceState,
  ShardState,
  Unheard,
} from "../host/shard-state.ts";

/** A host's row. Instants are epoch milliseconds by the shard's clock. */
export interface StoredHost {
  readonly hostId: string;
  readonly name: string;
  readonly probe: HostState["probe"];
  /** absent: none */
  readonly tags?: readonly string[];
  /** absent: none */
  readonly listed?: readonly string[];
  /** absent: none */
  readonly titles?: Named<string>;
  /** absent: it does not */
  readonly saysRetired?: true;
  /** absent: it has told none */
  readonly examination?: Examination;
  readonly outcomesSeen: HostState["outcomesSeen"];
  /** null: the host was up and connected when this was written */
  readonly trouble: StoredTrouble | null;
  /** only the services that are not boring; of one that is healthy and known for its facts, only the facts */
  readonly services: Named<ServiceState>;
  /** absent: its rules remember nothing */
  readonly book?: FactBook;
  /** when it was written; absent: never */
  readonly savedAt?: number;
  /** as it was then: nothing is written for its sake. absent: nothing was known */
  readonly past?: CheckPast;
}

/** What fires because of a service's checks, and is over when they have passed for long enough. */
const CHECK_REASONS = ["check-failing", "remediation-ineffective"] as const;

type StoredTrouble = Pick<
  HostState,
  | "liveness"
  | "sinceAt"
  | "lastSeenAt"
  | "unheard"
  | "secondOpinion"
  | "returnDueAt"
  | "refusedBoot"
  | "flooding"
>;

/** What the shell keeps in the host's socket attachment; a few hundred bytes for a usual catalogue. */
export interface AttachedHost {
  readonly connection: Connection;
  readonly sinceAt: number;
  /** it has not been heard on this connection; absent: it was */
  readonly unheard?: Unheard & Pick<HostState, "lastSeenAt">;
  /** baselines of healthy services, so that a restart while the shard slept is noticed */
  readonly services: Named<AttachedService>;
  /** what its checks did, as far as there is room; absent: nothing is known */
  readonly past?: CheckPast;
  /** what the host's row does not say yet (core/shard/kept/host-rows.ts); absent: the row says all */
  readonly unsaved?: Unsaved;
}

/** What a host's row does not say yet; it fits only the row that was written at `savedAt`. */
export interface Unsaved {
  readonly savedAt: number;
  /** JSON of the difference */
  readonly difference: string;
}

interface AttachedService {
  readonly invocationId: string;
  readonly restartCount: number;
  readonly healthySinceAt: number | null;
  /** absent: its next start is a restart */
  readonly isBetweenRuns?: true;
}

/** The shard's own row. The epoch and its numbers are not in it: an object that was set back would use their keys again. */
export type StoredShard = Pick<
  ShardState,
  "graceUntilAt" | "gapSinceAt" | "book" | "censusTold" | "lateTold" | "deskSilentSinceAt" | "fleetSilence"
>;

/** Of a shard that has not written its own row yet. */
export const NO_OWN_ROW: StoredShard = {
  graceUntilAt: 0,
  gapSinceAt: null,
  book: EMPTY_BOOK,
  censusTold: 0,
  deskSilentSinceAt: null,
  fleetSilence: null,
};

/** The part of a host that its row holds. */
export function storedHostOf(host: HostState): StoredHost {
  const { hostId, name, probe, outcomesSeen } = host;
  const kept = entriesOf(host.services)
    .filter(([, service]) => !isBoring(service))
    .map(([name, service]): [string, ServiceState] => [
      name,
      isBoringButFacts(service) ? factsAlone(service) : service,
    ]);
  return {
    hostId,
    name,
    probe,
    outcomesSeen,
    ...(host.tags === undefined ? {} : { tags: host.tags }),
    ...(host.listed === undefined ? {} : { listed: host.listed }),
    ...(host.titles === undefined ? {} : { titles: host.titles }),
    ...(host.saysRetired === undefined ? {} : { saysRetired: host.saysRetired }),
    ...(host.examination === undefined ? {} : { examination: host.examination }),
    trouble: hasTrouble(host) ? troubleOf(host) : null,
    services: namedFrom(kept),
    ...(isEmptyBook(host.book) ? {} : { book: host.book }),
  };
}

/** The part of a connected host that its socket's attachment holds, beside what its row does not say; null when it has no socket. */
export function attachedHostOf(host: HostState): AttachedHost | null {
  if (host.connection === null) return null;
  const healthy = entriesOf(host.services).filter(([, service]) => isBoringButFacts(service));
  const services = healthy.map(([name, service]): [string, AttachedService] => [
    name,
    {
      invocationId: service.lastInvocationId,
      restartCount: service.lastRestartCount,
      healthySinceAt: service.healthySinceAt,
      ...(service.isBetweenRuns === true ? { isBetweenRuns: true } : {}),
    },
  ]);
  const { connection, lastSeenAt, past, sinceAt, unheard } = host;
  const remembered = past === undefined ? {} : { past };
  const attached: AttachedHost = { connection, sinceAt, services: namedFrom(services), ...remembered };
  return unheard === null ? attached : { ...attached, unheard: { ...unheard, lastSeenAt } };
}

/**
 * A host from its row and, where it still has one, its socket: the attachment and the last keepalive as the runtime remembers
 * it (never earlier than `connectedAt`). Boring services come back without their last results; the next digest brings them.
 */
export function restoreHost(
  stored: StoredHost,
  socket: { readonly attached: AttachedHost; readonly lastSeenAt: number } | null,
): HostState {
  const { trouble } = stored;
  return {
    hostId: stored.hostId,
    name: stored.name,
    liveness: trouble?.liveness ?? "up",
    sinceAt: trouble?.sinceAt ?? socket?.attached.sinceAt ?? 0,
    ...restoreHeard(trouble, socket),
    connection: socket?.attached.connection ?? null,
    probe: stored.probe,
    secondOpinion: trouble?.secondOpinion ?? "not-asked",
    returnDueAt: trouble?.returnDueAt ?? null,
    refusedBoot: trouble?.refusedBoot ?? null,
    flooding: trouble?.flooding ?? null,
    outcomesSeen: stored.outcomesSeen,
    ...(stored.tags === undefined ? {} : { tags: stored.tags }),
    ...(stored.listed === undefined ? {} : { listed: stored.listed }),
    ...(stored.titles === undefined ? {} : { titles: stored.titles }),
    ...(stored.saysRetired === undefined ? {} : { saysRetired: stored.saysRetired }),
    ...(stored.examination === undefined ? {} : { examination: stored.examination }),
    services: restoreServices(stored.services, restoreHealthy(socket?.attached)),
    book: stored.book ?? EMPTY_BOOK,
    ...restorePast(stored, socket?.attached),
  };
}

// The row's is older: it was written when something else had to be.
function restorePast(stored: StoredHost, attached: AttachedHost | undefined): Pick<HostState, "past"> {
  const past = attached?.past ?? stored.past;
  return past === undefined ? {} : { past };
}

// A socket knows best whether its host is heard on it, and only then do its keepalives count.
function restoreHeard(
  trouble: StoredHost["trouble"],
  socket: Parameters<typeof restoreHost>[1],
): Pick<HostState, "lastSeenAt" | "unheard"> {
  const storedAt = trouble?.lastSeenAt ?? 0;
  if (socket === null) return { lastSeenAt: storedAt, unheard: trouble?.unheard ?? null };
  if (socket.attached.unheard === undefined)
    return { lastSeenAt: Math.max(storedAt, socket.lastSeenAt), unheard: null };
  const { lastSeenAt, ...unheard } = socket.attached.unheard;
  return { lastSeenAt: Math.max(storedAt, lastSeenAt), unheard };
}

/** The part of the shard that its own row holds. */
export function storedShardOf(state: ShardState): StoredShard {
  const { graceUntilAt, gapSinceAt, book, censusTold, deskSilentSinceAt, fleetSilence, lateTold } = state;
  const late = lateTold === undefined ? {} : { lateTold };
  return { graceUntilAt, gapSinceAt, book, censusTold, ...late, deskSilentSinceAt, fleetSilence };
}

// A closed socket is trouble: were the shard evicted now, the last sign of life would be forgotten and the page come late.
function hasTrouble(host: HostState): boolean {
  if (host.returnDueAt !== null || host.refusedBoot !== null) return true;
  if (rowUnheardOf(host) !== null) return true;
  if (host.flooding !== null) return true;
  // Up, unconnected and never seen is how a row without trouble comes back when its socket is gone: nothing new to write.
  if (host.liveness === "up") return host.connection === null && host.lastSeenAt > 0;
  return !isImpliedByGap(host);
}

// Unknown only because of our own gap: `gapSinceAt` in the shard's row says it for all such hosts at once.
function isImpliedByGap(host: HostState): boolean {
  return host.liveness === "unknown" && host.lastSeenAt > 0 && host.sinceAt === host.lastSeenAt;
}

// While a hello waits for its digest the socket alone remembers it: that is how every healthy host connects.
function rowUnheardOf({ connection, unheard }: HostState): Unheard | null {
  if (unheard === null || (connection !== null && unheard.refusedCount === 0 && !unheard.isOverdue))
    return null;
  return { ...unheard, isDigestTorn: false, partsTaken: 0 };
}

function troubleOf(host: HostState): StoredTrouble {
  const { liveness, sinceAt, lastSeenAt, secondOpinion, returnDueAt, refusedBoot, flooding } = host;
  // While the host is up with a socket the runtime remembers its keepalives: storing them would write a row at every sweep.
  const isRemembered = liveness === "up" && host.connection !== null && host.unheard === null;
  return {
    liveness,
    sinceAt,
    lastSeenAt: isRemembered ? 0 : lastSeenAt,
    unheard: rowUnheardOf(host),
    secondOpinion,
    returnDueAt,
    refusedBoot,
    flooding,
  };
}

// A healthy service that is stored for its facts has its baseline in the attachment.
function restoreServices(stored: StoredHost["services"], healthy: Named<ServiceState>): Named<ServiceState> {
  const restored = entriesOf(stored).map(([name, service]): [string, ServiceState] => {
    const { book } = service;
    const baseline = service.reportedAt === 0 ? (namedAt(healthy, name) ?? service) : service;
    return [name, { ...baseline, book: isEmptyBook(book) ? EMPTY_BOOK : book }];
  });
  return namedFrom([...entriesOf(healthy), ...restored]);
}

function restoreHealthy(attached: AttachedHost | undefined): Named<ServiceState> {
  if (attached === undefined) return NONE_NAMED;
  const services = entriesOf(attached.services).map(([service, facts]): [string, ServiceState] => [
    service,
    {
      service,
      report: { service, unit: null, results: [] },
      reportedAt: attached.connection.connectedAt,
      failing: NONE_NAMED,
      healthySinceAt: facts.healthySinceAt,
      restartsAt: [],
      lastInvocationId: facts.invocationId,
      lastRestartCount: facts.restartCount,
      ...(facts.isBetweenRuns === true ? { isBetweenRuns: true } : {}),
      proposal: null,
      verification: null,
      book: EMPTY_BOOK,
    },
  ]);
  return namedFrom(services);
}

/** Healthy, nothing open, no restart in the window: only its facts are worth a row. What its checks made fire is no fact. */
function isBoringButFacts(service: ServiceState): boolean {
  if (service.book === EMPTY_BOOK) return isBoring(service);
  if (CHECK_REASONS.some((reason) => isFiring(service.book, reason))) return false;
  return isBoring({ ...service, book: EMPTY_BOOK });
}

// What its reports said last is left out, or every digest of a healthy service would write a row.
function factsAlone({ book, service }: ServiceState): ServiceState {
  return { ...unreportedService(service), book };
}

/** Nearly all hosts of a sweep have a newer keepalive and nothing else; a connected one's row does not hold it. */
export function isOnlySeen(previous: HostState, host: HostState): boolean {
  return host.liveness === "up" && host.connection !== null && isSameButSeen(previous, host);
}
