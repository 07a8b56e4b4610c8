// A whole policy in words: who is paged when, who may answer, what may run, when it is silent, pauses, and what is otherwise
// than by default. And what another policy would change in it. Pure. What a reader would get wrong: a change that no line
// tells is told by its setting, so that nothing that differs is left out.
import { diffPolicies, type PolicyChange } from "../policy-diff.ts";
import type { Policy } from "../policy.ts";
import type { PolicyLine, PolicyPart } from "./line.ts";
import { channelLines, peopleLines, roleChanges, roleLines, runLines, whoLines } from "./people-lines.ts";
import { boundLines, overrideLines, pauseLines, silentLines } from "./rule-lines.ts";

/** All of it; a part without lines is left out. */
export function policyInWords(policy: Policy): readonly PolicyPart[] {
  return partsOf(policy).filter(({ lines }) => lines.length > 0);
}

function partsOf(policy: Policy): readonly PolicyPart[] {
  return [
    { id: "who", title: "Who is paged when", lines: whoLines(policy) },
    { id: "people", title: "Who may sign in", lines: peopleLines(policy) },
    { id: "roles", title: "Who may not do everything", lines: roleLines(policy) },
    { id: "channels", title: "Ways to reach people", lines: channelLines(policy) },
    { id: "runs", title: "What may run, and when it asks", lines: runLines(policy) },
    { id: "silent", title: "When it is silent", lines: silentLines(policy) },
    { id: "pauses", title: "How long it waits", lines: pauseLines(policy) },
    { id: "bounds", title: "Bounds that are not the defaults", lines: boundLines(policy) },
    { id: "overrides", title: "Otherwise for some hosts", lines: overrideLines(policy) },
  ];
}

/** One thing that another policy would change; null: it is not there on that side. */
export interface ChangeInWords {
  readonly part: PolicyPart["id"] | "setting";
  readonly title: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What a policy would change, in the order of its parts; empty: nothing. */
export function changesInWords(before: Policy, after: Policy): readonly ChangeInWords[] {
  const [was, is] = [partsOf(before), partsOf(after)];
  const told = is.flatMap((part, index) =>
    part.id === "roles" ? rolesOf(before, after) : changesOf(was[index]?.lines ?? [], part),
  );
  const untold = diffPolicies(before, after).filter(
    ({ path }) => !told.some(({ tells }) => tells.some((start) => path.startsWith(start))),
  );
  return [...told.map(({ change }) => change), ...untold.map(settingChangeOf)];
}

// What somebody may do is told by what they gain and lose, and not by two sentences to be compared.
function rolesOf(before: Policy, after: Policy): readonly Told[] {
  return roleChanges(before, after).map(({ tells, text }) => ({
    change: { part: "roles", title: "What people may do", before: null, after: text },
    tells,
  }));
}

interface Told {
  readonly change: ChangeInWords;
  readonly tells: readonly string[];
}

function changesOf(before: readonly PolicyLine[], { id, lines, title }: PolicyPart): readonly Told[] {
  const was = new Map(before.map((line) => [line.key, line]));
  const is = new Map(lines.map((line) => [line.key, line]));
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key): readonly Told[] => {
    const [from, to] = [was.get(key), is.get(key)];
    if (from?.text === to?.text) return [];
    const change = { part: id, title, before: from?.text ?? null, after: to?.text ?? null };
    const whole = from === undefined || to === undefined ? [from, to] : [];
    const tells = [from, to].flatMap((line) => line?.tells ?? []);
    return [{ change, tells: [...tells, ...whole.flatMap((line) => line?.tellsWhole ?? [])] }];
  });
}

function settingChangeOf({ from, isAddress, path, to }: PolicyChange): ChangeInWords {
  const said = (value: string | null) =>
    value === null ? null : `${path} is ${isAddress ? "an address, which is not shown" : value}.`;
  return { part: "setting", title: "Other settings", before: said(from), after: said(to) };
}

/** Who is in one policy and not in the other, by id. */
export function leaversOf(before: Policy, after: Policy): readonly string[] {
  const stay = new Set(after.responders.map(({ id }) => id));
  return before.responders.map(({ id }) => id).filter((id) => !stay.has(id));
}
