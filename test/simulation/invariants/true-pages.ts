// What pages may say and when: nothing that is known to be false, nothing to who has it in hand, no end of what nobody was told began.
import { Severity } from "@countersign/shared/wire/service-report";
import type { Page } from "../../../control-plane/src/core/desk/records/pages/page.ts";
import { subjectKeyOf } from "../../../control-plane/src/core/words/subject.ts";
import type { DeskDecisionSeen } from "../world/observer.ts";
import type { Taken } from "../world/simulated-people.ts";
import type { Invariant } from "./invariant.ts";
import { broughtBy, firstSent, pagesSent } from "./sent-pages.ts";

export const noPageWhileFresherSign = (): Invariant => {
  const keys = new Set<string>();
  return {
    sentence: "No page while a fresher sign of life exists",
    onShard: ({ after, effects, lastSeenAt }, { clock, policy }) => {
      for (const effect of effects) {
        if (effect.kind !== "signal" || effect.signal.kind !== "firing") continue;
        const { reason, subject } = effect.signal;
        if (reason !== "host-silent" && reason !== "host-late-return") continue;
        if (subject.kind !== "host") continue;
        // Keepalives of a host that is not understood are none.
        if (after.hosts.get(subject.hostId)?.unheard !== null) continue;
        const silentMs = clock.now - lastSeenAt(subject.hostId);
        if (silentMs < policy.liveness.lateAfterMs)
          return `${subject.hostName} is said to be silent, and gave a sign of life ${silentMs} ms ago`;
      }
      return null;
    },
    onDesk: (decision) => {
      const { after } = decision;
      for (const page of firstSent(decision, keys).flatMap((one) => broughtBy(one, after))) {
        const incident = after.incidents.get(page.incidentId);
        // Our own blindness is told afterwards: only then can we.
        if (incident === undefined || incident.reason === "control-plane-gap") continue;
        if (page.kind === "ring" && !isResult(page) && incident.clearedAt !== null)
          return `"${page.title}" is sent to ${page.responder}, and the condition has cleared`;
      }
      return null;
    },
  };
};

/** Rings that no acknowledgement holds back, whatever was taken: what people said yes to did not help. */
function isResult({ tells }: Page): boolean {
  return tells.some(
    ({ isFirst, reason, what }) => what === "result" || (isFirst && reason === "remediation-ineffective"),
  );
}

export const acknowledgedStaysQuiet = (): Invariant => {
  const keys = new Set<string>();
  return {
    sentence:
      "An acknowledged incident does not ring before its acknowledgement expires, unless it grows graver or goes down",
    onDesk: (decision, { clock, people }) => {
      const { taken } = people.memory;
      forgetReturned(decision, taken);
      // What a digest brings ends an acknowledgement as well as what comes alone.
      for (const page of firstSent(decision, keys).flatMap((one) => broughtBy(one, decision.after))) {
        const { incidentId, kind, responder, title } = page;
        const was = taken.get(incidentId);
        if (kind !== "ring" || was === undefined || clock.now >= was.untilAt) continue;
        // One ring may tell both: a result, and what ends the acknowledgement.
        if (isMoreThan(was, page, decision)) taken.delete(incidentId);
        else if (!isResult(page))
          return `"${title}" is sent to ${responder} ${was.untilAt - clock.now} ms before the acknowledgement ends`;
      }
      return null;
    },
  };
};

/** What lay beneath a host that was down, and still fails now that it is back, is told anew: taken it was before that. */
function forgetReturned({ after, before }: DeskDecisionSeen, taken: Map<string, Taken>): void {
  if (after.findings === before.findings) return;
  for (const { findingId, incidentId, standing } of after.findings.values()) {
    const was = taken.get(incidentId);
    if (was === undefined || standing === "beneath" || before.findings.get(findingId)?.standing !== "beneath")
      continue;
    const known = new Map([...was.known].filter(([id]) => id !== findingId));
    taken.set(incidentId, { ...was, known });
  }
}

/** It is graver than all of what was taken that goes on, or down and was not before. */
function isMoreThan(
  { known }: Taken,
  { incidentId, tells }: Page,
  { after, before }: DeskDecisionSeen,
): boolean {
  // What ends in this very decision goes on no more, what has moved away is another incident's, and of what lies beneath a host that is
  // down nobody is told while it does.
  const goesOn = (id: string) => {
    const finding = after.findings.get(id);
    if (finding?.incidentId !== incidentId || finding.endedAt !== null) return false;
    return finding.standing !== "beneath" && before.findings.get(id)?.endedAt === null;
  };
  const ranks = [...known].flatMap(([findingId, severity]) => (goesOn(findingId) ? [rankOf(severity)] : []));
  const gravest = Math.max(-1, ...ranks);
  return tells.some(({ findingId, isFirst, reason }) => {
    if (isFirst && reason === "check-failing" && !known.has(findingId)) return true;
    const severity = after.findings.get(findingId)?.severity;
    return severity !== undefined && rankOf(severity) > gravest;
  });
}

function rankOf(severity: Severity): number {
  return Severity.options.indexOf(severity);
}

export const noRecoveredWithoutDown = (): Invariant => {
  const told = new Set<string>();
  /** what was merged, by what it was merged into */
  const merged = new Map<string, string>();
  const sent = new RingsWithoutAnswer();
  return {
    sentence: 'No "recovered" without a "down" that was delivered, or may have been',
    onPage: ({ page }, { desk }) => {
      for (const { incidentId, kind, responder } of broughtBy(page, desk.state))
        if (kind === "ring")
          for (let id: string | undefined = incidentId; id !== undefined; id = merged.get(id))
            told.add(`${id} ${responder}`);
      return null;
    },
    onDesk: (decision) => {
      followMerges(decision, merged, told);
      sent.follow(decision);
      const brought = pagesSent(decision).flatMap((page) => broughtBy(page, decision.after));
      const untold = brought.find(
        ({ incidentId, kind, responder }) =>
          kind === "recovered" &&
          !told.has(`${incidentId} ${responder}`) &&
          !sent.mayHaveTold({ incidentId, responder }, merged),
      );
      return untold === undefined ? null : `"${untold.title}" is sent to ${untold.responder}`;
    },
  };
};

/** Rings that went out to a channel without a refusal that the desk has heard: they may have come. */
class RingsWithoutAnswer {
  readonly #rings = new Map<string, { attempts: number; readonly brings: readonly Page[] }>();

  follow({ after, effects, events }: DeskDecisionSeen): void {
    for (const event of events) {
      if (event.kind !== "page-attempted" || event.result !== "failed" || event.mayHaveCome === true)
        continue;
      const ring = this.#rings.get(event.key);
      if (ring !== undefined) ring.attempts -= 1;
    }
    for (const page of pagesSent({ effects })) {
      const brings = broughtBy(page, after).filter(({ kind }) => kind === "ring");
      const attempts = (this.#rings.get(page.key)?.attempts ?? 0) + 1;
      if (brings.length > 0) this.#rings.set(page.key, { attempts, brings });
    }
  }

  mayHaveTold(
    { incidentId, responder }: Pick<Page, "incidentId" | "responder">,
    merged: ReadonlyMap<string, string>,
  ): boolean {
    const isIt = (page: Page) => {
      let id: string | undefined = page.incidentId;
      while (id !== undefined && id !== incidentId) id = merged.get(id);
      return id !== undefined && page.responder === responder;
    };
    return [...this.#rings.values()].some(({ attempts, brings }) => attempts > 0 && brings.some(isIt));
  }
}

/** Who was told that something began knows of what took it in. */
function followMerges(
  { after, before }: DeskDecisionSeen,
  merged: Map<string, string>,
  told: Set<string>,
): void {
  if (after.incidents === before.incidents) return;
  for (const { incidentId, mergedInto } of after.incidents.values()) {
    if (mergedInto === null || merged.has(incidentId)) continue;
    merged.set(incidentId, mergedInto);
    const rung = [...told].filter((one) => one.startsWith(`${incidentId} `));
    for (const one of rung) told.add(one.replace(incidentId, mergedInto));
  }
}

export const oneFindingPerCause = (): Invariant => ({
  sentence: "One finding per subject and reason",
  onDesk: ({ after, before }) => {
    if (before.findings === after.findings) return null;
    const seen = new Set<string>();
    for (const { endedAt, reason, subject } of after.findings.values()) {
      if (endedAt !== null) continue;
      const cause = `${reason} of ${subjectKeyOf(subject)}`;
      if (seen.has(cause)) return `two open findings: ${cause}`;
      seen.add(cause);
    }
    return null;
  },
});
