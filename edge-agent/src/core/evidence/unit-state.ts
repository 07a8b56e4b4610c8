// Reads what `systemctl show` prints into a `UnitState`, and beside it what only this host's own judgement needs. Pure.
// Missing or unreadable facts become `unknown`, null or absent, never a healthy-looking zero. What is no value that the wire
// takes (a service may touch its pid file to 1960) costs that field alone. Looked at on systemd 252; newer ones print the
// same, and further words of `Type` and `SubState`.
import { UNIT_PARTS_MAX } from "@countersign/shared/values/limits";
import { UnitState } from "@countersign/shared/wire/service-report";
import { instantOf } from "../instant-text.ts";

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

/** What is read of a unit for the judgement of this host alone; nothing of it is told. */
export interface UnitSetting {
  /** RemainAfterExit: it is meant to be active although its process has ended */
  readonly remains: boolean;
  /** ConsistsOf: services that stop and start with it, such as the instances of a database */
  readonly parts: readonly string[];
  /** systemd started it again as often as StartLimitBurst allows, and gave up */
  readonly isGivenUp: boolean;
  /** a start or stop of it waits for its turn or is under way */
  readonly hasJob: boolean;
  /** when its state last changed, as a text to compare; also when it went from one state into the same */
  readonly changedAt: string;
  /** none of the units that start it is active; absent: one is, there are none, or nobody looked */
  readonly isForgotten?: true;
}

/** A unit as it was seen, each part of it such that it can be told, and the names of the parts that were left out. */
export interface SeenUnit {
  readonly state: UnitState;
  readonly omitted: readonly (keyof UnitState)[];
  /** absent: it is no unit of systemd, or could not be seen */
  readonly setting?: UnitSetting;
}

const FIELDS = Object.keys(UnitState.shape) as readonly (keyof UnitState)[];

/** Puts what `unknown` says in the place of every part that the wire would refuse; one that may be absent is then. */
export function takeUnit(seen: UnitState): SeenUnit {
  const omitted = FIELDS.filter((field) => !UnitState.shape[field].safeParse(seen[field]).success);
  const known = Object.entries(seen).filter(([field]) => !omitted.some((name) => name === field));
  const required = FIELDS.filter((field) => field in UNKNOWN_UNIT_STATE && omitted.includes(field));
  const replaced = required.map((field) => [field, UNKNOWN_UNIT_STATE[field]]);
  return { state: Object.fromEntries([...known, ...replaced]) as UnitState, omitted };
}

const UNSET: readonly string[] = ["", "n/a", "[not set]", "18446744073709551615"];
/** As many units that start it as are told. */
const TRIGGERS_MAX = 4;
const UNIT_NAME_CHARS_MAX = 200;
const ACTIVE_STATES = ["active", "activating", "reloading", "deactivating", "inactive", "failed"] as const;

/** Parses the `Key=value` lines of `systemctl show`, printed with TZ=UTC. `unit`: as the catalogue names it. */
export function parseUnitShow(text: string, unit: string): SeenUnit {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const equals = line.indexOf("=");
    if (equals > 0) values.set(line.slice(0, equals), line.slice(equals + 1).trim());
  }
  const isFound = values.get("LoadState") !== "not-found";
  const seen = takeUnit({
    activeState: ACTIVE_STATES.find((state) => state === values.get("ActiveState")) ?? "unknown",
    subState: isFound ? (values.get("SubState") ?? "unknown").slice(0, 40) : "not-found",
    result: (values.get("Result") ?? "unknown").slice(0, 40),
    restartCount: parseCount(values.get("NRestarts")) ?? 0,
    invocationId: (values.get("InvocationID") ?? "").slice(0, 80),
    mainPid: parseCount(values.get("MainPID")) ?? 0,
    activeEnterAt: parseTimestamp(values.get("ActiveEnterTimestamp")),
    memoryCurrentBytes: parseCount(values.get("MemoryCurrent")),
    ...parseKind(values, unit),
  });
  return { ...seen, setting: parseSetting(values, seen.state) };
}

/** What is absent where it is not known, or as it nearly always is. */
function parseKind(values: ReadonlyMap<string, string>, unit: string): Partial<UnitState> {
  const told = (name: string): string | undefined => {
    const value = values.get(name);
    return value === undefined || UNSET.includes(value) ? undefined : value;
  };
  const [id, type, loadState] = [told("Id"), told("Type"), told("LoadState")];
  const startTimeoutMs = parseSpan(told("TimeoutStartUSec"));
  const inactiveExitAt = parseTimestamp(values.get("InactiveExitTimestamp"));
  const controlGroup = told("ControlGroup");
  const triggeredBy = values.get("TriggeredBy");
  return {
    ...(id === undefined || id === unit ? {} : { id }),
    ...(loadState === undefined || loadState === "loaded"
      ? {}
      : { loadState: loadState as NonNullable<UnitState["loadState"]> }),
    ...(type === undefined ? {} : { type }),
    ...(triggeredBy === undefined ? {} : { triggeredBy: namesIn(triggeredBy).slice(0, TRIGGERS_MAX) }),
    ...(startTimeoutMs === undefined ? {} : { startTimeoutMs }),
    ...(inactiveExitAt === null ? {} : { inactiveExitAt }),
    ...(controlGroup === undefined ? {} : { controlGroup }),
  };
}

function parseSetting(values: ReadonlyMap<string, string>, state: UnitState): UnitSetting {
  const burst = parseCount(values.get("StartLimitBurst")) ?? 0;
  const isAtLimit = burst > 0 && state.restartCount >= burst;
  return {
    remains: values.get("RemainAfterExit") === "yes",
    parts: namesIn(values.get("ConsistsOf") ?? "")
      .filter((name) => name.endsWith(".service") && name.length <= UNIT_NAME_CHARS_MAX)
      .slice(0, UNIT_PARTS_MAX),
    // Its Result stays what the last run died of: only a start by hand makes it `start-limit-hit`.
    isGivenUp: state.activeState === "failed" && (state.result === "start-limit-hit" || isAtLimit),
    hasJob: !UNSET.includes(values.get("Job") ?? ""),
    changedAt: (values.get("StateChangeTimestampMonotonic") ?? "").slice(0, 40),
  };
}

function namesIn(list: string): string[] {
  return list.split(/\s+/).filter((name) => name !== "");
}

/** The units that are to start it where it waits for that: does one of them still do so? */
export function startersToAsk({ state }: SeenUnit): readonly string[] {
  return state.activeState === "inactive" ? (state.triggeredBy ?? []) : [];
}

/** The unit, with what `systemctl show` prints of its starters' ActiveState. */
export function withStarters(seen: SeenUnit, shown: string): SeenUnit {
  if (seen.setting === undefined || /^ActiveState=(?:active|activating|reloading)$/m.test(shown)) return seen;
  return { ...seen, setting: { ...seen.setting, isForgotten: true } };
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

const SPAN_MS: ReadonlyMap<string, number> = new Map([
  ["us", 0.001],
  ["ms", 1],
  ["s", 1_000],
  ["min", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["w", 604_800_000],
  ["month", 2_629_800_000],
  ["y", 31_557_600_000],
]);

/** `1min 30s`, as systemd prints spans; null: infinity; what is no span is NaN. */
function parseSpan(text: string | undefined): number | null | undefined {
  if (text === undefined) return undefined;
  if (text === "infinity") return null;
  const parts = text.split(" ").map((part) => /^([0-9]+(?:\.[0-9]+)?)([a-z]+)$/.exec(part));
  const sum = parts.reduce(
    (total, part) => total + Number(part?.[1]) * (SPAN_MS.get(part?.[2] ?? "") ?? Number.NaN),
    0,
  );
  return text === "0" ? 0 : Math.round(sum);
}
