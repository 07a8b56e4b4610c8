// What people do in a replay: to what an act applies, and that it can be done again as at the desk.
import { describe, expect, it } from "vitest";
import { areMet, replay } from "./told-story.ts";

const FAILS = "  - { at: +1m, check: { status: fail, text: refused } }";
const TWO_SERVICES = "  - { name: vps-1, services: [{ name: worker }, { name: web }] }";
const THREE = "  - { name: vps, count: 3, services: [{ name: worker }] }";

const takenAt = (events: string, hosts?: string) =>
  replay(events, hosts === undefined ? {} : { hosts })
    .record.turns.filter(({ state }) => state === "acknowledged")
    .map(({ host, service }) => `${host} ${service}`);

describe("an acknowledgement", () => {
  it("is extended when it is taken again", () => {
    const once = `${FAILS}\n  - { at: +5m, acknowledge: { by: operator } }`;
    const twice = `${once}\n  - { at: +50m, acknowledge: { by: operator } }`;
    const still = "incident: check-failing, is: acknowledged, at: +1h30m";
    expect(areMet(once, [still])).toEqual([[still, false]]);
    expect(areMet(twice, [still])).toEqual([[still, true]]);
    expect(replay(twice).record.refusals).toEqual([]);
  });

  it("is of one service where one is named", () => {
    const both =
      "  - { at: +1m, service: worker, check: { status: fail } }\n  - { at: +1m, service: web, check: { status: fail } }";
    const taken = (which: string) =>
      takenAt(
        `${both}\n  - { at: +5m, ${which}acknowledge: { by: operator, reason: check-failing } }`,
        TWO_SERVICES,
      );
    expect(taken("service: web, ")).toEqual(["vps-1 web"]);
    expect(taken("hosts: vps-1, service: worker, ")).toEqual(["vps-1 worker"]);
  });

  it("of nothing is refused", () => {
    const { record } = replay("  - { at: +1m, acknowledge: { by: operator } }");
    expect(record.refusals.map(({ reason }) => reason)).toEqual(["nothing-to-acknowledge"]);
  });
});

describe("a brake on the fleet", () => {
  it("is pulled and lifted once, and names no host", () => {
    const pulled = "  - { at: +1m, freeze: { by: operator, scope: fleet, why: moving } }";
    const lifted = "  - { at: +10m, unfreeze: { by: operator, scope: fleet, why: moved } }";
    const { record } = replay(`${pulled}\n${lifted}`, { hosts: THREE });
    const brakes = record.turns.filter(({ reason }) => reason === "automation-frozen");
    expect(brakes.map(({ state }) => state)).toEqual(["open", "resolved"]);
    expect(record.refusals).toEqual([]);
  });

  it("is pulled once though its line names hosts", () => {
    const { record } = replay(
      "  - { at: +1m, hosts: all, freeze: { by: operator, scope: fleet, why: moving } }",
      {
        hosts: THREE,
      },
    );
    expect(record.turns.filter(({ reason }) => reason === "automation-frozen")).toHaveLength(1);
  });
});

describe("a silence", () => {
  it("is of a reason on the whole fleet where several hosts are there and none is named", () => {
    const fails = "  - { at: +2m, hosts: all, check: { status: fail } }";
    const silence = "  - { at: +1m, silence: { by: operator, for: 2h, why: moving, reason: check-failing } }";
    const pagesOf = (events: string) =>
      replay(events, { hosts: THREE, end: "+1h" }).record.pages.filter(
        ({ reason }) => reason === "check-failing",
      );
    expect(pagesOf(`${silence}\n${fails}`)).toEqual([]);
    expect(pagesOf(fails).length).toBeGreaterThan(0);
  });
});

describe("nobody was told that it is over", () => {
  it("is asked of one person where one is named", () => {
    const people =
      "policy: { responders: [{ id: kim, name: K, channels: [terminal] }, { id: lee, name: L, channels: [terminal] }], escalation: { steps: [{ notify: [kim], after: 0s }] } }";
    const hosts = `  - { name: vps-1, services: [{ name: worker }] }\n${people}`;
    const story = `${FAILS}\n  - { at: +5m, check: { status: pass } }`;
    expect(areMet(story, ["noRecovered: any, to: kim", "noRecovered: any, to: lee"], { hosts })).toEqual([
      ["noRecovered: any, to: kim", false],
      ["noRecovered: any, to: lee", true],
    ]);
  });
});
