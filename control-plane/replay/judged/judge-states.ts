// Judges what was expected of findings and hosts: the state that something is in at an instant, or what a rule in shadow has counted. Pure.
import type { PlannedExpectation } from "../file/planned-incident.ts";
import { offsetText } from "../file/written-times.ts";
import type { RecordedTurn } from "../printed/replay-record.ts";
import { countsText } from "./found-text.ts";
import { ANY, hasWords, isMatch, isThere, type Judged, type Scene } from "./scene.ts";

/** `incident`: of each place the newest finding. One of them is in that state; `resolved`: all are. */
export function judgeIncident(planned: PlannedExpectation, scene: Scene): Judged {
  const { incident: reason = ANY, is, says, severity } = planned.expectation;
  const turns = scene.record.turns.filter(
    (turn) =>
      (reason === ANY || turn.reason === reason) &&
      (planned.at === null || turn.at <= planned.at) &&
      isThere(planned, turn),
  );
  const newest = [...newestOf(turns).values()];
  const found = foundFindings(newest);
  if (is === "none") return { isMet: newest.length === 0, found };
  const inState = newest.filter(({ state }) => state === is);
  if (is === "resolved" && inState.length < newest.length) return { isMet: false, found };
  const isMet = inState.some(
    (turn) =>
      (severity === undefined || turn.severity === severity) &&
      (says === undefined || hasWords(turn.title, says)),
  );
  return { isMet, found };
}

/** `shadow` */
export function judgeShadow(planned: PlannedExpectation, scene: Scene): Judged {
  const { byAt, expectation } = planned;
  const { findings, shadowCounts } = scene.record;
  const mine = findings.filter(({ reason }) => reason === expectation.shadow);
  const isInTime = byAt === null || mine.some((finding) => finding.at <= byAt && isMatch(planned, finding));
  const counted = shadowCounts.find(({ reason }) => reason === expectation.shadow);
  const isCounted = (["wouldHavePaged", "wouldHaveActed", "falseAlarms"] as const).every(
    (name) => expectation[name] === undefined || expectation[name] === (counted?.[name] ?? 0),
  );
  const first = mine[0] === undefined ? "" : `, first ${offsetText(mine[0].at - scene.startAt)}`;
  const { wouldHavePaged = 0, wouldHaveActed = 0, falseAlarms = 0 } = counted ?? {};
  const found = `would have paged ${wouldHavePaged}×, acted ${wouldHaveActed}×, false alarms ${falseAlarms}${first}`;
  return { isMet: isInTime && isCounted, found };
}

/** `liveness` */
export function judgeLiveness({ at, expectation }: PlannedExpectation, { livenesses }: Scene): Judged {
  const seen = livenesses.find((entry) => entry.at === at && entry.host === expectation.host);
  return {
    isMet: seen?.liveness === expectation.liveness,
    found: `it is ${seen?.liveness ?? "not reached"}`,
  };
}

function newestOf(turns: readonly RecordedTurn[]): ReadonlyMap<string, RecordedTurn> {
  return new Map(turns.map((turn) => [JSON.stringify([turn.reason, turn.host, turn.service]), turn]));
}

function foundFindings(newest: readonly RecordedTurn[]): string {
  const last = newest.toSorted((one, other) => one.at - other.at).at(-1);
  if (last === undefined) return "there is none";
  const text = `it is ${last.state}, ${last.severity}: "${last.title}"`;
  if (newest.length === 1) return text;
  return `${newest.length} (${countsText(newest.map(({ reason, state }) => `${state} ${reason}`))}), the last: ${text}`;
}
