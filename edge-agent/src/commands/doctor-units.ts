// The part of `doctor` that asks systemd about each unit of the catalogue: whether there is such a unit and it can be
// started, whether it has a process that can be watched, and under which name systemd knows it. Reads only.
// What a reader would get wrong: whether a unit runs now is no matter of this: that is a check's.
import { SYSTEMCTL_PATH } from "@countersign/shared/host/action-argv";
import type { Catalogue } from "@countersign/shared/host/catalogue";
import { unloadedOf } from "@countersign/shared/host/unit-run";
import { nearestOf } from "@countersign/shared/values/expected-keys";
import { lookAtUnit } from "../actuator/observe-unit.ts";
import { unloadedWords } from "../core/evidence/judge-unit.ts";
import type { SeenUnit } from "../core/evidence/unit-state.ts";
import { tryTool } from "../run-tool.ts";
import { type Finding, unknown, well, wrong } from "./finding.ts";

/** Units that are named instead of one without a process. */
const INSTANCES_SHOWN_MAX = 3;

/** Examines every unit that the catalogue names. */
export async function examineUnits({ services }: Catalogue): Promise<readonly Finding[]> {
  const units = new Set(services.flatMap(({ unit }) => unit ?? []));
  const findings: Finding[] = [];
  for (const unit of units) findings.push(await examineUnit(unit));
  return findings;
}

async function examineUnit(unit: string): Promise<Finding> {
  const check = `unit: ${unit}`;
  if (/@\.[a-z]+$/.test(unit))
    return wrong(check, `it is a template: name an instance in the catalogue, ${await instanceOf(unit)}`);
  const seen = await lookAtUnit({ unit });
  const { state } = seen;
  if (state.activeState === "unknown") return unknown(check, "systemd could not be asked about it");
  const unloaded = unloadedOf(state);
  if (unloaded === "not-found") return wrong(check, `this host has no such unit; ${await meantWords(unit)}`);
  if (unloaded !== null) return wrong(check, unloadedWords(state, unloaded, unit));
  if (state.subState === "exited") return await examineExited(unit, seen);
  const name = state.id === undefined ? "" : `; systemd knows it as ${state.id}`;
  return well(check, `there is such a unit${name}`);
}

// A unit that only stands for others never fails, whatever becomes of them.
async function examineExited(unit: string, { setting }: SeenUnit): Promise<Finding> {
  const check = `unit: ${unit}`;
  const parts = setting?.parts ?? [];
  const behind = parts.length > 0 ? parts : await instancesOf(unit.replace(/\.service$/, "@*.service"));
  if (behind.length === 0)
    return well(check, "it has no process to watch: it passes for as long as nobody stops it");
  return wrong(
    check,
    `it has no process, and passes whatever happens: name ${behind.join(", ")} in the catalogue instead`,
  );
}

async function instanceOf(template: string): Promise<string> {
  const [first] = await instancesOf(template.replace("@.", "@*."));
  return `such as ${first ?? template.replace("@.", "@1.")}`;
}

async function instancesOf(pattern: string): Promise<readonly string[]> {
  const options = ["--plain", "--no-legend", "--all", "--", pattern];
  return (await firstWords([SYSTEMCTL_PATH, "list-units", ...options])).slice(0, INSTANCES_SHOWN_MAX);
}

async function meantWords(unit: string): Promise<string> {
  const known = await firstWords([SYSTEMCTL_PATH, "list-unit-files", "--plain", "--no-legend"]);
  const ending = unit.slice(unit.lastIndexOf("."));
  const stemOf = (name: string) => name.slice(0, name.lastIndexOf("."));
  const stems = known.filter((name) => name.endsWith(ending)).map(stemOf);
  const meant = nearestOf(stemOf(unit), stems);
  return meant === null ? "correct its name in the catalogue" : `did you mean ${meant}${ending}?`;
}

async function firstWords(argv: readonly string[]): Promise<readonly string[]> {
  const { isDone, output } = await tryTool(argv);
  return isDone ? output.split("\n").flatMap((line) => line.trim().split(/\s+/)[0] || []) : [];
}
