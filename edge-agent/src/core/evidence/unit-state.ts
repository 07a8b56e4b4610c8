// Reads what `systemctl show` prints into a `UnitState`. Pure. Missing or unreadable facts become `unknown` or null, never a
// healthy-looking zero. What is no value that the wire takes (a service may touch its pid file to 1960) costs that field alone.
import { UnitState } from "@countersign/shared/wire/service-report";
import { instantOf } from "../instant-text.ts";

/** The properties asked for, by exact name. */
export const UNIT_PROPERTIES = [
  "LoadState",
  "ActiveState",
  "SubState",
  "Result",
  "NRestarts",
  "InvocationID",
  "MainPID",
  "ActiveEnterTimestamp",
  "MemoryCurrent",
] as const;

/** What is known about something that could not be observed. */
export const UNKNOWN_UNIT_STATE: UnitState = {
  activeState: "unknown",
  subState: "unknown",
  result: "unknown",
  restartCount: 0,
  invocationId: "",
  mainPid: 0,
  activeEnterAt: null,
  memoryCurrentBytes: null,
};

/** A unit as it was seen, each part of it such that it can be told, and the names of the parts that were left out. */
export interface SeenUnit {
  readonly state: UnitState;
  readonly omitted: readonly (keyof UnitState)[];
}

const FIELDS = Object.keys(UnitState.shape) as readonly (keyof UnitState)[];

/** Puts what `unknown` says in the place of every part that the wire would refuse. */
export function takeUnit(seen: UnitState): SeenUnit {
  const omitted = FIELDS.filter((field) => !UnitState.shape[field].safeParse(seen[field]).success);
  const replaced = omitted.map((field) => [field, UNKNOWN_UNIT_STATE[field]]);
  return { state: { ...seen, ...(Object.fromEntries(replaced) as Partial<UnitState>) }, omitted };
}

const UNSET: readonly string[] = ["", "n/a", "[not set]", "18446744073709551615"];
const ACTIVE_STATES = ["active", "activating", "reloading", "deactivating", "inactive", "failed"] as const;

/** Parses the `Key=value` lines of `systemctl show`, printed with TZ=UTC. */
export function parseUnitShow(text: string): SeenUnit {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const equals = line.indexOf("=");
    if (equals > 0) values.set(line.slice(0, equals), line.slice(equals + 1).trim());
  }
  const isFound = values.get("LoadState") !== "not-found";
  return takeUnit({
    activeState: ACTIVE_STATES.find((state) => state === values.get("ActiveState")) ?? "unknown",
    subState: isFound ? (values.get("SubState") ?? "unknown").slice(0, 40) : "not-found",
    result: (values.get("Result") ?? "unknown").slice(0, 40),
    restartCount: parseCount(values.get("NRestarts")) ?? 0,
    invocationId: (values.get("InvocationID") ?? "").slice(0, 80),
    mainPid: parseCount(values.get("MainPID")) ?? 0,
    activeEnterAt: parseTimestamp(values.get("ActiveEnterTimestamp")),
    memoryCurrentBytes: parseCount(values.get("MemoryCurrent")),
  });
}

/** Not set (2^64 − 1 is how systemd says that in numbers) is null; what is no count is NaN. */
function parseCount(text: string | undefined): number | null {
  if (text === undefined || UNSET.includes(text)) return null;
  return /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
}

/** `Sun 2026-11-22 02:38:10 UTC`; one-second precision, empty when it never was active; what is no instant is NaN. */
function parseTimestamp(text: string | undefined): number | null {
  if (text === undefined || UNSET.includes(text)) return null;
  const match =
    /^[A-Za-z]{3} ([0-9]{4})-([0-9]{2})-([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)? UTC$/.exec(
      text,
    );
  if (match === null) return Number.NaN;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return instantOf({ year, month, day }, { hour, minute, second });
}
