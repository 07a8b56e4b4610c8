// One incident is one stream of pages with one pace: when the next ring or update about it goes out, and what calls for it. Pure, and made of the
// incident and its findings alone: nothing has to remember to ring, so nothing can forget it.
// What a reader would get wrong: a ring is held, not lost, while all has cleared, while an approved act is under way and while all is silenced;
// afterwards what is overdue goes out at once. Only the result of such an act waits for nothing but silences.
import { joiningOf } from "../../words/reason-kinds.ts";
import { gathersMany, membersOf } from "../incidents/gathering.ts";
import { isGraver } from "../incidents/graver.ts";
import type { Finding } from "../records/finding.ts";
import type { Incident } from "../records/incident.ts";
import { approvalOf, isUnderWay } from "../state/desk-change.ts";
import type { DeskState } from "../state/desk-state.ts";
import { askedOf, newsOf, openFindingsOf } from "../state/finding-index.ts";
import { lateCountOf } from "../state/fleet-size.ts";
import { sumOf } from "../state/incident-sums.ts";
import { unsilencedAt } from "./silences.ts";

/**
 * Every ring and every first update waits for its like; and so the first page can carry the link of what the host proposes.
 * The first ring about a silence that can have no company does not wait.
 */
export const LIKE_WAIT_MS = 3_000;
/** An update waits for so long after the last thing that was sent. */
export const UPDATE_AFTER_MS = 5 * 60_000;

/** When the next ring or update about an incident goes out; null: nothing does, as things are. */
export function nextSendAt(state: DeskState, incident: Incident, now: number): number | null {
  if (isClosed(incident)) return null;
  return soonest([ringDueAt(state, incident, now), updateDueAt(state, incident, now)]);
}

/** When it rings: by its steps, or because something happened that people must know now. */
export function ringDueAt(state: DeskState, incident: Incident, now: number): number | null {
  if (isClosed(incident)) return null;
  return soonest([resultDueAt(state, incident, now), firingRingDueAt(state, incident, now)]);
}

/** When it rings because it goes on, or grows: held while all has cleared. */
export function firingRingDueAt(state: DeskState, incident: Incident, now: number): number | null {
  const freeAt = audibleAt(state, incident, now);
  const wantedAt = soonest([occasionDueAt(state, incident, now), stepDueAt(state, incident)]);
  return freeAt === null || wantedAt === null ? null : Math.max(wantedAt, freeAt);
}

/** When it tells quietly what has joined, risen or ended; null: nothing has, or nobody knows of it yet. */
export function updateDueAt(state: DeskState, incident: Incident, now: number): number | null {
  if (isClosed(incident) || incident.nextStep === null) return null;
  if (incident.rung.length === 0 && incident.acknowledgedBy === null) return null;
  // Its first ring tells it.
  if (incident.sentCount === 0 && incident.state === "open") return null;
  const firstAt = updateSince(state, incident, now);
  if (firstAt === null) return null;
  return Math.max(firstAt + LIKE_WAIT_MS, (incident.lastSentAt ?? -Infinity) + UPDATE_AFTER_MS);
}

/** By its steps, until somebody has answered. After an act that did not help it waits once more: a new question may come. */
function stepDueAt(state: DeskState, incident: Incident): number | null {
  const { nextStep, resultAt } = incident;
  if (incident.state !== "open" || nextStep === null || isUnderWayIn(state, incident)) return null;
  const isWaiting = incident.sentCount === 0 && !isLoneSilence(state, incident);
  const since = [resultAt, isWaiting ? incident.openedAt : null].filter((at) => at !== null);
  return Math.max(nextStep.dueAt, ...since.map((at) => at + LIKE_WAIT_MS));
}

// A silent host proposes nothing; and who may follow it within three seconds is late already, unless a policy puts the page
// bound nearer than that to where a host is late.
function isLoneSilence(state: DeskState, { place, reason }: Incident): boolean {
  if (place.kind !== "down") return false;
  return (reason === "host-silent" || reason === "host-late-return") && lateCountOf(state) === 0;
}

function resultDueAt(state: DeskState, incident: Incident, now: number): number | null {
  const freeAt = resultFreeAt(state, incident, now);
  return freeAt === null ? null : Math.max(freeAt, (incident.resultAt ?? now) + LIKE_WAIT_MS);
}

/**
 * From when on the result of an act may be told: what people said yes to did not help, and they are told, whoever has the incident, and though it
 * has cleared meanwhile. null: there is none.
 */
export function resultFreeAt(state: DeskState, incident: Incident, now: number): number | null {
  if (incident.resultAt === null) return null;
  const own = openFindingsOf(state, incident.incidentId).filter(({ standing }) => standing !== "beneath");
  return soonest(own.map((finding) => freeAtOf(state, finding, now))) ?? now;
}

function occasionDueAt(state: DeskState, incident: Incident, now: number): number | null {
  if (incident.rung.length === 0 && incident.acknowledgedBy === null) return null;
  const sinceAt = ringSince(state, incident, now);
  return sinceAt === null ? null : sinceAt + LIKE_WAIT_MS;
}

/** Since when, or from when on, there is news that rings. Where nothing is silenced, what gathers many answers by its sum, however many there are. */
function ringSince(state: DeskState, incident: Incident, now: number): number | null {
  if (gathersMany(incident.place) && state.silences.size === 0) {
    const sum = sumOf(state, incident.incidentId);
    return sum.newsSince(sum.told);
  }
  return earliest(state, now, (finding) => isRing(state, incident, finding))(incident);
}

function updateSince(state: DeskState, incident: Incident, now: number): number | null {
  if (gathersMany(incident.place) && state.silences.size === 0) {
    const sum = sumOf(state, incident.incidentId);
    const isDoubled = membersOf(incident, sum) >= 2 * incident.membersTold;
    return isDoubled ? sum.newsSince(null) : sum.newsOfOthersSince(incident.reasonsTold);
  }
  return earliest(state, now, (finding) => isUpdate(state, incident, finding))(incident);
}

function earliest(
  state: DeskState,
  now: number,
  isSuch: (finding: Finding) => boolean,
): (incident: Incident) => number | null {
  return ({ incidentId }) =>
    newsOf(state, incidentId)
      .filter(isSuch)
      .reduce<number | null>((first, finding) => {
        const at = audibleSince(state, finding, now);
        return first === null ? at : Math.min(first, at);
      }, null);
}

/** Says whether this news ends an acknowledgement: it is graver than what was taken, or down now and was not before. */
export function endsAcknowledgement(state: DeskState, incident: Incident, finding: Finding): boolean {
  if (incident.state !== "acknowledged" || !isRing(state, incident, finding)) return false;
  if (isGraver(finding.severity, sumOf(state, incident.incidentId).told)) return true;
  return joiningOf(finding.reason) === "rings";
}

/** Says whether people must be rung for this news of an incident that they know. */
export function isRing(state: DeskState, incident: Incident, finding: Finding): boolean {
  if (finding.clearedAt !== null) return false;
  if (incident.nextStep === null) return false;
  const joining = joiningOf(finding.reason);
  if (joining === "rides") return false;
  if (isGraver(finding.severity, sumOf(state, incident.incidentId).told)) return true;
  if (finding.told !== null || gathersMany(incident.place)) return false;
  switch (joining) {
    case "rings":
    case "rings-always":
      return true;
    case "rings-unless-taken":
      return incident.state === "open";
    case "updates":
      return false;
  }
}

/** Says whether an update tells this news of an incident that people know. */
export function isUpdate(state: DeskState, incident: Incident, finding: Finding): boolean {
  if (joiningOf(finding.reason) === "rides" || isRing(state, incident, finding)) return false;
  if (mayBeOverUntold(finding)) return false;
  if (!gathersMany(incident.place)) return true;
  if (!incident.reasonsTold.includes(finding.reason)) return true;
  return membersOf(incident, sumOf(state, incident.incidentId)) >= 2 * incident.membersTold;
}

/** From when on something of it may be rung about: what fires, and is not silenced. null: nothing does. */
function audibleAt(state: DeskState, incident: Incident, now: number): number | null {
  if (sumOf(state, incident.incidentId).ownCount === 0) return null;
  if (state.silences.size === 0 && isFiring(state, incident)) return now;
  let nearest: number | null = null;
  for (const finding of openFindingsOf(state, incident.incidentId)) {
    if (!isAudible(finding)) continue;
    const freeAt = freeAtOf(state, finding, now);
    if (freeAt <= now) return now;
    nearest = Math.min(nearest ?? Infinity, freeAt);
  }
  return nearest;
}

function isFiring(state: DeskState, { incidentId }: Incident): boolean {
  const { firingCount, lead } = sumOf(state, incidentId);
  return firingCount > 0 || (lead !== null && isToldAfterwards(lead));
}

function isAudible(finding: Finding): boolean {
  if (finding.standing === "beneath" || joiningOf(finding.reason) === "rides") return false;
  return finding.clearedAt === null || isToldAfterwards(finding);
}

/** What cleared before anybody was told of it, and has not ended, may be over in a moment. */
export function mayBeOverUntold(finding: Finding): boolean {
  return finding.told === null && finding.clearedAt !== null && !isToldAfterwards(finding);
}

/** Our own blindness is over when we can tell of it. */
function isToldAfterwards({ reason }: Finding): boolean {
  return reason === "control-plane-gap";
}

/** Since when there is news of it that no silence covers, or from when on. */
function audibleSince(state: DeskState, finding: Finding, now: number): number {
  const freeAt = freeAtOf(state, finding, now);
  return freeAt > now ? freeAt : (finding.newsAt ?? now);
}

/** From when on no silence covers it. */
export function freeAtOf(state: DeskState, finding: Finding, now: number): number {
  return state.silences.size === 0 ? now : unsilencedAt(state, finding, now);
}

function isUnderWayIn(state: DeskState, incident: Incident): boolean {
  if (gathersMany(incident.place)) return false;
  return askedOf(state, incident.incidentId).some((finding) => {
    const approval = approvalOf(state, finding);
    return approval !== null && isUnderWay(approval);
  });
}

function soonest(instants: readonly (number | null)[]): number | null {
  return instants.reduce(
    (left, right) => (left === null || right === null ? (left ?? right) : Math.min(left, right)),
    null,
  );
}

function isClosed({ state }: Incident): boolean {
  return state === "resolved" || state === "merged";
}
