// `config-thrash`: more changes of one file than allowed within the window; automation's part in it freezes automation.
import { describe, expect, it } from "vitest";
import { TOLD_TWICE_MS } from "../../../../../control-plane/src/core/facts/config-changes.ts";
import {
  CHANGES_SPARE_MAX,
  configThrash,
} from "../../../../../control-plane/src/core/facts/rules/config-thrash.ts";
import { driveRule, type FactBody, HOUR_MS, MINUTE_MS } from "../fact-driver.ts";

type Doer = Extract<FactBody, { kind: "config-changed" }>["by"];

function change(by: Doer = "watchdog", path = "/etc/agent/config.yaml", isReturned?: boolean): FactBody {
  return { kind: "config-changed", path, by, ...(isReturned === undefined ? {} : { isReturned }) };
}

function drive(count: number, paceMs = 5 * MINUTE_MS, by: Doer = "watchdog") {
  const rule = driveRule(configThrash);
  for (let index = 0; index < count; index += 1) rule.take(index * paceMs, change(by));
  return { rule, lastAt: (count - 1) * paceMs };
}

describe("config-thrash", () => {
  it.each([
    { count: 3, fires: false },
    { count: 4, fires: true },
  ])("$count changes: fires $fires (seed 001)", ({ count, fires }) => {
    const { rule, lastAt } = drive(count);
    expect(rule.findingAt(lastAt) !== null).toBe(fires);
  });

  it.each([
    { lastMs: HOUR_MS - 1, fires: true },
    { lastMs: HOUR_MS, fires: false },
  ])("the fourth change at $lastMs ms: fires $fires", ({ lastMs, fires }) => {
    const { rule } = drive(3);
    rule.take(lastMs, change());
    expect(rule.findingAt(lastMs) !== null).toBe(fires);
  });

  it("counts each file for itself, and names the one", () => {
    const rule = driveRule(configThrash);
    for (let index = 0; index < 3; index += 1) {
      rule.take(index, change("watchdog", "/etc/a"));
      rule.take(index, change("watchdog", "/etc/b"));
    }
    expect(rule.findingAt(3)).toBeNull();
    rule.take(3, change("person", "/etc/b"));
    expect(rule.textsAt(3)).toEqual([
      ...Array<string>(3).fill("/etc/b was changed by watchdog"),
      "/etc/b was changed by person",
      "4 changes in the last 1h (allowed: 3)",
    ]);
  });

  it.each<[Doer, boolean]>([
    ["watchdog", true],
    ["countersign", true],
    ["self", true],
    ["systemd", true],
    ["person", false],
    ["unknown", false],
  ])("changes by %s freeze automation: %s", (by, freezes) => {
    const { rule, lastAt } = drive(4, MINUTE_MS, by);
    expect(rule.findingAt(lastAt)).toMatchObject({ freezes, severity: "error" });
  });

  it("one change by automation among a person's is enough", () => {
    const { rule, lastAt } = drive(3, MINUTE_MS, "person");
    rule.take(lastAt + 1, change("watchdog"));
    expect(rule.findingAt(lastAt + 1)?.freezes).toBe(true);
  });

  it("clears by time alone, and forgets all", () => {
    const { rule, lastAt } = drive(4);
    expect(rule.nextAt(lastAt)).toBe(HOUR_MS);
    expect(rule.findingAt(HOUR_MS - 1)).not.toBeNull();
    expect(rule.findingAt(HOUR_MS)).toBeNull();
    expect(rule.isForgottenAt(HOUR_MS + lastAt)).toBe(true);
  });

  it("keeps a bounded number of changes", () => {
    const rule = driveRule(configThrash);
    for (let index = 0; index < 200; index += 1) rule.take(index, change("self", `/etc/${index % 70}`));
    expect(rule.slice()).toHaveLength(3 + CHANGES_SPARE_MAX);
  });
});

/** Changes half an hour apart, each by somebody, with what is known of its content: `unknown returned`, `watchdog new`. */
function story(...told: readonly string[]) {
  const rule = driveRule(configThrash);
  told.forEach((words, index) => {
    const [by, content] = words.split(" ") as [Doer, "returned" | "new" | undefined];
    const isReturned = content === undefined ? undefined : content === "returned";
    rule.take(index * 30 * MINUTE_MS, change(by, "/etc/a", isReturned));
  });
  const settledMs = (told.length - 1) * 30 * MINUTE_MS + TOLD_TWICE_MS;
  return { rule, settledMs, finding: rule.findingAt(settledMs) };
}

describe("a change taken back", () => {
  it.each<[readonly string[], boolean]>([
    [["person", "watchdog"], true],
    [["person", "self"], true],
    [["person", "systemd"], true],
    [["person", "countersign"], true],
    [["person new", "watchdog returned"], true],
    [["unknown new", "watchdog returned"], true],
    [["unknown new", "unknown returned"], true],
    [["person", "unknown returned"], true],
    [["person", "unknown", "watchdog"], true],
    [["person", "watchdog", "watchdog"], true],
    [["person", "watchdog", "watchdog new"], true],
    [["person", "person"], false],
    [["person new", "person returned"], false],
    [["unknown new", "person returned"], false],
    [["person", "unknown"], false],
    [["person", "unknown new"], false],
    [["person", "watchdog new"], false],
    [["unknown", "watchdog"], false],
    [["unknown", "unknown"], false],
    [["watchdog", "person"], false],
    [["watchdog", "watchdog"], false],
    [["watchdog new", "watchdog returned"], false],
    [["watchdog new", "unknown returned"], false],
    [["unknown returned"], false],
    [["person", "watchdog", "person"], false],
    [["unknown new", "unknown returned", "unknown new"], false],
  ])("%j: fires %s", (told, fires) => {
    expect(story(...told).finding !== null).toBe(fires);
  });

  it("is a warning that freezes nothing, and says who did what when", () => {
    const { finding, rule, settledMs } = story("person", "watchdog");
    expect(finding).toMatchObject({ severity: "warning", freezes: false, alike: "/etc/a" });
    expect(finding?.title).toBe(
      "Automation took back what a person changed in the configuration of web on web-1",
    );
    expect(rule.textsAt(settledMs)).toEqual([
      "/etc/a was changed by person",
      "watchdog changed it again after 30m",
    ]);
    expect(finding?.happenedAt).toBe(finding?.evidence[1]?.at);
  });

  it.each([
    [
      "unknown new",
      "watchdog returned",
      "Automation took back a change in the configuration of web on web-1",
    ],
    [
      "person",
      "unknown returned",
      "Somebody took back what a person changed in the configuration of web on web-1",
    ],
  ])("by %s and %s: claims no more than is known", (made, taken, title) => {
    expect(story(made, taken).finding?.title).toBe(title);
  });

  it.each([
    { afterMs: 24 * HOUR_MS - 1, fires: true },
    { afterMs: 24 * HOUR_MS, fires: false },
  ])("within a day: $afterMs ms later, fires $fires; and it stands for a day", ({ afterMs, fires }) => {
    const rule = driveRule(configThrash);
    rule.take(0, change("person"));
    rule.prune(HOUR_MS);
    rule.take(afterMs, change("watchdog"));
    rule.prune(afterMs + TOLD_TWICE_MS);
    expect(rule.findingAt(afterMs + TOLD_TWICE_MS) !== null).toBe(fires);
    expect(rule.findingAt(afterMs + 24 * HOUR_MS - 1) !== null).toBe(fires);
    expect(rule.isForgottenAt(afterMs + 24 * HOUR_MS)).toBe(true);
  });

  it("goes by the policy's span; none turns it off", () => {
    for (const [takenBackWithin, fires] of [
      ["31m", true],
      ["30m", false],
      ["0s", false],
    ] as const) {
      const rule = driveRule(configThrash, { takenBackWithin });
      rule.take(0, change("person"));
      rule.take(30 * MINUTE_MS, change("watchdog"));
      expect(rule.findingAt(30 * MINUTE_MS + TOLD_TWICE_MS) !== null).toBe(fires);
    }
  });

  it("is of one file: another one that automation changes takes nothing back", () => {
    const rule = driveRule(configThrash);
    rule.take(0, change("person", "/etc/a"));
    rule.take(MINUTE_MS, change("watchdog", "/etc/b"));
    expect(rule.findingAt(2 * MINUTE_MS)).toBeNull();
  });

  it("on several files is one finding", () => {
    const rule = driveRule(configThrash);
    for (const path of ["/etc/b", "/etc/a"]) {
      rule.take(0, change("person", path));
      rule.take(MINUTE_MS, change("watchdog", path));
    }
    expect(rule.findingAt(2 * MINUTE_MS)).toMatchObject({ alike: "/etc/a" });
    expect(rule.textsAt(2 * MINUTE_MS)).toHaveLength(4);
  });

  it("too often is the other finding, which freezes", () => {
    const { finding } = story("person", "watchdog");
    expect(finding?.severity).toBe("warning");
    const rule = driveRule(configThrash);
    ["person", "watchdog", "person", "watchdog"].forEach((by, index) =>
      rule.take(index * MINUTE_MS, change(by as Doer)),
    );
    expect(rule.findingAt(4 * MINUTE_MS)).toMatchObject({ severity: "error", freezes: true });
  });
});

describe("a change that both tell of, the agent and whoever made it", () => {
  it.each<[string, Doer, Doer]>([
    ["the agent first", "unknown", "watchdog"],
    ["the agent last", "watchdog", "unknown"],
  ])("counts once, %s", (_, first, second) => {
    const rule = driveRule(configThrash);
    for (let index = 0; index < 3; index += 1) {
      rule.take(index * 5 * MINUTE_MS, change(first));
      rule.take(index * 5 * MINUTE_MS + TOLD_TWICE_MS, change(second));
    }
    expect(rule.slice()).toHaveLength(3);
    expect(rule.findingAt(11 * MINUTE_MS)).toBeNull();
  });

  it("says by whom and what: new content takes nothing back, however it is told", () => {
    for (const [first, second] of [
      [change("watchdog"), change("unknown", undefined, false)],
      [change("unknown", undefined, false), change("watchdog")],
    ] as const) {
      const rule = driveRule(configThrash);
      rule.take(0, change("person"));
      rule.take(30 * MINUTE_MS, first);
      expect(rule.findingAt(30 * MINUTE_MS)).toBeNull();
      rule.take(30 * MINUTE_MS + 12_000, second);
      expect(rule.findingAt(HOUR_MS - 1)).toBeNull();
    }
  });

  it("and a person who goes back to what was is told as that", () => {
    const rule = driveRule(configThrash);
    rule.take(0, change("unknown", undefined, false));
    rule.take(5 * MINUTE_MS, change("unknown", undefined, true));
    expect(rule.nextAt(5 * MINUTE_MS)).toBe(5 * MINUTE_MS + TOLD_TWICE_MS);
    rule.take(5 * MINUTE_MS + 4_000, change("person"));
    expect(rule.findingAt(HOUR_MS - 1)).toBeNull();
  });

  it("is another one when it is further apart, or told by the same", () => {
    const rule = driveRule(configThrash);
    rule.take(0, change("watchdog"));
    rule.take(TOLD_TWICE_MS + 1, change("unknown"));
    rule.take(TOLD_TWICE_MS + 2, change("unknown"));
    expect(rule.slice()).toHaveLength(3);
  });

  it("told again after a broken connection is the same, with who made it or without", () => {
    const rule = driveRule(configThrash);
    for (const more of [[], [change("watchdog")]]) {
      for (const one of [change("unknown", undefined, true), ...more]) rule.take(0, one);
      const before = rule.slice();
      rule.take(0, change("unknown", undefined, true), 20_000);
      expect(rule.slice()).toBe(before);
    }
  });
});
