// The words of expectations, each seen to be met and seen to fail: how pages, questions, approvals and ends are counted in a story.
import { describe, expect, it } from "vitest";
import { areMet, HOSTS, replay } from "./told-story.ts";

const FAILS = "  - { at: +1m, check: { status: fail, text: refused } }";
const WELL = "  - { at: +20m, check: { status: pass, text: 200 ok } }";
const ACKNOWLEDGED = "  - { at: +3m, acknowledge: { by: operator } }";
const NEVER = "  - { at: +1m, note: nothing }";

type Row = readonly [expectation: string, isMet: boolean];

function judged(events: string, rows: readonly Row[], hosts = HOSTS): readonly Row[] {
  return areMet(
    events,
    rows.map(([line]) => line),
    { hosts },
  );
}

describe("any", () => {
  it("stands for every reason", () => {
    const rows: readonly Row[] = [
      ["page: any, by: +3m", true],
      ["page: any, by: +1m", false],
      ["page: any, says: nowhere", false],
      ["incident: any, is: open, at: +5m", true],
      ["incident: any, is: none", false],
      ["incident: any, is: resolved, at: +5m", false],
      ["incident: any, is: resolved, at: +1h50m", true],
      ["recovered: any, by: +1h", true],
      ["refused: any", false],
    ];
    expect(judged(`${FAILS}\n${WELL}`, rows)).toEqual(rows);
    const silent: readonly Row[] = [
      ["page: any", false],
      ["incident: any, is: none", true],
      ["recovered: any", false],
    ];
    expect(judged(NEVER, silent)).toEqual(silent);
    const refused: readonly Row[] = [["refused: any, by: +2m", true]];
    expect(judged("  - { at: +1m, acknowledge: { by: operator } }", refused)).toEqual(refused);
  });

  it("of several hosts: one in that state, or all that are resolved", () => {
    const two = "  - { name: vps, count: 2, services: [{ name: worker }] }";
    const events = `  - { at: +1m, hosts: all, check: { status: fail } }\n  - { at: +20m, hosts: vps-2, check: { status: pass } }`;
    const rows: readonly Row[] = [
      ["incident: check-failing, is: resolved, at: +1h50m", false],
      ["incident: check-failing, is: open, at: +1h50m", true],
      ["incident: check-failing, host: vps-2, is: resolved, at: +1h50m", true],
      ["incident: check-failing, host: vps-2, is: open, at: +1h50m", false],
    ];
    expect(judged(events, rows, two)).toEqual(rows);
  });
});

describe("a text that must not stand", () => {
  it("is looked for in titles and bodies, of one reason or all, whatever its case", () => {
    const rows: readonly Row[] = [
      ["noPageSays: Worker Is Failing", false],
      ["noPageSays: health failed", false],
      ["noPageSays: rm -rf", true],
      ["noPageSays: worker, until: +1m", true],
      ["noPageSays: worker, from: +1h50m", true],
      ["noPageSays: worker, host: vps-1", false],
      ["noPageSays: worker, reason: check-failing", false],
      ["noPageSays: worker, reason: host-silent", true],
    ];
    expect(judged(`${FAILS}\n${ACKNOWLEDGED}`, rows)).toEqual(rows);
  });
});

describe("what is told as over", () => {
  it("is expected, and bounded in number", () => {
    const rows: readonly Row[] = [
      ["recovered: check-failing, by: +50m", true],
      ["recovered: check-failing, by: +21m", false],
      ["recovered: check-failing, notBefore: +20m", true],
      ["recovered: check-failing, notBefore: +50m", false],
      ["recovered: check-failing, says: nowhere", false],
      ["recovered: host-silent", false],
      ["recoveredAtMost: 1", true],
      ["recoveredAtMost: 0", false],
      ["recoveredAtMost: 0, until: +21m", true],
      ["recoveredAtMost: 0, reason: host-silent", true],
      ["recoveredAtMost: 0, reason: check-failing", false],
      ["noRecovered: check-failing", false],
    ];
    expect(judged(`${FAILS}\n${ACKNOWLEDGED}\n${WELL}`, rows)).toEqual(rows);
  });
});

describe("a question", () => {
  const rows: readonly Row[] = [
    ["question: restart, by: +3m", true],
    ["question: any, by: +3m", true],
    ["question: restart, by: +2m", false],
    ["question: restart, notBefore: +10m", false],
    ["question: restart, from: +10m", false],
    ["question: restart, atMost: 1", true],
    ["question: restart, service: worker, host: vps-1", true],
    ["noQuestion: restart", false],
    ["noQuestion: any, until: +2m", true],
    ["proposalsAtMost: 1", false],
    ["proposalsAtMost: 9", true],
    ["proposalsAtMost: 0, until: +2m", true],
  ];

  it("counts once, however often its proposal is renewed", () => {
    expect(judged(FAILS, rows)).toEqual(rows);
    expect(replay(FAILS).record.proposals.length).toBeGreaterThan(1);
  });

  it("that nobody puts is none", () => {
    const none: readonly Row[] = [
      ["question: any", false],
      ["noQuestion: any", true],
      ["proposalsAtMost: 0", true],
    ];
    expect(judged(NEVER, none)).toEqual(none);
  });

  it("names an action that there is", () => {
    for (const word of ["question: reboot", "noQuestion: reboot", "approval: reboot, is: none"])
      expect(() => areMet(FAILS, [word])).toThrow(/no service has an action "reboot"/);
  });
});

describe("the state of an approval", () => {
  it("is that of the newest one", () => {
    const denied = `${FAILS}\n  - { at: +10m, deny: { by: operator } }`;
    const rows: readonly Row[] = [
      ["approval: restart, is: none, at: +1m", true],
      ["approval: restart, is: delivered, at: +5m", true],
      ["approval: restart, is: denied, at: +5m", false],
      ["approval: restart, is: denied, at: +11m", true],
      ["approval: any, is: denied, at: +11m", true],
      ["approval: restart, is: approved, at: +11m", false],
    ];
    expect(judged(denied, rows)).toEqual(rows);
    const approved: readonly Row[] = [
      ["approval: restart, is: verified, at: +10m", false],
      ["approval: restart, is: verified", true],
    ];
    expect(judged(`${FAILS}\n  - { at: +10m, approve: { by: operator } }`, approved)).toEqual(approved);
  });

  it("is no state of an incident", () => {
    expect(() => areMet(FAILS, ["approval: restart, is: open"])).toThrow(/of an approval expected one of/);
    expect(() => areMet(FAILS, ["incident: any, is: denied"])).toThrow(/of an incident expected one of/);
    expect(() => areMet(FAILS, ["approval: restart"])).toThrow(/needs `is`/);
  });
});

describe("who acknowledges how soon", () => {
  const people =
    "policy: { responders: [{ id: kim, name: Kim, channels: [terminal] }, { id: lee, name: Lee, channels: [terminal] }], escalation: { steps: [{ notify: [kim], after: 0s }, { notify: [lee], after: 5m }] } }";
  const hosts = `${HOSTS}\n${people}`;
  const taken: Row = ["incident: check-failing, is: acknowledged, at: +1h", true];
  const open: Row = ["incident: check-failing, is: acknowledged, at: +1h", false];

  it.each([
    ["nobody", "", open],
    ["everybody", "  - { at: +0s, answers: 4m }\n", taken],
    ["everybody, too late", "  - { at: +0s, answers: 90m }\n", open],
    ["one who is rung", "  - { at: +0s, answers: { by: kim, after: 4m } }\n", taken],
    ["one who is rung second", "  - { at: +0s, answers: { by: lee, after: 4m } }\n", taken],
    ["one who never does", "  - { at: +0s, answers: 4m }\n  - { at: +30s, answers: never }\n", open],
    [
      "all but one",
      "  - { at: +0s, answers: 4m }\n  - { at: +0s, answers: { by: kim, after: never } }\n",
      taken,
    ],
  ])("%s", (_what, answers, row) => {
    expect(judged(`${answers}${FAILS}`, [row], hosts)).toEqual([row]);
  });

  it("so long after each ring, not before", () => {
    const at = (when: string): Row => [
      `incident: check-failing, is: acknowledged, at: ${when}`,
      when !== "+6m",
    ];
    const rows = [at("+6m"), at("+6m10s")];
    expect(judged(`  - { at: +0s, answers: 4m }\n${FAILS}`, rows, hosts)).toEqual(rows);
  });

  it("again, when it rings again", () => {
    const acknowledgedAt = replay(`  - { at: +0s, answers: 4m }\n${FAILS}`, {
      options: { overrides: { incident: { acknowledgement: "30m" } } },
    }).record.turns.filter(({ state }) => state === "acknowledged");
    expect(acknowledgedAt.length).toBeGreaterThan(1);
  });

  it("refuses nothing where it is over by then", () => {
    const story = `  - { at: +0s, answers: 90m }\n${FAILS}\n${WELL}`;
    expect(replay(story, { end: "+3h" }).record.refusals).toEqual([]);
  });

  it.each([
    "answers: soon",
    "answers: { after: 5m }",
    "answers: { by: kim, after: soon }",
    "answers: { by: kim }",
  ])("says so: %s is none", (word) => {
    expect(() => replay(`  - { at: +0s, ${word} }`)).toThrow(/answers/);
  });
});

describe("what was found", () => {
  it("is counted in full by kind and reason, however little of it is listed", () => {
    const events = `${FAILS}\n${WELL}`;
    const { expectations, record } = replay(events, {
      expect:
        "  - { pagesAtMost: 0 }\n  - { noRecovered: check-failing }\n  - { proposalsAtMost: 0 }\n  - { page: host-silent }",
    });
    const [pages, over, proposals, none] = expectations.map(({ found }) => found);
    const asking = record.pages.filter(({ kind }) => kind !== "recovered");
    const failing = asking.filter(({ kind, reason }) => kind === "ring" && reason === "check-failing");
    expect(pages).toContain(`${asking.length} (${failing.length} ring check-failing`);
    expect(over).toMatch(/^1 \(1 recovered check-failing\): /);
    expect(proposals).toMatch(/^\d+ \(\d+ restart\): /);
    expect(none).toBe("no such page");
  });

  it("says how many are not listed, and until when they went on", () => {
    const { expectations, record } = replay(FAILS, { end: "+1d", expect: "  - { pagesAtMost: 0 }" });
    const asking = record.pages.length;
    expect(asking).toBeGreaterThan(6);
    expect(expectations[0]?.found).toContain(`; and ${asking - 5} more until +`);
  });
});
