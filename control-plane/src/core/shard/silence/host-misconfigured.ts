// Rule `host-misconfigured`: a host's own doctor found something that will not work when it is needed. Pure. One finding a host, while its newest
// examination holds anything wrong, ended when one holds nothing wrong.
// What a reader would get wrong: what could not be seen is no finding, and a host that tells no examination is neither well nor wrong by it.
// All texts are the host's own words; the commands that mend stand on no page, only on the host's view, and there only in forms of ours.
import { EXAMINATION_CHARS_MAX, EXAMINATIONS_PER_HOUR_MAX } from "@countersign/shared/values/limits";
import type { ExaminedFinding } from "@countersign/shared/wire/examined";
import type { Finding } from "../../facts/rule.ts";
import { NO_EFFECTS } from "../../words/effects.ts";
import type { Evidence } from "../../words/signal.ts";
import { settleHost } from "../host/settle.ts";
import type { HostChange, HostScene } from "../host/shard-change.ts";
import type { Examination, HostState } from "../host/shard-state.ts";

const REASON = "host-misconfigured";
const HOUR_MS = 3_600_000;
/** The same told again within this is not stored again: its instant alone is newer. */
export const SAME_STORED_AFTER_MS = 12 * HOUR_MS;
/** Lines of what is wrong on a page. */
const SHOWN_MAX = 8;

/** Takes in what the host's doctor found; one that changes too often is not taken, and the next one is. */
export function takeExamined(
  host: HostState,
  findings: readonly ExaminedFinding[],
  scene: HostScene,
): HostChange {
  const before = host.examination;
  const kept = withinBounds(findings);
  const { now } = scene;
  if (before !== undefined && isSame(before, kept) && now < before.at + SAME_STORED_AFTER_MS)
    return { host, effects: NO_EFFECTS };
  const isNewHour = before === undefined || now >= before.hourAt + HOUR_MS;
  const hourCount = isNewHour ? 1 : before.hourCount + 1;
  if (hourCount > EXAMINATIONS_PER_HOUR_MAX) return { host, effects: NO_EFFECTS };
  const hourAt = isNewHour ? now : before.hourAt;
  const wrongSinceAt = hasWrong(kept.findings) ? (before?.wrongSinceAt ?? now) : null;
  const examination: Examination = { at: now, ...kept, wrongSinceAt, hourAt, hourCount };
  return judgeExamined({ ...host, examination }, scene, true);
}

/** Tells what is wrong, or ends it; call at each sweep. `isByFact`: the host has told it now. */
export function judgeExamined(host: HostState, scene: HostScene, isByFact = false): HostChange {
  const { examination } = host;
  if (examination === undefined) return { host, effects: NO_EFFECTS };
  const isOn = scene.policy.rules[REASON].enabled;
  const findings = isOn && hasWrong(examination.findings) ? [findingOf(host, examination)] : [];
  const over = isOn
    ? { at: scene.now, text: "its doctor found nothing wrong any more" }
    : { at: scene.now, text: "the rule was turned off in the policy" };
  return settleHost(host, { reason: REASON, findings, over, isByFact }, scene);
}

function findingOf(host: HostState, { findings, wrongSinceAt, at }: Examination): Finding {
  const wrong = findings.filter(({ status }) => status === "wrong");
  const more = wrong.length === 1 ? "" : `, and ${wrong.length - 1} more`;
  return {
    severity: "warning",
    title: `${host.name} will not work as it is set up: ${wrong[0]?.check ?? ""}${more}`,
    evidence: [
      ...wrong
        .slice(0, SHOWN_MAX)
        .map(({ check, detail }): Evidence => ({ at, text: `${check}: ${detail}` })),
      { at, text: "what mends it says, on that host as root: countersign-agent doctor" },
    ],
    happenedAt: wrongSinceAt ?? at,
    isRestartPointless: false,
    freezes: false,
  };
}

/** The first of them, as far as one host may fill its shard. */
function withinBounds(findings: readonly ExaminedFinding[]): Pick<Examination, "findings" | "omittedCount"> {
  let chars = 0;
  const cut = findings.findIndex((finding) => {
    chars += JSON.stringify(finding).length;
    return chars > EXAMINATION_CHARS_MAX;
  });
  const kept = cut === -1 ? findings : findings.slice(0, cut);
  return { findings: kept, omittedCount: findings.length - kept.length };
}

function hasWrong(findings: readonly ExaminedFinding[]): boolean {
  return findings.some(({ status }) => status === "wrong");
}

function isSame(before: Examination, { findings }: Pick<Examination, "findings">): boolean {
  return JSON.stringify(before.findings) === JSON.stringify(findings);
}
