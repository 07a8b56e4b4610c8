// What runs on a host: only what a person said yes to, only while the yes holds, only once.
import type { Approval } from "../../../control-plane/src/core/desk/records/approval.ts";
import { isResponder } from "../../../control-plane/src/core/words/actor.ts";
import { UNATTENDED_ACTIONS, USUAL_POLICY } from "../fleet-policies.ts";
import type { Execution } from "../world/rebooting-actuator.ts";
import type { SimulatedFleet } from "../world/simulated-fleet.ts";
import type { Invariant } from "./invariant.ts";

/** the host's wall clock may be wrong, its monotonic clock is not; a proposal travels this long at most */
const TRAVEL_MS = 60_000;
/** levels 4 and 5 are a person's; of these, only 4 may be approved in advance */
const RESTART_LEVEL_MIN = 4;

export const noActWithoutGrant = (): Invariant => {
  const approvals = new Map<string, Approval>();
  return {
    sentence:
      "No act without an unexpired grant that the host verified, and none of restart class without a person's yes",
    onDesk: ({ after, before }) => {
      if (after.approvals === before.approvals) return null;
      for (const approval of after.approvals.values())
        if (before.approvals.get(approval.approvalId) !== approval && approval.grantId !== null)
          approvals.set(approval.grantId, approval);
      return null;
    },
    onExecution: (execution, simulation) => complaintOf(execution, approvals, simulation),
  };
};

function complaintOf(
  { grant, hostId, plan }: Execution,
  approvals: ReadonlyMap<string, Approval>,
  { clock, people }: SimulatedFleet,
): string | null {
  const what = `${plan.argv.join(" ")} ran on ${hostId}`;
  const approval = approvals.get(grant.grantId);
  if (approval === undefined) return `${what} by grant ${grant.grantId}, which the desk never gave`;
  const lateMs = clock.now - (approval.grantExpiresAt ?? 0);
  if (lateMs > TRAVEL_MS) return `${what} ${lateMs} ms after its grant was void`;
  const { action, level } = plan.proposal;
  if (people.memory.tappedYes.get(approval.approvalId) === grant.proposalHash) return null;
  if (grant.approvedBy.startsWith("rule:"))
    return level < RESTART_LEVEL_MIN && UNATTENDED_ACTIONS.has(action)
      ? null
      : `${what}, level ${level}, and no person was asked`;
  const yes = people.memory.inAdvance.find(
    ({ by, given, ranCount, tappedAt }) =>
      given.subject.hostId === hostId &&
      given.subject.service === grant.service &&
      given.action === action &&
      by === grant.approvedBy &&
      tappedAt <= grant.approvedAt &&
      grant.approvedAt < given.untilAt &&
      ranCount < given.usesMax,
  );
  if (yes === undefined || level > RESTART_LEVEL_MIN) return `${what}, and no person said yes to it`;
  yes.ranCount += 1;
  return null;
}

/** By this record alone: what ran without a person on one service. */
export const unattendedIsBounded = (): Invariant => {
  const ranAt = new Map<string, readonly number[]>();
  return {
    sentence: "What runs without a person stays within the budget",
    onExecution: ({ grant, hostId, plan }, { clock }) => {
      if (!grant.approvedBy.startsWith("rule:")) return null;
      const { restartsMax, windowMs } = USUAL_POLICY.restartBudget;
      const key = `${hostId} ${grant.service}`;
      const recent = (ranAt.get(key) ?? []).filter((at) => at > clock.now - windowMs);
      ranAt.set(key, [...recent, clock.now]);
      return recent.length < restartsMax
        ? null
        : `${plan.argv.join(" ")} ran on ${hostId}, the ${recent.length + 1}th without a person within the window`;
    },
  };
};

export const noGrantWhileFrozen = (): Invariant => ({
  sentence: "Nothing is granted while a person's freeze holds, whatever is applied or restarted meanwhile",
  onDesk: ({ after, before }, { people }) => {
    const { brakes } = people.memory;
    if (brakes.size === 0 || after.approvals === before.approvals) return null;
    for (const approval of after.approvals.values()) {
      const earlier = before.approvals.get(approval.approvalId);
      if (approval.grantId === null || earlier?.grantId === approval.grantId) continue;
      const { hostId, service } = approval.subject;
      const held = ["fleet", hostId, `${hostId}/${service}`].find((key) => brakes.has(key));
      if (held !== undefined) return `${approval.proposal.argv.join(" ")} is granted while ${held} is frozen`;
    }
    return null;
  },
});

/** What the desk tells people of a recalled grant is true, and a shard that has heard of the freeze sends it to nobody. */
export const recalledIsNeverRun = (): Invariant => {
  const ran = new Set<string>();
  const recalled = new Set<string>();
  const toldUnrun = new Set<string>();
  return {
    sentence:
      "A grant that a freeze recalled is not sent any more, and what people are told was not run never runs",
    onShard: ({ effects, event }) => {
      if (event.kind === "freeze-pulled") for (const { grantId } of event.grants) recalled.add(grantId);
      for (const effect of effects)
        if (effect.kind === "send" && effect.message.type === "grant" && recalled.has(effect.message.grantId))
          return `grant ${effect.message.grantId} is sent after ${event.kind}, and was recalled`;
      return null;
    },
    onDesk: ({ after, before }) => {
      if (after.approvals === before.approvals) return null;
      for (const { end, grantId } of after.approvals.values()) {
        if (grantId === null || end?.reason !== "recalled") continue;
        toldUnrun.add(grantId);
        if (ran.has(grantId)) return `grant ${grantId} ran, and people are told that it did not`;
      }
      return null;
    },
    onExecution: ({ grant: { grantId } }) => {
      ran.add(grantId);
      return toldUnrun.has(grantId) ? `grant ${grantId} ran after people were told that it did not` : null;
    },
  };
};

export const oneExecutionPerNonce = (): Invariant => {
  const ran = new Set<string>();
  return {
    sentence: "One execution per nonce, ever",
    onExecution: ({ grant: { nonce }, hostId, plan }) => {
      if (ran.has(nonce)) return `${plan.argv.join(" ")} ran twice on ${hostId} for nonce ${nonce}`;
      ran.add(nonce);
      return null;
    },
  };
};

export const freezeLiftedByPeople = (): Invariant => ({
  sentence: "A freeze is lifted by people only, and a silence ends at its time",
  onDesk: ({ after, before, events }, { clock, policy }) => {
    const forgotten = before.silences
      .ids()
      .find((id) => !after.silences.has(id) && (before.silences.get(id)?.endsAt ?? 0) > clock.now);
    if (
      forgotten !== undefined &&
      !events.some((event) => event.kind === "act" && event.act.kind === "end-silence")
    )
      return `the silence ${forgotten} is over before its end`;
    if (before.freezes === after.freezes) return null;
    const lifted = before.freezes.ids().filter((scope) => !after.freezes.has(scope));
    const isByPerson = events.some(
      (event) =>
        event.kind === "act" &&
        event.act.kind === "lift-freeze" &&
        event.by.kind === "person" &&
        isResponder(policy, event.by),
    );
    return lifted.length === 0 || isByPerson ? null : `the freeze of ${lifted.join()} is gone`;
  },
});
