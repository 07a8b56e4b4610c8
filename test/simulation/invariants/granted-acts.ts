// What runs on a host: only what a person said yes to, only while the yes holds, only once.
import type { Simulation } from "../simulation.ts";
import type { Execution } from "../rebooting-actuator.ts";
import type { Invariant } from "./invariant.ts";

/** the host's wall clock may be wrong, its monotonic clock is not; a proposal travels this long at most */
const TRAVEL_MS = 60_000;

export const noActWithoutGrant = (): Invariant => {
  const approvals = new Map<string, { readonly approvalId: string; readonly expiresAt: number }>();
  return {
    sentence: "No restart-class act without an unexpired grant that the host verified",
    onDesk: ({ after, before }) => {
      for (const approval of Object.values(after.approvals)) {
        const { approvalId, grantExpiresAt, grantId } = approval;
        if (before.approvals[approvalId] === approval || grantId === null || grantExpiresAt === null)
          continue;
        approvals.set(grantId, { approvalId, expiresAt: grantExpiresAt });
      }
      return null;
    },
    onExecution: (execution, simulation) => complaintOf(execution, approvals, simulation),
  };
};

function complaintOf(
  { grant, hostId, plan }: Execution,
  approvals: ReadonlyMap<string, { readonly approvalId: string; readonly expiresAt: number }>,
  { clock, people }: Simulation,
): string | null {
  const what = `${plan.argv.join(" ")} ran on ${hostId}`;
  const approval = approvals.get(grant.grantId);
  if (approval === undefined) return `${what} by grant ${grant.grantId}, which the desk never gave`;
  const tapped = people.memory.tappedYes.get(approval.approvalId);
  if (tapped !== grant.proposalHash) return `${what}, and no person said yes to it`;
  if (clock.now > approval.expiresAt + TRAVEL_MS)
    return `${what} ${clock.now - approval.expiresAt} ms after its grant was void`;
  return null;
}

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
  sentence: "A freeze is lifted by people only",
  onDesk: ({ after, before, events }, { policy }) => {
    if (before.freezes === after.freezes) return null;
    const lifted = Object.keys(before.freezes).filter((scope) => !(scope in after.freezes));
    const isByPerson = events.some(
      (event) => event.kind === "lift-freeze" && policy.responders.some(({ id }) => id === event.by),
    );
    return lifted.length === 0 || isByPerson ? null : `the freeze of ${lifted.join()} is gone`;
  },
});
