// What `countersign policy apply FILE --dry-run` says, and `promote --dry-run`: in words what would change, who would lose
// access, what of it could not page, and which secrets nobody has bound. The control plane answers, for only it knows its
// bindings and who is signed in; nothing is done. Ends with 0 when nothing would change, 1 when something would or when it
// would be refused, 2 when the text is wrong.
import type { BodyOf } from "../../src/api/table/route.ts";
import type { RouteOf } from "../../src/api/table/routes.ts";
import { warningSentenceOf } from "../../src/core/desk/paging/route-warning.ts";
import { type ChangeInWords, changesInWords } from "../../src/policy/in-words/policy-in-words.ts";
import { diffPolicies, formatChange, type PolicyChange } from "../../src/policy/policy-diff.ts";
import { parsePolicyText } from "../../src/policy/policy-file.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { complain, type Desk, EXIT, losesAccessText, type Output, printJson } from "../desk.ts";

type Shown = BodyOf<RouteOf<"GET /v1/admin/policy">>;
type Plan = BodyOf<RouteOf<"POST /v1/admin/policy/dry-run">>;

/** Says what an apply of a text would do. */
export async function dryRun(
  text: string,
  act: {
    readonly options: { readonly json?: boolean; readonly expect?: number };
    readonly desk: Desk;
    readonly shown: Shown;
  },
): Promise<number> {
  const { desk, options, shown } = act;
  const body = { text, expectedVersion: options.expect ?? shown.version };
  const planned = await desk.api.ask("POST /v1/admin/policy/dry-run", { body });
  if (!planned.ok) return complain(desk.output, planned.error);
  const { after, before } = bothOf(shown.text, text);
  const isReadable = before !== null && after !== null;
  const told = {
    words: isReadable ? changesInWords(before, after) : [],
    changes: isReadable ? diffPolicies(before, after) : [],
  };
  if (options.json === true) printJson(desk.output, documentOf(planned.value, told));
  else sayPlan(planned.value, told, desk.output);
  return planned.value.same === null ? EXIT.refused : EXIT.done;
}

/** Two texts as policies; null: it cannot be read. */
export function bothOf(
  before: string,
  after: string,
): { readonly before: Policy | null; readonly after: Policy | null } {
  const [from, to] = [parsePolicyText(before), parsePolicyText(after)];
  return { before: from.ok ? from.value : null, after: to.ok ? to.value : null };
}

/** That a text is in force already, and how. */
export function sameText(same: "text" | "meaning", version: number): string {
  const inForce = version === 0 ? "the deployment's own" : `version ${version}`;
  return same === "text"
    ? `Nothing to do: this text is in force already, as ${inForce}.`
    : `Nothing to do: ${inForce} decides the same. Only comments, order or written-out defaults are others; --keep-text makes a version of it all the same.`;
}

interface Told {
  readonly words: readonly ChangeInWords[];
  readonly changes: readonly PolicyChange[];
}

function documentOf(plan: Plan, { changes, words }: Told): object {
  const { leavesNobody, losesAccess, same, unbound, version, warnings } = plan;
  return {
    version,
    same,
    wouldChange: same === null,
    wouldBeRefused: leavesNobody ? "nobody-left" : null,
    losesAccess,
    unbound,
    warnings,
    words,
    changes,
  };
}

function sayPlan(plan: Plan, { changes, words }: Told, output: Output): void {
  const { leavesNobody, losesAccess, same, unbound, version, warnings } = plan;
  if (same === null && changes.length === 0)
    output.print(
      `Nothing was done. It would be another version, but what it would change cannot be told: version ${version} cannot be read here. Compare the texts.`,
    );
  else if (same === null) {
    output.print(`Nothing was done. Against version ${version} it would change:`);
    for (const line of wordLines(words)) output.print(line);
    output.print("\nSetting by setting:");
    for (const change of changes) output.print(`  ${formatChange(change)}`);
  } else output.print(sameText(same, version));
  if (losesAccess.length > 0) output.complain(losesAccessText(losesAccess));
  if (leavesNobody)
    output.complain("Nobody who is signed in now would stay so: an apply is refused unless you say --yes.");
  for (const { channel, secret } of unbound)
    output.complain(`Not bound here: ${secret}, the secret of the channel ${channel}.`);
  for (const warning of warnings) output.complain(`WARNING: ${warningSentenceOf(warning)}`);
}

/** Each part with what it says before and after. */
function wordLines(words: readonly ChangeInWords[]): readonly string[] {
  return [...Map.groupBy(words, ({ title }) => title)].flatMap(([title, changes]) => [
    `\n${title}`,
    ...changes.flatMap(({ after, before }) => [
      ...(before === null ? [] : [`  - ${before}`]),
      ...(after === null ? [] : [`  + ${after}`]),
    ]),
  ]);
}
