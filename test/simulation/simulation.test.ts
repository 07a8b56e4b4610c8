// The short run of `npm test`: fixed seeds and one of the day, each held to every promise; planted bugs that must be found; the command.
import { describe, expect, it } from "vitest";
import { PLANTED_BUGS } from "./broken-cores.ts";
import { PRODUCTION_CORES, type Cores } from "./cores.ts";
import { drawFaults, type FaultKind } from "./faults/fault-schedule.ts";
import { failureText, parseRanges, replayCommand, runPlan, shrink } from "./run-text.ts";
import type { Plan } from "./simulation.ts";

/** The day as a number, such as 20261122: a new run every day, the same for everybody. */
const TODAY = Number(new Date().toISOString().slice(0, 10).replaceAll("-", ""));
const SEEDS_MAX = 12;
const SHRINK_MS = 4_000;

function planOf(seed: number, hours: number, hosts: number): Plan {
  return { seed, hours, hosts, faults: drawFaults(seed, hours) };
}

interface PlanOfKinds {
  readonly kinds: readonly FaultKind[];
  readonly hosts?: number | undefined;
  readonly faultsPerHour?: number | undefined;
}

function planOfKinds(seed: number, { faultsPerHour = 150, hosts = 6, kinds }: PlanOfKinds): Plan {
  const faults = drawFaults(seed, 4, faultsPerHour).filter(({ kind }) => kinds.includes(kind));
  return { seed, hours: 4, hosts, faults };
}

/** Runs a plan; the failure as text, or that there was none. */
function outcomeOf(plan: Plan, cores: Cores = PRODUCTION_CORES): string {
  const { broken } = runPlan(plan, cores);
  if (broken === null) return "every promise held";
  return failureText({ plan, broken }, shrink({ plan, broken }, SHRINK_MS, cores));
}

describe("every promise holds after every step", () => {
  it.each([1, 2, 7, TODAY])("seed %i", (seed) => {
    expect(outcomeOf(planOf(seed, 4, 6))).toBe("every promise held");
  });

  it.each([3, 5])(
    "also where channels fail and rest all the time, by 400 faults an hour: seed %i",
    (seed) => {
      expect(outcomeOf({ seed, hours: 2, hosts: 3, faults: drawFaults(seed, 2, 400) })).toBe(
        "every promise held",
      );
    },
  );

  it("and again: the same seed is the same run", () => {
    expect(runPlan(planOf(4, 1, 4))).toEqual(runPlan(planOf(4, 1, 4)));
  });
});

describe("an automation that tries on after its service has recovered", () => {
  it.each([
    { seed: 918_813_182, hours: 5, faults: [32, 37] },
    { seed: 1_021, hours: 4, faults: [31, 32] },
  ])("begins a new row (seed $seed)", ({ seed, hours, faults }) => {
    const drawn = drawFaults(seed, hours).filter(({ index }) => faults.includes(index));
    expect(drawn.map(({ kind }) => kind)).toEqual(["service-fails", "automation-is-stuck"]);
    expect(outcomeOf({ seed, hours, hosts: 1, faults: drawn })).toBe("every promise held");
  });
});

describe("what was found once", () => {
  it.each([
    ["a failing service of a host that came back was told by nobody", 4_712, 2, 8, "2-4,6,8,10-12"],
    ["a service that fired again right after its result rang twice", 13, 2, 5, "18-22"],
    ["everybody was rung twice a round about who cannot be reached", 5_000, 4, 1, "25-26"],
    [
      "a hold of half a millisecond made a row that the read side takes for old",
      11,
      6,
      1,
      "8-11,48-51,56-63",
    ],
    ["what lay beneath a host stayed behind when that became part of many", 5_000, 6, 6, "0-60"],
  ])("%s (seed %i)", (_what, seed, hours, hosts, ranges) => {
    const indices = parseRanges(ranges) ?? new Set<number>();
    // Faults are drawn for so many hours as the run has.
    const faults = drawFaults(seed, hours).filter(({ index }) => indices.has(index));
    expect(outcomeOf({ seed, hours, hosts, faults })).toBe("every promise held");
  });
});

describe("a core that is broken on purpose is found", () => {
  it.each(PLANTED_BUGS)("when it $bug", ({ breaks, cores, faultsPerHour, hosts, kinds }) => {
    const seeds = Array.from({ length: SEEDS_MAX }, (_, index) => index + 1);
    const isFound = (seed: number) => {
      const plan =
        kinds === undefined ? planOf(seed, 8, 6) : planOfKinds(seed, { kinds, hosts, faultsPerHour });
      return breaks.test(runPlan(plan, cores()).broken?.sentence ?? "");
    };
    expect(seeds.some(isFound)).toBe(true);
  });

  it("and told with the smallest plan and the line that replays it", () => {
    const bug = PLANTED_BUGS.find(({ bug: name }) => name === "ignores acknowledgements");
    if (bug === undefined) throw new Error("Find bug: it is not planted");
    const text = outcomeOf(planOf(1, 8, 6), bug.cores());
    expect(text).toMatch(/^seed 1, step \d+: "An acknowledged incident does not ring/);
    expect(text).toMatch(
      /\nreplay: npm run --silent simulate -- --seed 1 --hours \d --hosts \d --faults [\d,-]+$/,
    );
  });
});

describe("a list of faults on the command line", () => {
  it("names what the replay command printed", () => {
    const plan = planOf(5, 2, 3);
    const faults = plan.faults.filter(({ index }) => index !== 1 && index < 6);
    expect(replayCommand({ ...plan, faults })).toBe(
      "npm run --silent simulate -- --seed 5 --hours 2 --hosts 3 --faults 0,2-5",
    );
    expect([...(parseRanges("0,2-5") ?? [])]).toEqual([0, 2, 3, 4, 5]);
    expect(parseRanges("none")).toEqual(new Set());
    expect(parseRanges("1,x")).toBeNull();
  });
});
