// What the `countersign policy` commands do: each answers with the process's exit code (desk.ts), and where it compares, 1 is "different".
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { readBounded, refusalText, type WrittenRefusal } from "../../replay/file/written-file.ts";
import type { BodyOf } from "../../src/api/table/route.ts";
import type { RouteOf } from "../../src/api/table/routes.ts";
import { warningSentenceOf } from "../../src/core/desk/paging/route-warning.ts";
import { actorNameOf } from "../../src/core/words/actor.ts";
import { leaversOf } from "../../src/policy/in-words/policy-in-words.ts";
import { diffPolicies, formatChange, type PolicyChange } from "../../src/policy/policy-diff.ts";
import { parsePolicyText } from "../../src/policy/policy-file.ts";
import { promoteText } from "../../src/policy/policy-promotion.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { complain, type Desk, EXIT, losesAccessText, type Output, printJson } from "../desk.ts";
import { bothOf, dryRun, sameText } from "./policy-dry-run.ts";

/** How an act is asked for. */
export interface ActOptions {
  readonly json?: boolean;
  readonly by?: string;
  readonly why?: string;
  readonly expect?: number;
  readonly dryRun?: boolean;
  /** also when nobody who is signed in stays so */
  readonly yes?: boolean;
  /** also when only the text is another: comments, order, written-out defaults */
  readonly keepText?: boolean;
}

type Shown = BodyOf<RouteOf<"GET /v1/admin/policy">>;
type AppliedPolicy = BodyOf<RouteOf<"PUT /v1/admin/policy">>;

export function checkPolicies(files: readonly string[], options: ActOptions, output: Output): number {
  const read = files.map((file) => ({ file, policy: readPolicy(file) }));
  if (options.json === true)
    printJson(
      output,
      read.map(({ file, policy }) => ({
        file,
        ok: policy.ok,
        problems: policy.ok ? [] : policy.error.problems,
      })),
    );
  else
    for (const { file, policy } of read)
      if (policy.ok) output.print(`${file}: ${summaryOf(policy.value.policy)}`);
      else output.complain(refusalText(policy.error));
  return read.every(({ policy }) => policy.ok) ? EXIT.done : EXIT.badInput;
}

export function diffFiles(files: readonly [string, string], options: ActOptions, output: Output): number {
  const [before, after] = [readPolicy(files[0]), readPolicy(files[1])];
  for (const side of [before, after]) if (!side.ok) output.complain(refusalText(side.error));
  if (!before.ok || !after.ok) return EXIT.badInput;
  const changes = diffPolicies(before.value.policy, after.value.policy);
  printChanges(changes, options, output);
  return changes.length === 0 ? EXIT.done : EXIT.refused;
}

export async function applyPolicy(file: string, options: ActOptions, desk: Desk): Promise<number> {
  const read = readPolicy(file);
  if (!read.ok) {
    desk.output.complain(refusalText(read.error));
    return EXIT.badInput;
  }
  const shown = await desk.api.ask("GET /v1/admin/policy", {});
  if (!shown.ok) return complain(desk.output, shown.error);
  return applyText(read.value.text, { options, desk, shown: shown.value, why: options.why ?? "" });
}

export async function promotePolicy(reason: string | null, options: ActOptions, desk: Desk): Promise<number> {
  const shown = await desk.api.ask("GET /v1/admin/policy", {});
  if (!shown.ok) return complain(desk.output, shown.error);
  const promoted = promoteText(shown.value.text, reason);
  if (!promoted.ok) {
    desk.output.complain(promoted.error.sentence);
    return promoted.error.reason === "unknown-rule" ? EXIT.badInput : EXIT.refused;
  }
  const why = `promote ${reason ?? "the whole policy"}${options.why === undefined ? "" : `: ${options.why}`}`;
  return applyText(promoted.value, { options, desk, shown: shown.value, why });
}

export async function undoPolicy(options: ActOptions, desk: Desk): Promise<number> {
  const shown = await desk.api.ask("GET /v1/admin/policy", {});
  if (!shown.ok) return complain(desk.output, shown.error);
  const body = {
    expectedVersion: options.expect ?? shown.value.version,
    ...told(options, options.why ?? ""),
  };
  const undone = await desk.api.ask("POST /v1/admin/policy/undo", { body });
  if (!undone.ok) return complain(desk.output, undone.error);
  const changes = await changesSince(shown.value.text, undone.value.version, desk);
  if (options.json === true)
    printJson(desk.output, { ...undone.value, ...(changes === null ? {} : { changes }) });
  else {
    for (const change of changes ?? []) desk.output.print(formatChange(change));
    desk.output.print(`Undone: version ${undone.value.version} is in force.`);
  }
  warn(desk.output, undone.value);
  return EXIT.done;
}

/** What is otherwise by that version; null: it is not known, as where another one came meanwhile. */
async function changesSince(
  text: string,
  version: number,
  { api }: Desk,
): Promise<readonly PolicyChange[] | null> {
  const shown = await api.ask("GET /v1/admin/policy", {});
  if (!shown.ok || shown.value.version !== version) return null;
  const { after, before } = bothOf(text, shown.value.text);
  return before === null || after === null ? null : diffPolicies(before, after);
}

export async function showPolicy(options: ActOptions, desk: Desk): Promise<number> {
  const shown = await desk.api.ask("GET /v1/admin/policy", {});
  if (!shown.ok) return complain(desk.output, shown.error);
  const { version, text, problem, history } = shown.value;
  if (options.json === true) printJson(desk.output, shown.value);
  else {
    const [newest] = history;
    const by =
      newest === undefined
        ? "the deployment's own"
        : `applied by ${actorNameOf(newest.appliedBy)} at ${at(newest.appliedAt)}`;
    desk.output.complain(`# version ${version}, ${by}`);
    desk.output.print(text.trimEnd());
  }
  if (problem === null) return EXIT.done;
  desk.output.complain(
    `Version ${version} cannot be read by the running code, an older one is in force: ${problem}`,
  );
  return EXIT.refused;
}

export async function listHistory(options: ActOptions, desk: Desk): Promise<number> {
  const shown = await desk.api.ask("GET /v1/admin/policy", {});
  if (!shown.ok) return complain(desk.output, shown.error);
  const { history } = shown.value;
  if (options.json === true) printJson(desk.output, history);
  else if (history.length === 0)
    desk.output.print("No policy was applied: the deployment's own is in force.");
  else
    for (const { version, hash, appliedAt, appliedBy, why, restores } of history) {
      const undo = restores === null ? "" : ` undo, back to ${restores}`;
      desk.output.print(
        `${version}  ${at(appliedAt)}  ${actorNameOf(appliedBy)}  ${hash.slice(0, 12)}${undo}${why === "" ? "" : `  ${why}`}`,
      );
    }
  return EXIT.done;
}

export async function showShadow(options: ActOptions, desk: Desk): Promise<number> {
  const shadow = await desk.api.ask("GET /v1/admin/shadow", {});
  if (!shadow.ok) return complain(desk.output, shadow.error);
  const { counts, findings } = shadow.value;
  if (options.json === true) printJson(desk.output, shadow.value);
  else if (counts.length === 0) desk.output.print("No rule in shadow has found anything.");
  else {
    for (const { reason, sinceAt, wouldHavePaged, wouldHaveActed, falseAlarms } of counts)
      desk.output.print(
        `${reason}: would have paged ${wouldHavePaged}×, would have acted ${wouldHaveActed}×, false alarms ${falseAlarms}, since ${at(sinceAt)}`,
      );
    for (const { findingId, firedAt, endedAt, falseAlarmBy, signal } of findings) {
      const mark = falseAlarmBy === null ? "" : `, a false alarm says ${actorNameOf(falseAlarmBy)}`;
      const end = endedAt === null ? "fires still" : `until ${at(endedAt)}`;
      desk.output.print(`  ${findingId}  ${signal.title} (${at(firedAt)}, ${end}${mark})`);
    }
  }
  return EXIT.done;
}

export async function markFalseAlarm(findingId: string, options: ActOptions, desk: Desk): Promise<number> {
  const body = { findingId, ...(options.by === undefined ? {} : { by: options.by }) };
  const marked = await desk.api.ask("POST /v1/admin/shadow/false-alarms", { body });
  if (!marked.ok) return complain(desk.output, marked.error);
  if (options.json === true) printJson(desk.output, marked.value);
  else desk.output.print(`Marked: ${findingId} was a false alarm.`);
  return EXIT.done;
}

/** What a command says beside that a text is in force. */
interface Beside {
  /** members of the document with --json */
  readonly members: object;
  readonly lines: readonly string[];
}

/** Puts a text into force, or with --dry-run says what that would do. */
export async function applyText(
  text: string,
  act: {
    readonly options: ActOptions;
    readonly desk: Desk;
    readonly shown: Shown;
    readonly why: string;
    readonly beside?: Beside;
  },
): Promise<number> {
  const { beside, options, desk, shown, why } = act;
  if (options.dryRun === true) return dryRun(text, { options, desk, shown });
  const { before, after } = bothOf(shown.text, text);
  const changes = before === null || after === null ? [] : diffPolicies(before, after);
  const leavers = before === null || after === null ? [] : leaversOf(before, after);
  // Before it is done: there is still a Ctrl-C, and a refusal says it again.
  if (leavers.length > 0) desk.output.complain(losesAccessText(leavers));
  const body = {
    text,
    expectedVersion: options.expect ?? shown.version,
    ...told(options, why),
    ...(options.keepText === true ? { keepText: true } : {}),
  };
  const applied = await desk.api.ask("PUT /v1/admin/policy", { body });
  if (!applied.ok) return complain(desk.output, applied.error);
  if (options.json === true) printJson(desk.output, { ...applied.value, changes, ...beside?.members });
  else sayApplied(applied.value, changes, desk.output);
  warn(desk.output, { ...applied.value, losesAccess: leavers.length > 0 ? [] : applied.value.losesAccess });
  if (options.json !== true) for (const line of beside?.lines ?? []) desk.output.print(line);
  return EXIT.done;
}

function sayApplied(
  { same, version }: AppliedPolicy,
  changes: readonly PolicyChange[],
  output: Output,
): void {
  if (same !== undefined) return output.print(sameText(same, version));
  for (const change of changes) output.print(formatChange(change));
  output.print(`Applied: version ${version} is in force.`);
}

/** It is in force all the same: a policy that pages nobody may be meant, and taking the old one back needs an act too. */
function warn(
  output: Output,
  { losesAccess = [], warnings }: Pick<AppliedPolicy, "losesAccess" | "warnings">,
): void {
  if (losesAccess.length > 0) output.complain(losesAccessText(losesAccess));
  for (const warning of warnings ?? []) output.complain(`WARNING: ${warningSentenceOf(warning)}`);
}

function told(options: ActOptions, why: string) {
  return {
    ...(options.by === undefined ? {} : { by: options.by }),
    ...(why === "" ? {} : { why }),
    ...(options.yes === true ? { confirm: true } : {}),
  };
}

function readPolicy(
  file: string,
): Result<{ readonly text: string; readonly policy: Policy }, WrittenRefusal> {
  const text = readBounded(file);
  if (!text.ok) return text;
  const policy = parsePolicyText(text.value);
  if (!policy.ok) return refuse({ reason: "file-wrong", file, problems: policy.error.problems });
  return ok({ text: text.value, policy: policy.value });
}

function printChanges(changes: readonly PolicyChange[], options: ActOptions, output: Output): void {
  if (options.json === true) return printJson(output, changes);
  if (changes.length === 0) output.print("No difference in meaning.");
  for (const change of changes) output.print(formatChange(change));
}

function summaryOf(policy: Policy): string {
  const { responders, overrides, rules, shadow } = policy;
  const all = Object.values(rules);
  const off = all.filter(({ enabled }) => !enabled).length;
  const shadowed = shadow ? "all rules in shadow" : `${all.filter((rule) => rule.shadow).length} in shadow`;
  return `a policy with ${responders.length} responders, ${overrides.length} overrides, ${off} rules off, ${shadowed}`;
}

function at(instant: number): string {
  return new Date(instant).toISOString().replace(/\.\d+Z$/, "Z");
}
