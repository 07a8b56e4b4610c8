// A page is never lost: an incident that nobody holds back has a ring that reached somebody, and what goes on in one that people know is told
// within the pace of updates. Only time is counted in which we could tell: outages of ours and of the pager are not.
import { namesOf } from "@countersign/shared/values/named";
import type { Finding } from "../../../control-plane/src/core/desk/records/finding.ts";
import type { Incident } from "../../../control-plane/src/core/desk/records/incident.ts";
import { kindOf } from "../../../control-plane/src/core/words/reason-kinds.ts";
import { hostIdIn } from "../../../control-plane/src/core/words/subject.ts";
import type { DeskDecisionSeen } from "../world/observer.ts";
import type { SimulatedFleet } from "../world/simulated-fleet.ts";
import { type Invariant, WATCH_EVERY_MS } from "./invariant.ts";
import { pauseAfter } from "./one-stream.ts";
import { broughtBy } from "./sent-pages.ts";

/** nothing of ours or the pager's was disturbed since it opened */
const UNDISTURBED_PAGE_MS = 90_000;
/** … and so long is held what is no new trouble, where its people get much */
const HELD_MS = 15 * 60_000;
/** an update comes five minutes after what was sent before */
const UNDISTURBED_UPDATE_MS = 8 * 60_000 + HELD_MS;
/** beside the pause between two rounds of the escalation: its steps, and the longest pause between attempts */
const ROUND_MS = 10 * 60_000;
/** a host that is seen again holds back what lies beneath it for a moment */
const RELEASE_MS = 60_000;

interface Waiting {
  readonly id: string;
  readonly title: string;
  readonly sinceAt: number;
  readonly boundMs: number;
}

export const noPageIsLost = (): Invariant => {
  const seen = new Set<string>();
  const taken = new Set<string>();
  const told = new Set<string>();
  const untoldMs = new Map<string, number>();
  /** by incident and person: rings that were made, and that nobody may have seen; after four each pause is longer */
  const rung = new Map<string, number>();
  return {
    sentence: "A page is lost in no crash",
    onDesk: (decision) => {
      followFindings(decision, told);
      const { after, before } = decision;
      if (after.pages === before.pages) return null;
      countRings(decision, rung);
      for (const [key, page] of after.pages.entries())
        if (page !== before.pages.get(key) && page.state === "delivered" && !taken.has(key))
          return `"${page.title}" counts as delivered, and no channel took it`;
      return null;
    },
    onPage: (arrival, { desk }, isSeen) => {
      for (const page of broughtBy(arrival.page, desk.state)) {
        taken.add(page.key);
        for (const { findingId } of page.tells) told.add(findingId);
        if (isSeen && page.kind === "ring") seen.add(page.incidentId);
      }
      return null;
    },
    onWatch: (simulation) => {
      const waiting = waitingIn(simulation, { seen, told });
      for (const { boundMs, id, sinceAt, title } of waiting) {
        const longMs = (untoldMs.get(id) ?? 0) + WATCH_EVERY_MS;
        untoldMs.set(id, longMs);
        const isUndisturbed = simulation.disturbedUntilAt < sinceAt;
        if (longMs > (isUndisturbed ? boundMs : afterFaultMs(simulation, rung, id)))
          return `"${title}" could be told for ${longMs / 1_000} s, and nobody was paged`;
      }
      for (const id of untoldMs.keys()) if (isGone(simulation, id)) untoldMs.delete(id);
      return null;
    },
  };
};

function countRings({ after, before }: DeskDecisionSeen, rung: Map<string, number>): void {
  for (const { incidentId, key, kind, responder } of after.pages.values())
    if (kind === "ring" && before.pages.get(key) === undefined) {
      const place = `${incidentId} ${responder}`;
      rung.set(place, (rung.get(place) ?? 0) + 1);
    }
}

/** A whole round of the escalation, of which there may have been many that nobody saw. */
function afterFaultMs(
  { policy }: SimulatedFleet,
  rung: ReadonlyMap<string, number>,
  incidentId: string,
): number {
  const counts = policy.responders.map(({ id }) => rung.get(`${incidentId} ${id}`) ?? 0);
  return ROUND_MS + pauseAfter(Math.max(...counts), policy);
}

/** What somebody took is known to them; what comes out from beneath its host must be told anew. */
function followFindings({ after, before }: DeskDecisionSeen, told: Set<string>): void {
  if (after.findings === before.findings && after.incidents === before.incidents) return;
  for (const finding of after.findings.values()) {
    const { findingId, incidentId, standing } = finding;
    if (standing !== "beneath" && before.findings.get(findingId)?.standing === "beneath")
      told.delete(findingId);
    const until = after.incidents.get(incidentId)?.acknowledgedUntilAt ?? null;
    if (until !== null && until !== before.incidents.get(incidentId)?.acknowledgedUntilAt)
      told.add(findingId);
  }
}

function waitingIn(
  simulation: SimulatedFleet,
  { seen, told }: { readonly seen: ReadonlySet<string>; readonly told: ReadonlySet<string> },
): readonly Waiting[] {
  const { desk, pager, policy } = simulation;
  if (desk.isDown || !namesOf(policy.channels).every((channel) => pager.doesWork(channel))) return [];
  const { findings, incidents } = desk.state;
  const waiting = new Map<string, Waiting>();
  for (const finding of findings.values()) {
    const incident = incidents.get(finding.incidentId);
    if (incident === undefined || !isTellable(simulation, finding)) continue;
    const { findingId, placedAt: sinceAt, title } = finding;
    const { incidentId, openedAt } = incident;
    if (incident.state === "open" && !seen.has(incidentId))
      waiting.set(incidentId, {
        id: incidentId,
        title: incident.title,
        sinceAt: openedAt,
        boundMs: UNDISTURBED_PAGE_MS + (kindOf(incident.reason) === "trouble" ? 0 : HELD_MS),
      });
    else if (!told.has(findingId) && isToldAlone(incident))
      waiting.set(findingId, { id: findingId, title, sinceAt, boundMs: UNDISTURBED_UPDATE_MS });
  }
  return [...waiting.values()];
}

/** Of what is alike on many hosts people hear by their number. */
function isToldAlone({ place }: Incident): boolean {
  return (
    place.kind === "alone" || place.kind === "trouble" || place.kind === "notice" || place.kind === "down"
  );
}

function isGone({ desk: { state } }: SimulatedFleet, id: string): boolean {
  return state.incidents.get(id) === undefined && state.findings.get(id) === undefined;
}

/** Nothing that is meant to hold a page back does. */
function isTellable({ clock, desk }: SimulatedFleet, finding: Finding): boolean {
  const { clearedAt, incidentId, reason, subject } = finding;
  if (clearedAt !== null || reason === "automation-frozen" || reason === "page-undelivered") return false;
  // It rides on the next page of its incident.
  if (reason === "approval-unanswered") return false;
  const { approvals, findings, silences } = desk.state;
  const hostId = hostIdIn(subject);
  const isSilenced = silences
    .values()
    .some(({ matcher }) => matcher.hostId === null || matcher.hostId === hostId);
  const isUnderWay = approvals
    .values()
    .some(
      (approval) =>
        approval.incidentId === incidentId &&
        (approval.state === "approved" || approval.state === "executing"),
    );
  const isSaidByAnother = findings
    .values()
    .some(
      (other) =>
        other !== finding &&
        other.endedAt === null &&
        (other.clearedAt === null || other.clearedAt > clock.now - RELEASE_MS) &&
        (other.reason === "fleet-silent" ||
          (isDown(other) && hostId !== null && hostIdIn(other.subject) === hostId)),
    );
  return !isSilenced && !isUnderWay && !isSaidByAnother;
}

function isDown({ reason }: Finding): boolean {
  return reason === "host-silent" || reason === "host-late-return";
}
