// Turns a proven host's frame into the core's event. Pure. What a reader would get wrong: a proposal is base64 of bytes that the
// actuator minted, and everything the desk will show stands in them, so they are parsed before anybody hears of them; the core
// compares them with what was asked (core/shard/shard-answer.ts).
import { boundUnitOf } from "@countersign/shared/host/same-unit";
import { decodeBase64 } from "@countersign/shared/values/base64";
import { valuesOf } from "@countersign/shared/values/named";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { Fact } from "@countersign/shared/wire/fact";
import { parseProposal } from "@countersign/shared/wire/proposal";
import { type AgentMessage, frameHashOf, type FrameRefusal } from "@countersign/shared/wire/protocol";
import type { ServiceReport } from "@countersign/shared/wire/service-report";
import type { ShardEvent } from "../../core/shard/host/shard-events.ts";
import type { HostState } from "../../core/shard/host/shard-state.ts";
import { mayBeDigest } from "./refused-frame.ts";

/** What a frame comes to: an event, nothing (null), or why it is refused; `unauthenticated` ends the connection. */
export type FrameReading = Result<
  ShardEvent | null,
  { readonly reason: FrameRefusal["reason"] | "unauthenticated" }
>;

/** What a refusal of a frame says of it: its hash for the agent, and whether it may have been a digest. A frame that is too large is not read. */
export function describeRefusedFrame(
  frame: string | ArrayBuffer,
  reason: FrameRefusal["reason"],
): { readonly frameHash: string | null; readonly isDigest: boolean } {
  const isRead = typeof frame === "string" && reason !== "frame-too-large";
  return { frameHash: isRead ? frameHashOf(frame) : null, isDigest: mayBeDigest(frame, reason) };
}

/** Reads one message of a host whose key is proven. */
export function eventOf(host: HostState, message: AgentMessage, now: number): FrameReading {
  const { hostId } = host;
  switch (message.type) {
    case "hello":
      // A second hello on one connection: the challenge was used.
      return refuse({ reason: "unauthenticated" });
    case "report":
      return ok(reportedBy(hostId, message, now));
    case "facts":
      return ok({ kind: "facts", hostId, facts: byOurClock(message, now) });
    case "proposal":
      return proposedBy(host, message);
    case "proposal-refused": {
      if (!isOpen(host, message.requestId)) return ok(null);
      const { detail, reason: code } = message;
      const refusal = { reason: "host-refused", code, detail } as const;
      return ok({ kind: "proposal-refused", hostId, requestId: message.requestId, refusal });
    }
    case "trust-answer": {
      const { refusal, trust } = message;
      return ok({ kind: "trust-told", hostId, trust, refusal });
    }
    case "examined":
      return ok({ kind: "examined", hostId, findings: message.findings });
    case "outcome":
      return ok({ kind: "outcome", hostId, outcome: message.outcome });
    // Kept beside what is decided by (shard-arrivals.ts).
    case "last-words":
      return ok(null);
    case "leaving":
      return ok({
        kind: "leaving",
        hostId,
        reason: message.reason,
        returnWithinMs: message.returnWithinMs,
      });
  }
}

function reportedBy(
  hostId: string,
  { digest, part, sentAt, services }: Extract<AgentMessage, { type: "report" }>,
  now: number,
): ShardEvent {
  const told = services.map((service) => overdueByOurClock(service, { now, sentAt }));
  const reported = { kind: "reported", hostId, digest, services: told } as const;
  return part === undefined ? reported : { ...reported, part };
}

// Its results keep their instants, by which one is told from the next; since when one is overdue is compared with our clock.
function overdueByOurClock(
  report: ServiceReport,
  { now, sentAt }: { readonly now: number; readonly sentAt: number },
): ServiceReport {
  if (report.results.every(({ overdueSinceAt }) => overdueSinceAt === undefined)) return report;
  const results = report.results.map((result) => {
    if (result.overdueSinceAt === undefined) return result;
    const forMs = Math.max(0, sentAt - result.overdueSinceAt);
    return { ...result, overdueSinceAt: Math.max(0, now - forMs) };
  });
  return { ...report, results };
}

// The host's clock may be wrong; `sentAt` says by how much, as long as the frame did not wait on its way. What a certificate says of
// itself (`expiresAt`) is by the world's clock and stays.
function byOurClock(
  { sentAt, facts }: Extract<AgentMessage, { type: "facts" }>,
  now: number,
): readonly Fact[] {
  const skewMs = now - sentAt;
  const shift = (at: number) => Math.max(0, at + skewMs);
  const instants = notAfterLater(
    facts.map(({ at }) => shift(at)),
    now,
  );
  if (skewMs === 0 && instants.every((at, index) => at === facts[index]?.at)) return facts;
  return facts.map((fact, index): Fact => {
    const at = instants[index] ?? now;
    if (fact.kind === "session") return { ...fact, at, startedAt: shift(fact.startedAt) };
    if (fact.kind === "session-running")
      return { ...fact, at, startedAt: fact.startedAt === null ? null : shift(fact.startedAt) };
    if (fact.kind !== "code") return { ...fact, at };
    const { diskChangedAt, runningSinceAt } = fact;
    return { ...fact, at, diskChangedAt: shift(diskChangedAt), runningSinceAt: shift(runningSinceAt) };
  });
}

// Where a clock was set right while facts waited, some come from the future: none was later than what was told after it.
function notAfterLater(instants: readonly number[], now: number): readonly number[] {
  let latest = now;
  return instants
    .toReversed()
    .map((at) => {
      if (at > now) return latest;
      latest = at;
      return at;
    })
    .toReversed();
}

function proposedBy(host: HostState, message: Extract<AgentMessage, { type: "proposal" }>): FrameReading {
  const { requestId, proposal: text } = message;
  const bytes = decodeBase64(text);
  const parsed = bytes === null ? null : parseProposal(bytes);
  if (parsed === null || !parsed.ok) return refuse({ reason: "frame-malformed" });
  if (!isOpen(host, requestId)) return ok(null);
  const { action, askedBy, bootId, hostId, level, reason, service, unitState } = parsed.value;
  const answered = { hostId, service, action, level, askedBy, reason };
  const boundTo = { bootId, unit: boundUnitOf(unitState) };
  return ok({ kind: "proposed", hostId: host.hostId, requestId, proposal: text, answered, boundTo });
}

// An answer to a request that is not open any more (superseded while it was on its way) is no offence and means nothing.
function isOpen({ services }: HostState, requestId: string): boolean {
  return valuesOf(services).some(({ proposal }) => proposal?.requestId === requestId);
}
