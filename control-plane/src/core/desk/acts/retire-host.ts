// A host is retired: everything at the desk that is about it ends, and its shard is told. Pure.
// What a reader would get wrong: only a person or the admin token retires. A host that says so itself is watched on, and its silence pages:
// whoever has taken it over must not be able to hide it.
import { ok } from "@countersign/shared/values/result";
import { type Actor, actorNameOf, type Admin, type Person } from "../../words/actor.ts";
import { hostIdIn, hostSubject, subjectKeyOf } from "../../words/subject.ts";
import { endRetired } from "../approvals/approval-outcomes.ts";
import { supersedeApproval } from "../approvals/approvals.ts";
import { dropStanding } from "../approvals/standing.ts";
import { endFinding } from "../findings/findings.ts";
import { endShadow } from "../findings/shadow.ts";
import { dropSilence } from "../paging/silences.ts";
import type { Finding } from "../records/finding.ts";
import { addAudit, addEffect, type DeskChange, isUnderWay } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { approvalsOn } from "../state/desk-index.ts";
import { openFindingsOn } from "../state/finding-index.ts";
import type { DeskAct } from "./desk-act.ts";

/** As it is asked for. */
export interface RetireHostAsked {
  readonly kind: "retire-host";
  readonly hostId: string;
  readonly why: string;
}

/** As it is decided: the shell has found the host, and takes its key away in the same storage step. */
export interface RetireHost extends RetireHostAsked {
  /** null: it was retired before, and its shard, which may have been set back in time, is told again */
  readonly hostName: string | null;
}

/** An end of what is about a host. */
interface Retired {
  readonly hostId: string;
  readonly by: Actor;
}

/** Ends approvals, permissions, brakes, silences and incidents of the host, in this order: nothing runs there from here on. */
export const retireHost: DeskAct<RetireHost, Person | Admin, RetireHostAsked> = {
  kind: "retire-host",
  who: "admin-too",
  needs: "administer",
  refused: "host-retire-refused",
  about: (_state, { hostId, hostName }) => [
    { kind: "subject", subject: hostSubject(hostId, hostName ?? hostId) },
  ],
  decide(change, context, { act: { hostId, hostName, why }, by }) {
    const told = { kind: "host-retired", hostId } as const;
    if (hostName === null) return ok(addEffect(change, told));
    const audited = addAudit(change, context, {
      actor: by,
      act: "host-retired",
      refs: [{ kind: "subject", subject: hostSubject(hostId, hostName) }],
      why: why === "" ? "It is retired for good." : why,
    });
    const ends = [endApprovals, endStanding, endFreezes, endSilences, endShadows, endFindings, leaveFleet];
    const ended = ends.reduce((before, end) => end(before, context, { hostId, by }), audited);
    return ok(addEffect(ended, told));
  },
};

function endApprovals(change: DeskChange, context: DeskContext, { by, hostId }: Retired): DeskChange {
  return approvalsOn(change.state, hostId).reduce(
    (before, approval) =>
      isUnderWay(approval)
        ? endRetired(before, context, { approval, by })
        : supersedeApproval(before, context, { approval, end: { reason: "host-retired", by } }),
    change,
  );
}

function endStanding(change: DeskChange, context: DeskContext, { by, hostId }: Retired): DeskChange {
  return change.state.standing
    .values()
    .filter(({ subject }) => hostIdIn(subject) === hostId)
    .reduce(
      (before, standing) => dropStanding(before, context, { standing, by, act: "standing-revoked" }),
      change,
    );
}

function endFreezes(change: DeskChange, context: DeskContext, { by, hostId }: Retired): DeskChange {
  return change.state.freezes
    .values()
    .filter(({ scope }) => hostIdIn(scope) === hostId)
    .reduce((before, { scope }) => {
      const freezes = before.state.freezes.without(subjectKeyOf(scope));
      return addAudit({ ...before, state: { ...before.state, freezes } }, context, {
        actor: by,
        act: "freeze-ended",
        refs: [{ kind: "freeze", scope }],
        why: "the host was retired",
      });
    }, change);
}

function endSilences(change: DeskChange, context: DeskContext, { by, hostId }: Retired): DeskChange {
  return change.state.silences
    .values()
    .filter(({ matcher }) => matcher.hostId === hostId)
    .reduce((before, silence) => dropSilence(before, context, { silence, by }), change);
}

function endShadows(change: DeskChange, context: DeskContext, { hostId }: Retired): DeskChange {
  return change.state.shadow
    .values()
    .filter(({ endedAt, signal }) => endedAt === null && hostIdIn(signal.subject) === hostId)
    .reduce((before, { signal }) => endShadow(before, context, signal), change);
}

// Nobody waits for it any more.
function leaveFleet(change: DeskChange, _context: DeskContext, { hostId }: Retired): DeskChange {
  if (!change.state.fleetHosts.has(hostId)) return change;
  const fleetHosts = change.state.fleetHosts.without(hostId);
  return { ...change, state: { ...change.state, fleetHosts } };
}

function endFindings(change: DeskChange, context: DeskContext, { by, hostId }: Retired): DeskChange {
  const why = `The host was retired by ${actorNameOf(by)}.`;
  const findings = openFindingsOn(change.state, hostId);
  // What lies beneath ends first: it must not be placed anew when the silence of its host ends.
  const ordered = [...findings.filter(isBeneath), ...findings.filter((finding) => !isBeneath(finding))];
  return ordered.reduce((before, finding) => endFinding(before, context, { finding, why }), change);
}

function isBeneath({ standing }: Finding): boolean {
  return standing === "beneath";
}
