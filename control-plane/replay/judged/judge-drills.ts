// Judges what was expected of drills of the way to people: that one arrived, and that its person said so. Pure.
import type { PlannedExpectation } from "../file/planned-incident.ts";
import type { RecordedDrill } from "../printed/replay-record.ts";
import { countsText, foundText } from "./found-text.ts";
import { cameInTime, hasWords, isWithin, type Judged, type Scene } from "./scene.ts";

/** `drill` */
export function judgeDrill(planned: PlannedExpectation, scene: Scene): Judged {
  const { atMost, drill } = planned.expectation;
  const meant = drillsOf(planned, scene, drill);
  const isMet = cameInTime(meant, planned) && (atMost === undefined || meant.length <= atMost);
  return { isMet, found: foundDrills(planned, scene) };
}

/** `noDrill` */
export function judgeNoDrill(planned: PlannedExpectation, scene: Scene): Judged {
  const meant = drillsOf(planned, scene, planned.expectation.noDrill);
  return { isMet: meant.length === 0, found: foundDrills(planned, scene) };
}

function drillsOf(
  planned: PlannedExpectation,
  { record }: Scene,
  expected?: RecordedDrill["state"],
): readonly RecordedDrill[] {
  const { says = "", to } = planned.expectation;
  return record.drills.filter(
    ({ at, body, state, title, to: person }) =>
      (expected === undefined || state === expected) &&
      (to === undefined || person === to) &&
      isWithin(planned, at) &&
      hasWords(`${title}\n${body}`, says),
  );
}

function foundDrills(planned: PlannedExpectation, scene: Scene): string {
  const drills = drillsOf(planned, scene);
  return foundText(drills, {
    startAt: scene.startAt,
    none: "no such drill",
    counts: countsText(drills.map(({ state }) => state)),
    textOf: ({ state, title, to }) => `${state} to ${to} "${title}"`,
  });
}
