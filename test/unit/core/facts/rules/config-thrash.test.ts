// `config-thrash`: more changes of one file than allowed within the window; automation's part in it freezes automation.
import { describe, expect, it } from "vitest";
import {
  CHANGES_SPARE_MAX,
  configThrash,
} from "../../../../../control-plane/src/core/facts/rules/config-thrash.ts";
import { driveRule, type FactBody, HOUR_MS, MINUTE_MS } from "../fact-driver.ts";

type Doer = Extract<FactBody, { kind: "config-changed" }>["by"];

function change(by: Doer = "watchdog", path = "/etc/agent/config.yaml"): FactBody {
  return { kind: "config-changed", path, by };
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
