// Plans which service states are reported, and fits them into frames. Pure. Changes at once, every result while a service is
// unhealthy, and everything (a digest) on connect and every 15 minutes. What is healthy and unchanged costs nothing.
import {
  AGENT_FRAME_BYTES_MAX,
  SERVICES_PER_HOST_MAX,
  SUMMARY_CHARS_MAX,
} from "@countersign/shared/values/limits";
import { sameBy } from "@countersign/shared/values/same-by";
import { PROTOCOL_VERSION, type AgentMessage } from "@countersign/shared/wire/protocol";
import type { CheckResult, ServiceReport, UnitState } from "@countersign/shared/wire/service-report";

type DigestPart = NonNullable<Extract<AgentMessage, { type: "report" }>["part"]>;

export const DIGEST_EVERY_MS = 15 * 60_000;

/** What the control plane was last told on this connection. */
export interface Reported {
  /** monotonic; null: nothing was sent on this connection yet */
  readonly digestAt: number | null;
  readonly services: ReadonlyMap<string, ServiceReport>;
}

export const NOTHING_REPORTED: Reported = { digestAt: null, services: new Map() };

export interface ReportPlan {
  readonly digest: boolean;
  /** empty: nothing is due */
  readonly services: readonly ServiceReport[];
  readonly reported: Reported;
}

/** Decides which services are due at `now` (monotonic), given the newest observation of every service. */
export function planReport(observed: readonly ServiceReport[], reported: Reported, now: number): ReportPlan {
  // A service whose first check has not ended yet is not known, which is something else than empty.
  const known = observed.filter(({ results, unit }) => results.length > 0 || unit !== null);
  const digest = reported.digestAt === null || now - reported.digestAt >= DIGEST_EVERY_MS;
  const services = digest
    ? known
    : known.filter((service) => isDue(service, reported.services.get(service.service)));
  if (services.length === 0 && !digest) return { digest: false, services, reported };
  const told = new Map(reported.services);
  for (const service of services) told.set(service.service, service);
  return { digest, services, reported: { digestAt: digest ? now : reported.digestAt, services: told } };
}

function isDue(service: ServiceReport, told: ServiceReport | undefined): boolean {
  if (told === undefined || !isSameUnit(service.unit, told.unit)) return true;
  // Evidence that cannot be read says nothing about the service's health.
  const isUnhealthy = service.results.some(({ status, kind }) => status === "fail" && kind !== "evidence");
  return (
    service.results.length !== told.results.length ||
    service.results.some((result) => {
      const before = told.results.find(({ check }) => check === result.check);
      if (before === undefined || before.status !== result.status || before.severity !== result.severity)
        return true;
      if (result.kind === "evidence") return before.finishedAt !== result.finishedAt;
      return isUnhealthy && before.finishedAt !== result.finishedAt;
    })
  );
}

// Memory in use changes all the time and is no reason to report; a unit that became active anew has another invocation.
const isSameUnit = sameBy<UnitState>({
  activeState: true,
  subState: true,
  result: true,
  restartCount: true,
  invocationId: true,
  mainPid: true,
  activeEnterAt: false,
  memoryCurrentBytes: false,
});

/**
 * How long a result stays valid. A failing one is followed by the next result; a passing one is repeated only by the digest,
 * and until then the earned keepalive says that its check still runs.
 */
export function ttlMsOf(status: CheckResult["status"], everyMs: number, timeoutMs: number): number {
  return 2 * (everyMs + timeoutMs) + (status === "pass" ? DIGEST_EVERY_MS : 0);
}

/** Cuts a summary to one printable line of at most SUMMARY_CHARS_MAX characters. */
export function summaryOf(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, " ").trim();
  return line.length <= SUMMARY_CHARS_MAX
    ? line
    : `${line.slice(0, SUMMARY_CHARS_MAX - 1).replace(/\p{Cs}$/u, "")}…`;
}

/** Splits a plan into report frames that each fit; a digest of many services may need several, all marked as digest and numbered. */
export function framesOf(
  plan: Pick<ReportPlan, "digest" | "services">,
  sentAt: number,
): readonly AgentMessage[] {
  const encoder = new TextEncoder();
  const frameOf = (services: ServiceReport[], part?: DigestPart): AgentMessage => ({
    version: PROTOCOL_VERSION,
    type: "report",
    digest: plan.digest,
    ...(part === undefined ? {} : { part }),
    sentAt,
    services,
  });
  const longest = { number: SERVICES_PER_HOST_MAX, of: SERVICES_PER_HOST_MAX };
  const emptyBytes = encoder.encode(JSON.stringify(frameOf([], longest))).length;
  const batches: ServiceReport[][] = [[]];
  let bytes = emptyBytes;
  for (const service of plan.services) {
    const serviceBytes = encoder.encode(JSON.stringify(service)).length + 1;
    if (bytes + serviceBytes > AGENT_FRAME_BYTES_MAX) {
      batches.push([]);
      bytes = emptyBytes;
    }
    batches.at(-1)?.push(service);
    bytes += serviceBytes;
  }
  const kept = batches.filter((batch, index) => batch.length > 0 || (plan.digest && index === 0));
  const isInParts = plan.digest && kept.length > 1;
  return kept.map((batch, index) =>
    isInParts ? frameOf(batch, { number: index + 1, of: kept.length }) : frameOf(batch),
  );
}
