// `countersign replay --recorded`: reads what a control plane recorded, runs it under the policies that were in force then and under
// another one, and prints what differs. Ends with 0 when nothing differs, 1 when something does, 2 when it could not be compared.
import { RECORDED_EVENT_AGE_MAX_MS } from "@countersign/shared/values/limits";
import { visibleText } from "@countersign/shared/values/visible-text";
import { refusalText } from "../replay/file/written-file.ts";
import {
  compareRuns,
  countRun,
  type DecidedCount,
  fidelityOf,
  type SideBySide,
} from "../replay/recorded/recorded-diff.ts";
import type { RecordedHistory } from "../replay/recorded/recorded-history.ts";
import {
  policySpans,
  type PolicySpan,
  throughout,
  type VersionSpan,
} from "../replay/recorded/recorded-policies.ts";
import { type RecordedWindow, runRecorded } from "../replay/recorded/recorded-run.ts";
import { loadRawPolicy, readPolicyFile } from "../replay/replay-policy.ts";
import type { Policy } from "../src/policy/policy.ts";
import { type ApiOptions, openApi } from "./operator-api.ts";
import { readHistory } from "./read-history.ts";
import { EXIT, type Output } from "./replay-command.ts";

/** So much history before the window is replayed with it: budgets, holds and open incidents begin before it does. */
export const WARM_UP_MS = 24 * 3_600_000;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/;
const COLUMN_CHARS = 34;
const LINE_CHARS_MAX = 80;
const CONTINUED = "    ";

export interface RecordedFlags extends ApiOptions {
  readonly from?: string;
  readonly to?: string;
  readonly policy?: string;
  readonly json?: boolean;
  /** list also what does not differ */
  readonly all?: boolean;
}

/** Runs the command; the answer is the exit code. */
export async function replayRecorded(
  flags: RecordedFlags,
  output: Pick<Output, "print" | "complain">,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  const fail = (sentence: string) => {
    if (flags.json === true) output.print(JSON.stringify({ errors: [{ message: sentence }] }, null, 2));
    else output.complain(sentence);
    return EXIT.badInput;
  };
  const window = windowOf(flags);
  if (window === null)
    return fail("Say --from and --to as instants such as 2026-04-03T23:25:00Z, the earlier first.");
  if (window.toAt - window.fromAt > RECORDED_EVENT_AGE_MAX_MS)
    return fail("Choose --from and --to at most 14 days apart: nothing is kept for longer.");
  if (flags.policy === undefined) return fail("Name the policy to compare with: --policy FILE.");
  const raw = readPolicyFile(flags.policy);
  if (!raw.ok) return fail(refusalText(raw.error));
  const policy = loadRawPolicy(raw.value);
  if (!policy.ok) return fail(`${flags.policy} is not a policy.`);
  const api = openApi(flags, environment);
  if (!api.ok) return fail(api.error.sentence);
  const history = await readHistory(api.value, { ...window, fromAt: window.fromAt - WARM_UP_MS });
  if (!history.ok) return fail(history.error.sentence);
  const inForce = policySpans(history.value.policies);
  if (!inForce.ok) return fail(unreadableVersion(inForce.error.version));
  return compare({
    flags,
    history: history.value,
    window,
    inForce: inForce.value,
    policy: policy.value,
    output,
  });
}

/** That nothing can be replayed, for what was in force then is not understood. */
export function unreadableVersion(version: number): string {
  return `Version ${version} of the policy, in force then, cannot be read by this version of the command.`;
}

/** Runs it under the policies in force and under another one, and prints what differs; the answer is the exit code. */
export function compare(asked: {
  readonly flags: Pick<RecordedFlags, "all" | "json">;
  readonly history: RecordedHistory;
  readonly window: RecordedWindow;
  readonly inForce: readonly [PolicySpan, ...PolicySpan[]];
  readonly policy: Policy;
  readonly output: Pick<Output, "print">;
}): number {
  const { flags, history, inForce, output, policy, window } = asked;
  const before = runRecorded(history, inForce, window);
  const after = runRecorded(history, throughout(policy), window);
  const rows = compareRuns(before, after);
  const fidelity = fidelityOf(history.audit.filter(isWithin(window)), before.audit);
  const counts = { before: countRun(before), after: countRun(after) };
  const shown = { flags, history, window, rows, fidelity, counts };
  if (flags.json === true) output.print(JSON.stringify(jsonOf(shown), null, 2));
  else for (const line of linesOf(shown).flatMap(wrapped)) output.print(line);
  return rows.every(({ verdict }) => verdict === "same") ? EXIT.ok : EXIT.unmet;
}

/** Says whether something lies in a time. */
export function isWithin({ fromAt, toAt }: RecordedWindow): (one: { readonly at: number }) => boolean {
  return ({ at }) => at >= fromAt && at <= toAt;
}

interface Shown {
  readonly flags: Pick<RecordedFlags, "all">;
  readonly history: RecordedHistory;
  readonly window: RecordedWindow;
  readonly rows: readonly SideBySide[];
  readonly fidelity: ReturnType<typeof fidelityOf>;
  /** how much each run decided, differing or not */
  readonly counts: Readonly<Record<"before" | "after", readonly DecidedCount[]>>;
}

function windowOf({ from = "", to = "" }: RecordedFlags): RecordedWindow | null {
  if (!INSTANT.test(from) || !INSTANT.test(to)) return null;
  const [fromAt, toAt] = [Date.parse(from), Date.parse(to)];
  return fromAt < toAt ? { fromAt, toAt } : null;
}

function jsonOf({ counts, history, window, rows, fidelity }: Shown): object {
  const instants = (list: readonly number[]) => list.map((at) => new Date(at).toISOString());
  return {
    from: new Date(window.fromAt).toISOString(),
    to: new Date(window.toAt).toISOString(),
    eventCount: history.events.length,
    firstEventAt: instants(history.events.slice(0, 1).map(({ at }) => at))[0] ?? null,
    policies: history.policies.map(({ version, sinceAt }) => ({
      version,
      since: sinceAt === null ? null : new Date(sinceAt).toISOString(),
    })),
    fidelity,
    counts,
    isSame: rows.every(({ verdict }) => verdict === "same"),
    rows: rows.map((row) => ({ ...row, before: instants(row.before), after: instants(row.after) })),
  };
}

function linesOf({ counts, flags, history, window, rows, fidelity }: Shown): readonly string[] {
  const { openedCount, alsoHereCount } = fidelity;
  const differing = rows.filter(({ verdict }) => verdict !== "same");
  const listed = flags.all === true ? rows : differing;
  const first = history.events[0]?.at ?? null;
  return [
    `${history.events.length} recorded events, ${utcOf(window.fromAt)} to ${utcOf(window.toAt)} UTC`,
    ...(first === null || first > window.fromAt
      ? [
          `Nothing is recorded before ${first === null ? "the end" : utcOf(first)}: what came earlier is not compared.`,
        ]
      : []),
    `In force then: policy ${history.policies.map(spanText).join(", ")}.`,
    `Of ${openedCount} incidents that were really opened, the replay of what was in force opens ${alsoHereCount}.`,
    "",
    ...listed.flatMap((row) => textOf(row)),
    ...(listed.length === 0 ? [] : [""]),
    `In force: ${countsText(counts.before)}.`,
    `New: ${countsText(counts.after)}.`,
    differing.length === 0
      ? `Nothing differs: both policies decide the same ${rows.length} things.`
      : `${differing.length} of ${rows.length} things differ.`,
  ];
}

function spanText({ version, sinceAt }: VersionSpan): string {
  return sinceAt === null ? `version ${version}` : `from ${utcOf(sinceAt)} version ${version}`;
}

function countsText(counts: readonly DecidedCount[]): string {
  if (counts.length === 0) return "nothing was decided";
  return counts.map((each) => `${each.count} ${wordsOf(each)}`).join(", ");
}

/** A page that only adds to what was told is called so. */
function wordsOf({ kind, reason, what }: Pick<DecidedCount, "what" | "kind" | "reason">): string {
  return `${kind === "update" ? "update" : what} ${reason}`;
}

function textOf({ subject, before, after, verdict, ...decided }: SideBySide): readonly string[] {
  const head = visibleText(`${wordsOf(decided)}, ${subject}: ${verdict}`);
  const sides = `  in force: ${timesOf(before)}`.padEnd(COLUMN_CHARS);
  return [head, `${sides} | new: ${timesOf(after)}`];
}

/** A line as it fits a terminal, broken between words; a word that is longer stays whole. */
function wrapped(line: string): readonly string[] {
  if (line.length <= LINE_CHARS_MAX) return [line];
  const breakAt = line.lastIndexOf(" ", LINE_CHARS_MAX);
  if (breakAt <= CONTINUED.length) return [line];
  return [line.slice(0, breakAt), ...wrapped(`${CONTINUED}${line.slice(breakAt + 1)}`)];
}

function timesOf(instants: readonly number[]): string {
  const [first] = instants;
  if (first === undefined) return "–";
  return instants.length === 1 ? utcOf(first) : `${utcOf(first)} (${instants.length} times)`;
}

export function utcOf(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}
