// Watches units without a process per look: as long as the signs of a unit are what they were at its last exact look, that look is what is told.
// An exact look is one `systemctl show` for all units of the machine's systemd that need one, and for users' units and containers a question to
// the actuator. Never rejects. Not pure.
// What a reader would get wrong: a look that failed is forgotten, and so is the one before it. What could not be seen is unknown at once, and is looked
// for again at the next tick; an old state is never told in its place.
import type { ServiceSpec } from "@countersign/shared/host/catalogue";
import { type SeenUnit, UNKNOWN_UNIT_STATE } from "../core/evidence/unit-state.ts";
import { guessedCgroupOf } from "../core/watching/guessed-cgroup.ts";
import { type ExactLook, isLookDue, LOOK_MAX_AGE_MS, type UnitSigns } from "../core/watching/unit-signs.ts";
import { readMainStart, readSigns, type SignPlaces } from "./read-signs.ts";
import type { ShowUnits } from "./show-units.ts";

/** Looks that become due together are one process. */
const GATHER_MS = 25;
/** Once some must be looked at again for their age, so are all that are half as old: they then grow old together. */
const SHARED_AGE_MS = LOOK_MAX_AGE_MS / 2;
const UNSEEN: SeenUnit = { state: UNKNOWN_UNIT_STATE, omitted: [] };

export type WatchTarget = Pick<ServiceSpec, "name" | "unit" | "manager" | "user" | "pidFile" | "container">;

export interface WatchParts {
  readonly showUnits: ShowUnits;
  /** a user's unit or a container, as the actuator sees it */
  readonly observeExactly: (service: string) => Promise<SeenUnit>;
  /** what needs no watching: a process by its pid file */
  readonly lookAtPidFile: (pidFile: string) => Promise<SeenUnit>;
  readonly places: SignPlaces;
  /** text of /etc/passwd */
  readonly passwd: () => string;
  readonly now: () => number;
}

/** Makes the observer of all units of one agent. */
export function createUnitWatch(parts: WatchParts): (target: WatchTarget) => Promise<SeenUnit> {
  const system = createSystemWatch(parts);
  const exact = createExactWatch(parts);
  return async (target) => {
    try {
      if (target.container !== undefined || target.manager === "user") return await exact(target);
      if (target.unit !== undefined) return await system(target.unit);
      if (target.pidFile !== undefined) return await parts.lookAtPidFile(target.pidFile);
    } catch {
      // Nothing is known, and that is what is said.
    }
    return UNSEEN;
  };
}

function createSystemWatch({ now, places, showUnits }: WatchParts): (unit: string) => Promise<SeenUnit> {
  const looks = new Map<string, ExactLook>();
  const signsOf = (unit: string): UnitSigns => {
    const state = looks.get(unit)?.seen.state;
    const { controlGroup = null, id = unit, mainPid = 0 } = state ?? {};
    return readSigns({ unit: id, controlGroup, mainPid }, places);
  };
  const lookAt = async (units: ReadonlySet<string>): Promise<ReadonlyMap<string, SeenUnit>> => {
    const at = now();
    const isForAge = [...units].some((unit) => ageOf(looks.get(unit), at) >= LOOK_MAX_AGE_MS);
    const shared = isForAge
      ? [...looks.keys()].filter((unit) => ageOf(looks.get(unit), at) >= SHARED_AGE_MS)
      : [];
    const all = [...new Set([...units, ...shared])];
    const before = new Map(all.map((unit) => [unit, signsOf(unit)]));
    const seen = await showUnits(all);
    for (const unit of all)
      keepLook(looks, unit, { at, seen: seen.get(unit), signs: before.get(unit), places });
    return seen;
  };
  const gathered = gather(lookAt);
  return async (unit) => {
    const last = looks.get(unit) ?? null;
    const watched = { at: now(), isSystems: true, isService: unit.endsWith(".service") };
    if (last !== null && !isLookDue(last, signsOf(unit), watched)) return last.seen;
    return (await gathered(unit)).get(unit) ?? UNSEEN;
  };
}

function createExactWatch(parts: WatchParts): (target: WatchTarget) => Promise<SeenUnit> {
  const { now, observeExactly, passwd, places } = parts;
  const looks = new Map<string, ExactLook>();
  /** where each was when it last had one: a unit that has ended has none until it runs again */
  const cgroups = new Map<string, string>();
  const running = new Map<string, Promise<SeenUnit>>();
  const signsOf = (target: WatchTarget): UnitSigns => {
    const controlGroup = cgroups.get(target.name) ?? guessedCgroupOf(target, passwd);
    const mainPid = looks.get(target.name)?.seen.state.mainPid ?? 0;
    return readSigns({ unit: null, controlGroup, mainPid }, places);
  };
  const lookAt = async (target: WatchTarget): Promise<SeenUnit> => {
    const at = now();
    const signs = signsOf(target);
    const seen = await observeExactly(target.name).catch(() => undefined);
    const { controlGroup } = seen?.state ?? {};
    if (controlGroup !== undefined) cgroups.set(target.name, controlGroup);
    const isTold = seen !== undefined && seen.state.activeState !== "unknown";
    keepLook(looks, target.name, { at, seen: isTold ? seen : undefined, signs, places });
    return seen ?? UNSEEN;
  };
  return async (target) => {
    const last = looks.get(target.name) ?? null;
    const watched = { at: now(), isSystems: false, isService: target.unit?.endsWith(".service") ?? true };
    if (last !== null && !isLookDue(last, signsOf(target), watched)) return last.seen;
    const going = running.get(target.name) ?? lookAt(target).finally(() => running.delete(target.name));
    running.set(target.name, going);
    return await going;
  };
}

/** Keeps what was seen, or forgets what was seen before. */
function keepLook(
  looks: Map<string, ExactLook>,
  name: string,
  look: {
    readonly at: number;
    readonly seen: SeenUnit | undefined;
    readonly signs: UnitSigns | undefined;
    readonly places: SignPlaces;
  },
): void {
  const { at, places, seen, signs } = look;
  if (seen === undefined || signs === undefined) {
    looks.delete(name);
    return;
  }
  // Its main process is known only now. That it died meanwhile leaves no start to compare with, and the next tick looks again.
  looks.set(name, { at, seen, signs: { ...signs, mainStart: readMainStart(seen.state.mainPid, places) } });
}

function ageOf(look: ExactLook | undefined, at: number): number {
  return look === undefined ? 0 : at - look.at;
}

/** One act for all names that are asked for within a moment. */
function gather<Answer>(
  act: (names: ReadonlySet<string>) => Promise<Answer>,
): (name: string) => Promise<Answer> {
  let waiting: { readonly names: Set<string>; readonly answer: Promise<Answer> } | null = null;
  return (name) => {
    if (waiting === null) {
      const names = new Set<string>();
      const answer = new Promise<void>((resolve) => {
        setTimeout(resolve, GATHER_MS);
      }).then(() => {
        waiting = null;
        return act(names);
      });
      waiting = { names, answer };
    }
    waiting.names.add(name);
    return waiting.answer;
  };
}
