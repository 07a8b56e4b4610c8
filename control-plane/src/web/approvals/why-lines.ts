// Why a question is asked, in two lines at most: what happened, and what makes the decision hard. Pure. Only what a record
// says stands here; what a host wrote itself is shown apart, as its own words.
import type { Approval } from "../../core/desk/records/approval.ts";
import type { Finding } from "../../core/desk/records/finding.ts";
import { spanOf } from "../look/place-time.ts";
import { wholeSpanOf } from "../look/place-time.ts";
import { nounOf } from "./act-words.ts";
import { whoFirst, type Readers } from "./who.ts";

/** What the unit's own state says happened to it, as the end of a sentence about it. */
export function happenedWords({ proposal }: Pick<Approval, "proposal">): string {
  const { activeState, result } = proposal.unitState;
  switch (activeState) {
    case "failed":
      return RESULTS.get(result) ?? "failed";
    case "inactive":
      return "is stopped";
    case "active":
    case "reloading":
      return "runs, and fails its checks";
    case "activating":
      return "is being started, and does not come up";
    case "deactivating":
      return "is being stopped, and does not end";
    case "unknown":
      return "fails its checks";
  }
}

/** Results of systemd.service(5) as people say them. */
const RESULTS: ReadonlyMap<string, string> = new Map([
  ["core-dump", "crashed"],
  ["signal", "was killed"],
  ["exit-code", "ended with an error"],
  ["oom-kill", "was killed: memory ran out"],
  ["timeout", "did not start or stop in time"],
  ["watchdog", "hung, and was killed by its watchdog"],
  ["start-limit-hit", "was started too often, and systemd gave up"],
  ["resources", "could not be started: something it needs is missing"],
  ["protocol", "did not start as its unit says"],
  ["condition", "was not started: a condition of its unit does not hold"],
]);

/** `crashed`, by the unit's own result; null: it says nothing more than that it failed. */
export function resultWords(result: string): string | null {
  return RESULTS.get(result) ?? null;
}

/** What makes it hard: the last attempt's end, many restarts, many beginnings; null: nothing is known that does. */
export function doubtOf(asked: {
  readonly finding: Finding | null;
  /** newest first */
  readonly earlier: readonly Approval[];
  readonly approval: Approval;
  readonly readers: Readers;
  readonly now: number;
}): string | null {
  const { approval, earlier, finding, now, readers } = asked;
  const { restarts = null } = finding ?? {};
  const same = earlier.find(({ proposal }) => proposal.action === approval.proposal.action);
  if (same?.state === "denied" && same.findingId === approval.findingId)
    return `${whoFirst(same.decidedBy, readers)} denied it ${agoOf(same.decidedAt, now)}.`;
  if (restarts !== null && restarts.count > 1)
    return `Restarted ${restarts.count} times in ${wholeSpanOf(restarts.windowMs)}: it may not last.`;
  if (same?.state === "failed")
    return `The last ${nounOf(same.proposal)}, ${agoOf(same.endedAt ?? same.decidedAt, now)}, did not help.`;
  const begun = finding?.beginningsAt.length ?? 0;
  if (begun > 1) return `It began to fail ${begun} times: it may not last.`;
  if (restarts !== null && restarts.count === 1)
    return `Restarted once already, within ${wholeSpanOf(restarts.windowMs)}.`;
  return null;
}

function agoOf(at: number | null, now: number): string {
  return at === null ? "before" : `${spanOf(Math.max(0, now - at))} ago`;
}
