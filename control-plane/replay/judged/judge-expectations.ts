// Whether what was expected of an incident came about, with a sentence that says what came instead. Pure.
import { EXPECTATION_WORDS, type ExpectationWord } from "../file/expectation-format.ts";
import type { Incident, PlannedExpectation } from "../file/planned-incident.ts";
import type { RecordedLiveness, ReplayRecord } from "../printed/replay-record.ts";
import { countsText, foundText } from "./found-text.ts";
import { judgeDrill, judgeNoDrill } from "./judge-drills.ts";
import {
  judgeNoPage,
  judgeNoPageSays,
  judgePage,
  judgePageCount,
  judgeRecovered,
  judgeRecoveredCount,
} from "./judge-pages.ts";
import { judgeApproval, judgeNoQuestion, judgeProposals, judgeQuestion } from "./judge-questions.ts";
import { judgeIncident, judgeLiveness, judgeShadow } from "./judge-states.ts";
import { ANY, cameInTime, hasWords, type Judged, matching, type Scene } from "./scene.ts";

export interface JudgedExpectation extends Judged {
  /** what was expected, in words */
  readonly text: string;
}

const JUDGES: Readonly<Record<ExpectationWord, (planned: PlannedExpectation, scene: Scene) => Judged>> = {
  page: judgePage,
  noPage: judgeNoPage,
  noPageSays: judgeNoPageSays,
  pagesAtMost: judgePageCount,
  recovered: judgeRecovered,
  noRecovered: judgeRecoveredCount,
  recoveredAtMost: judgeRecoveredCount,
  drill: judgeDrill,
  noDrill: judgeNoDrill,
  question: judgeQuestion,
  noQuestion: judgeNoQuestion,
  approval: judgeApproval,
  proposalsAtMost: judgeProposals,
  noAction: judgeActions,
  restartsAtMost: judgeActions,
  refused: judgeRefusal,
  incident: judgeIncident,
  liveness: judgeLiveness,
  shadow: judgeShadow,
};

/** Judges every expectation of an incident. */
export function judgeExpectations(
  incident: Incident,
  ran: { readonly record: ReplayRecord; readonly livenesses: readonly RecordedLiveness[] },
): readonly JudgedExpectation[] {
  const scene = { startAt: incident.startAt, ...ran };
  return incident.expectations.map((planned) => {
    const word = EXPECTATION_WORDS.find((name) => planned.expectation[name] !== undefined) ?? "noAction";
    return { text: wordsOf(planned), ...JUDGES[word](planned, scene) };
  });
}

function judgeActions(planned: PlannedExpectation, { record, startAt }: Scene): Judged {
  const actions = matching(record.actions, planned, () => true);
  const found = foundText(actions, {
    startAt,
    none: "nothing was run",
    counts: countsText(actions.map(({ action }) => action)),
    textOf: ({ action, host, service }) => `${action} ${service} on ${host}`,
  });
  return { isMet: actions.length <= (planned.expectation.restartsAtMost ?? 0), found };
}

function judgeRefusal(planned: PlannedExpectation, { record, startAt }: Scene): Judged {
  const { refused = ANY, says } = planned.expectation;
  const refusals = matching(record.refusals, planned, () => true);
  const meant = refusals.filter(
    ({ reason, text }) =>
      (refused === ANY || reason === refused || hasWords(text, refused)) &&
      (says === undefined || hasWords(text, says)),
  );
  const found = foundText(refusals, {
    startAt,
    none: "nothing was refused",
    counts: countsText(refusals.map(({ reason }) => reason)),
    textOf: ({ reason, text }) => `${reason} "${text}"`,
  });
  return { isMet: cameInTime(meant, planned), found };
}

function wordsOf({ expectation }: PlannedExpectation): string {
  const { because, ...rest } = expectation;
  const words = Object.entries(rest)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => (value === true ? spaced(key) : `${nounOf(key)} ${String(value)}`))
    .join(", ");
  return because === undefined ? words : `${words} (${because})`;
}

/** A count says what it counts. */
function nounOf(key: string): string {
  return key === "pagesAtMost" ? 'pages (without "recovered") at most' : spaced(key);
}

function spaced(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
