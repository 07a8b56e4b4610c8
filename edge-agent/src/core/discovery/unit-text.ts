// What `systemctl` prints, as units. Pure. What a reader would get wrong: names stand before everything else only with --plain, and a property whose
// value is not known is empty or `[not set]`.
import type { FoundUnit, UnitOwner } from "./observations.ts";

/** What is asked of each unit; names and states alone, no environment and no arguments. */
export const DISCOVERED_PROPERTIES = [
  "Id",
  "LoadState",
  "ActiveState",
  "UnitFileState",
  "FragmentPath",
  "Description",
  "Type",
  "Restart",
  "RestartUSec",
  "StartLimitBurst",
  "StartLimitIntervalUSec",
  "TimeoutStartUSec",
  "TimeoutStopUSec",
  "MainPID",
  "User",
  "ExecStart",
  "TriggeredBy",
] as const;

/** The first word of each line of a list, which is a unit's name. */
export function unitNamesIn(list: string): readonly string[] {
  return list
    .split("\n")
    .map((line) => line.trim().split(/\s+/, 1)[0] ?? "")
    .filter((name) => /^[^-].*\.(?:service|timer)$/.test(name));
}

/** The units of what `systemctl show` printed, those that are loaded. */
export function unitsIn(shown: string, owner: UnitOwner): readonly FoundUnit[] {
  return shown.split(/\n\n+/).flatMap((block) => {
    const read = propertiesOf(block);
    const unit = read("Id");
    return unit === "" || read("LoadState") !== "loaded" ? [] : [unitOf(unit, owner, read)];
  });
}

function unitOf(unit: string, owner: UnitOwner, read: (key: string) => string): FoundUnit {
  return {
    unit,
    owner,
    description: read("Description"),
    activeState: read("ActiveState"),
    fileState: read("UnitFileState"),
    path: read("FragmentPath"),
    type: read("Type"),
    restart: read("Restart"),
    restartMs: spanOf(read("RestartUSec")),
    startLimitBurst: numberOf(read("StartLimitBurst")),
    startLimitMs: spanOf(read("StartLimitIntervalUSec")),
    startMs: spanOf(read("TimeoutStartUSec")),
    stopMs: spanOf(read("TimeoutStopUSec")),
    mainPid: numberOf(read("MainPID")) ?? 0,
    user: read("User"),
    // `{ path=/usr/bin/docker ; argv[]=… }`: the arguments may hold a password
    program: /^\{ path=([^;\s]+) /.exec(read("ExecStart"))?.[1] ?? "",
    triggeredBy: read("TriggeredBy")
      .split(" ")
      .filter((name) => name !== ""),
  };
}

function propertiesOf(block: string): (key: string) => string {
  const values = new Map<string, string>();
  for (const line of block.split("\n")) {
    const at = line.indexOf("=");
    const key = line.slice(0, at);
    if (at > 0 && !values.has(key)) values.set(key, line.slice(at + 1).trim());
  }
  return (key) => values.get(key) ?? "";
}

function numberOf(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["us", 0.001],
  ["ms", 1],
  ["s", 1_000],
  ["min", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** `1min 30s` or `100ms`, as systemd writes a span; null: it is another word, such as infinity. */
function spanOf(text: string): number | null {
  if (text === "0") return 0;
  const parts = text.split(" ").map((part) => /^(\d+(?:\.\d+)?)(us|ms|s|min|h|d)$/.exec(part));
  if (parts.some((part) => part === null)) return null;
  return parts.reduce((sum, part) => sum + Number(part?.[1]) * (UNIT_MS.get(part?.[2] ?? "") ?? 0), 0);
}
