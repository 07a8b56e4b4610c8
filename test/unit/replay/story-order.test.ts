// At one instant, what is written later in an incident file happens later: single events, repeated ones, and the ends of waits.
import { describe, expect, it } from "vitest";
import { stageReplay } from "../../../control-plane/replay/run-replay.ts";
import { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";
import { areMet, storyOf } from "./told-story.ts";

const FAILS = "check: { status: fail, text: no }";
const PASSES = "check: { status: pass, text: yes }";

/** What the host tells, in its order. */
function toldBy(lines: readonly string[]): readonly string[] {
  const { world } = stageReplay(storyOf(lines.join("\n")));
  const host = world.hosts.get("vps-1");
  const told: string[] = [];
  if (host !== undefined) host.tells = (facts) => void told.push(...facts.map(({ kind }) => kind));
  world.clock.advance(600_000);
  return told;
}

describe("at one instant what is written later happens later", () => {
  const orders = [
    ["a repeated event and a single one", `at: +1m, ${FAILS}, every: 1m, until: +10m`, `at: +10m, ${PASSES}`],
    [
      "two repeated ones",
      `at: +1m, ${FAILS}, every: 3m, until: +10m`,
      `at: +2m, ${PASSES}, every: 4m, until: +10m`,
    ],
    ["two single ones", `at: +10m, ${FAILS}`, `at: +10m, ${PASSES}`],
    [
      "one that spreads and a single one",
      `at: +5m, hosts: [vps-2, vps-1], over: 5m, ${FAILS}`,
      `at: +10m, hosts: vps-1, ${PASSES}`,
    ],
  ] as const;

  it.each(orders)("%s", (_what, fails, passes) => {
    const hosts =
      "  - { name: vps-1, services: [{ name: worker }] }\n  - { name: vps-2, services: [{ name: worker }] }";
    const both = (text: string) => (text.includes("hosts:") ? text : text.replace(",", ", hosts: vps-1,"));
    const wellAt30 = "incident: check-failing, host: vps-1, is: open, at: +30m";
    const of = (first: string, second: string) =>
      areMet(`  - { ${both(first)} }\n  - { ${both(second)} }`, [wellAt30], { hosts })[0]?.[1];
    expect(of(fails, passes)).toBe(false);
    if (fails.startsWith("at: +10m")) expect(of(passes, fails)).toBe(true);
  });

  it("the other way round a repeated event has the last word", () => {
    const story = `  - { at: +1m, ${PASSES}, every: 1m, until: +10m }\n  - { at: +2m, ${FAILS}, every: 1m, until: +10m }`;
    expect(areMet(story, ["incident: check-failing, is: open, at: +30m"])).toEqual([
      ["incident: check-failing, is: open, at: +30m", true],
    ]);
  });

  it("a session that ends then is told in the place of its line", () => {
    const session = "  - { at: +1m, session: { ends: crash, lasted: 1m } }";
    const log = "  - { at: +1m, log: { text: a }, every: 1m, repeat: 2 }";
    const used = "  - { at: +2m, credentialUse: { name: key, accepted: true } }";
    const [begins, ends] = ["session-running", ["session", "session-running"]] as const;
    expect(toldBy([session, log, used])).toEqual([begins, "log", ...ends, "log", "credential-use"]);
    expect(toldBy([log, session, used])).toEqual(["log", begins, "log", ...ends, "credential-use"]);
  });

  it("and before what the world does then by itself", () => {
    const clock = new VirtualClock(0);
    const told: string[] = [];
    clock.at(10, () => told.push("world, scheduled first"));
    clock.at(10, () => told.push("line 2"), 2);
    clock.walk({ stepMs: 5, count: 2, rank: 1 }, (step) => told.push(`line 1, step ${step}`));
    clock.at(5, () => clock.after(5, () => told.push("line 0, after a wait"), 0), 0);
    clock.advanceTo(10);
    expect(told).toEqual([
      "line 1, step 1",
      "line 0, after a wait",
      "line 1, step 2",
      "line 2",
      "world, scheduled first",
    ]);
  });
});
