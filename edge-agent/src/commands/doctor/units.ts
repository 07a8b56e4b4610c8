// The part of `doctor` that asks systemd about each unit of the catalogue: whether there is such a unit and it can be
// started, whether it has a process that can be watched, and under which name systemd knows it. Reads only.
// What a reader would get wrong: whether a unit runs now is no matter of this: that is a check's. A user's units are seen by root alone.
import { systemctlOf } from "@countersign/shared/host/action-argv";
import type { ServiceSpec } from "@countersign/shared/host/catalogue";
import { LOOK_AS_ROOT, systemctlMend } from "@countersign/shared/host/mend";
import { unloadedOf } from "@countersign/shared/host/unit-run";
import { nearestOf } from "@countersign/shared/values/expected-keys";
import { lookAtUnit } from "../../actuator/observe-unit.ts";
import { unloadedWords } from "../../core/evidence/judge-unit.ts";
import { parseUnitShow, type SeenUnit } from "../../core/evidence/unit-state.ts";
import { UNIT_PROPERTIES } from "../../core/unit-properties.ts";
import { editCatalogue, eachService, type Examiner, rename, type Scene } from "./examiner.ts";
import { type Finding, unknown, well, wrong } from "./finding.ts";
import { firstWords, hasManager, isRoot, look } from "./systemd.ts";

/** Units that are named instead of one without a process. */
const INSTANCES_SHOWN_MAX = 3;

export const unitsExaminer: Examiner = {
  name: "units",
  eyes: "anyone",
  isOfInstalled: true,
  examine: (scene) =>
    eachService(scene.catalogue, async (service) =>
      service.unit === undefined || service.manager === "user"
        ? []
        : [await examineUnit({ unit: service.unit }, await lookAtUnit({ unit: service.unit }), scene)],
    ),
};

export const userUnitsExaminer: Examiner = {
  name: "user units",
  eyes: "root",
  isOfInstalled: true,
  examine: (scene) =>
    eachService(scene.catalogue, async (service) =>
      service.unit === undefined || service.manager !== "user" ? [] : [await examineUserUnit(service, scene)],
    ),
};

interface Named {
  readonly unit: string;
  readonly user?: string | undefined;
  readonly manager?: "system" | "user" | undefined;
}

async function examineUserUnit(service: ServiceSpec, scene: Scene): Promise<Finding> {
  const { manager, unit = "", user } = service;
  const check = `unit: ${unit} of ${user}`;
  if (!isRoot())
    return unknown(check, "only root sees another user's units: run doctor as root", LOOK_AS_ROOT);
  if (!(await hasManager(user ?? "")))
    return wrong(
      check,
      `the systemd of ${user} does not run, so nothing of theirs can be seen or restarted`,
      systemctlMend("start", `user@${await uidOf(user ?? "")}.service`),
    );
  const asked = [...systemctlOf(service), "show", `--property=${UNIT_PROPERTIES.join(",")}`, "--", unit];
  const { isDone, output } = await look(asked);
  if (!isDone)
    return wrong(
      check,
      `the systemd of ${user} does not answer, so nothing of theirs can be seen or restarted: ${lastLineOf(output)}`,
      systemctlMend("start", `user@${await uidOf(user ?? "")}.service`),
    );
  return await examineUnit({ manager, unit, user }, parseUnitShow(output, unit), scene);
}

async function uidOf(user: string): Promise<string> {
  return (await look(["/usr/bin/id", "-u", user])).output.trim();
}

function lastLineOf(output: string): string {
  return output.trim().split("\n").at(-1) ?? "";
}

async function examineUnit(named: Named, seen: SeenUnit, { paths }: Scene): Promise<Finding> {
  const { unit, user } = named;
  const check = user === undefined ? `unit: ${unit}` : `unit: ${unit} of ${user}`;
  const { state } = seen;
  if (/@\.[a-z]+$/.test(unit)) {
    const instance = await instanceOf(named);
    const detail = `it is a template, which nothing can start: name an instance in the catalogue, such as ${instance}`;
    return wrong(check, detail, rename(paths, unit, instance));
  }
  if (state.activeState === "unknown")
    return unknown(check, "systemd could not be asked about it", LOOK_AS_ROOT);
  const unloaded = unloadedOf(state);
  if (unloaded === "not-found") {
    const meant = await meantBy(named);
    return meant === null
      ? wrong(check, "this host has no such unit; correct its name in the catalogue", editCatalogue(paths))
      : wrong(check, `this host has no such unit; did you mean ${meant}?`, rename(paths, unit, meant));
  }
  if (unloaded !== null)
    return wrong(
      check,
      unloadedWords(state, unloaded, unit),
      systemctlMend(unloaded === "masked" ? "unmask" : "status", unit, user),
    );
  if (state.subState === "exited") return await examineExited(named, seen, paths);
  const name = state.id === undefined ? "" : `; systemd knows it as ${state.id}`;
  return well(check, `there is such a unit${name}`);
}

// A unit that only stands for others never fails, whatever becomes of them.
async function examineExited(named: Named, { setting }: SeenUnit, paths: Scene["paths"]): Promise<Finding> {
  const { unit, user } = named;
  const check = user === undefined ? `unit: ${unit}` : `unit: ${unit} of ${user}`;
  const parts = setting?.parts ?? [];
  const behind =
    parts.length > 0 ? parts : await instancesOf(named, unit.replace(/\.service$/, "@*.service"));
  const [first] = behind;
  if (first === undefined)
    return well(check, "it has no process to watch: it passes for as long as nobody stops it");
  return wrong(
    check,
    `it has no process, and passes whatever happens: name ${behind.join(", ")} in the catalogue instead`,
    rename(paths, unit, first),
  );
}

async function instanceOf(named: Named): Promise<string> {
  const [first] = await instancesOf(named, named.unit.replace("@.", "@*."));
  return first ?? named.unit.replace("@.", "@1.");
}

async function instancesOf(named: Named, pattern: string): Promise<readonly string[]> {
  const options = ["--plain", "--no-legend", "--all", "--", pattern];
  return (await firstWords([...systemctlOf(named), "list-units", ...options])).slice(0, INSTANCES_SHOWN_MAX);
}

async function meantBy(named: Named): Promise<string | null> {
  const { unit } = named;
  const known = await firstWords([...systemctlOf(named), "list-unit-files", "--plain", "--no-legend"]);
  const ending = unit.slice(unit.lastIndexOf("."));
  const stemOf = (name: string) => name.slice(0, name.lastIndexOf("."));
  const stems = known.filter((name) => name.endsWith(ending)).map(stemOf);
  const meant = nearestOf(stemOf(unit), stems);
  return meant === null ? null : `${meant}${ending}`;
}
