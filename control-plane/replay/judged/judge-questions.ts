// Judges what was expected of questions, of the approvals that answer them, and of the proposals beneath them. Pure.
import type { PlannedExpectation } from "../file/planned-incident.ts";
import type { RecordedProposal, RecordedQuestion } from "../printed/replay-record.ts";
import { countsText, foundText } from "./found-text.ts";
import { ANY, cameInTime, isThere, type Judged, matching, type Scene } from "./scene.ts";

/** `question` */
export function judgeQuestion(planned: PlannedExpectation, scene: Scene): Judged {
  const { atMost, question = ANY } = planned.expectation;
  const put = questionsOf(planned, scene, question);
  const isMet = cameInTime(put, planned) && (atMost === undefined || put.length <= atMost);
  return { isMet, found: foundActions(put, scene, "nothing was asked") };
}

/** `noQuestion` */
export function judgeNoQuestion(planned: PlannedExpectation, scene: Scene): Judged {
  const put = questionsOf(planned, scene, planned.expectation.noQuestion ?? ANY);
  return { isMet: put.length === 0, found: foundActions(put, scene, "nothing was asked") };
}

/** `proposalsAtMost` */
export function judgeProposals(planned: PlannedExpectation, scene: Scene): Judged {
  const minted = matching(scene.record.proposals, planned, () => true);
  const isMet = minted.length <= (planned.expectation.proposalsAtMost ?? 0);
  return { isMet, found: foundActions(minted, scene, "nothing was proposed") };
}

/** `approval`: of the newest one, as it was at `at` or is at the end */
export function judgeApproval(planned: PlannedExpectation, scene: Scene): Judged {
  const { approval = ANY, is } = planned.expectation;
  const turns = scene.record.approvals.filter(
    (turn) =>
      (approval === ANY || turn.action === approval) &&
      (planned.at === null || turn.at <= planned.at) &&
      isThere(planned, turn),
  );
  const [newest] = [...Map.groupBy(turns, ({ approvalId }) => approvalId).values()].slice(-1);
  const last = newest?.at(-1);
  const state = last?.state ?? "none";
  const found =
    last === undefined ? "there is none" : `it is ${state}: ${last.action} ${last.service} on ${last.host}`;
  return { isMet: state === is, found };
}

function questionsOf(
  planned: PlannedExpectation,
  { record }: Scene,
  action: string,
): readonly RecordedQuestion[] {
  return matching(record.questions, planned, (put) => action === ANY || put.action === action);
}

function foundActions(
  entries: readonly (RecordedQuestion | RecordedProposal)[],
  { startAt }: Scene,
  none: string,
): string {
  return foundText(entries, {
    startAt,
    none,
    counts: countsText(entries.map(({ action }) => action)),
    textOf: ({ action, host, service }) => `${action} ${service ?? ""} on ${host}`,
  });
}
