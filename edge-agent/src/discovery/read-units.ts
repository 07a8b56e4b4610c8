// Asks systemd, the machine's and that of each user who lingers, about their services. Reads only; each question ends within its time.
import { readdir } from "node:fs/promises";
import { SYSTEMCTL_PATH } from "@countersign/shared/host/action-argv";
import type { FoundUnit, UnitOwner } from "../core/discovery/observations.ts";
import { DISCOVERED_PROPERTIES, unitNamesIn, unitsIn } from "../core/discovery/unit-text.ts";
import { tryTool } from "../run-tool.ts";

const QUESTION_TIMEOUT_MS = 5_000;
const UNITS_MAX = 600;
const UNITS_PER_QUESTION = 100;
const LINGERING_USERS_MAX = 16;
const LINGER_FOLDER = "/var/lib/systemd/linger";

/** What a systemd was found to hold; `problem`: it could not be asked. */
export interface ReadUnits {
  readonly units: readonly FoundUnit[];
  readonly problem: string | null;
}

/** Reads the services of one systemd; those of a user's only as root. */
export async function readUnits(owner: UnitOwner): Promise<ReadUnits> {
  const systemctl = [SYSTEMCTL_PATH, ...(owner === null ? [] : ["--user", `--machine=${owner}@.host`])];
  const ask = (...args: readonly string[]) =>
    tryTool([...systemctl, "--no-pager", ...args], QUESTION_TIMEOUT_MS);
  const list = ["--plain", "--no-legend", "--type=service"];
  const loaded = await ask("list-units", "--all", ...list);
  if (!loaded.isDone) return { units: [], problem: loaded.output.trim().split("\n", 1)[0] ?? "" };
  const enabled = await ask("list-unit-files", "--state=enabled", ...list);
  const names = [
    ...new Set([...unitNamesIn(loaded.output), ...unitNamesIn(enabled.isDone ? enabled.output : "")]),
  ]
    .filter((name) => !name.includes("@."))
    .slice(0, UNITS_MAX);
  const units: FoundUnit[] = [];
  for (let index = 0; index < names.length; index += UNITS_PER_QUESTION) {
    const part = names.slice(index, index + UNITS_PER_QUESTION);
    const shown = await ask("show", `--property=${DISCOVERED_PROPERTIES.join(",")}`, "--", ...part);
    if (shown.isDone) units.push(...unitsIn(shown.output, owner));
  }
  // an alias shows the unit that it stands for once more
  return { units: [...new Map(units.map((unit) => [unit.unit, unit])).values()], problem: null };
}

/** The users whose own systemd runs without them. */
export async function lingeringUsers(): Promise<readonly string[]> {
  const names = await readdir(LINGER_FOLDER).catch(() => []);
  return names
    .filter((name) => /^[a-z_][a-z0-9_-]{0,31}$/.test(name))
    .toSorted()
    .slice(0, LINGERING_USERS_MAX);
}
