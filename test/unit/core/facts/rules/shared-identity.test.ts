// `identity-conflict` by facts: two holders of one identity within the window, on one host or two; each bound from both sides.
import { describe, expect, it } from "vitest";
import {
  HOLDERS_MAX,
  IDENTITIES_MAX,
  sharedIdentity,
} from "../../../../../control-plane/src/core/facts/rules/shared-identity.ts";
import { START_AT, WEB_1, WEB_2 } from "../../shard/shard-driver.ts";
import { driveRule, MINUTE_MS } from "../fact-driver.ts";

function drive(bounds = {}) {
  const rule = driveRule(sharedIdentity, bounds);
  return {
    ...rule,
    see(atMs: number, holder: string, told: { readonly hostId?: string; readonly identity?: string } = {}) {
      const { hostId = WEB_1, identity = "telegram-bot" } = told;
      rule.about({ kind: "service", hostId, hostName: hostId === WEB_1 ? "web-1" : "web-2", service: "bot" });
      rule.take(atMs, { kind: "identity", identity, holder });
    },
  };
}

describe("identity-conflict by facts", () => {
  it("one holder, seen all the time, is none; and is noted only now and then", () => {
    const rule = drive();
    rule.see(0, "gateway");
    const before = rule.slice();
    rule.see(149_999, "gateway");
    expect(rule.slice()).toBe(before);
    rule.see(150_000, "gateway");
    expect(rule.slice()).not.toBe(before);
    expect(rule.findingAt(150_000)).toBeNull();
  });

  it.each([
    { atMs: 10 * MINUTE_MS - 1, fires: true },
    { atMs: 10 * MINUTE_MS, fires: false },
  ])("a second one $atMs ms later: fires $fires", ({ atMs, fires }) => {
    const rule = drive();
    rule.see(0, "gateway");
    rule.see(atMs, "watchdog");
    expect(rule.findingAt(atMs) !== null).toBe(fires);
  });

  it("the same holder's name on two hosts is two holders", () => {
    const rule = drive();
    rule.see(0, "gateway");
    rule.see(1, "gateway", { hostId: WEB_2 });
    expect(rule.findingAt(1)).toMatchObject({
      severity: "critical",
      title: "Used by two at once: telegram-bot",
      happenedAt: START_AT,
      isRestartPointless: true,
      affects: [{ hostId: WEB_1 }, { hostId: WEB_2 }],
    });
    expect(rule.textsAt(1)).toEqual([
      "telegram-bot: gateway (bot on web-1) and gateway (bot on web-2), all within 10m",
    ]);
  });

  it("holders of different identities do not meet", () => {
    const rule = drive();
    rule.see(0, "gateway");
    rule.see(1, "watchdog", { identity: "discord-bot" });
    expect(rule.findingAt(1)).toBeNull();
  });

  it("each contested identity has a finding of its own", () => {
    const rule = drive();
    for (const identity of ["telegram-bot", "discord-bot"])
      for (const holder of ["gateway", "watchdog"]) rule.see(0, holder, { identity });
    expect(rule.findingsAt(0).map(({ about, title }) => [about, title])).toEqual([
      [{ kind: "identity", name: "discord-bot" }, "Used by two at once: discord-bot"],
      [{ kind: "identity", name: "telegram-bot" }, "Used by two at once: telegram-bot"],
    ]);
  });

  it("ends when the second one was not seen for the window, and then forgets", () => {
    const rule = drive();
    rule.see(0, "watchdog");
    rule.see(5 * MINUTE_MS, "gateway");
    expect(rule.nextAt(5 * MINUTE_MS)).toBe(10 * MINUTE_MS);
    expect(rule.findingAt(10 * MINUTE_MS)).toBeNull();
    expect(rule.isForgottenAt(15 * MINUTE_MS - 1)).toBe(false);
    expect(rule.isForgottenAt(15 * MINUTE_MS)).toBe(true);
  });

  it("goes by the policy's window", () => {
    const rule = drive({ window: "1m" });
    rule.see(0, "gateway");
    rule.see(MINUTE_MS, "watchdog");
    expect(rule.findingAt(MINUTE_MS)).toBeNull();
  });

  it(`remembers at most ${HOLDERS_MAX} holders of one, and ${IDENTITIES_MAX} identities`, () => {
    const rule = drive();
    for (let index = 0; index < 20; index += 1) rule.see(index, `holder-${index}`);
    expect(rule.slice()[0]?.holders).toHaveLength(HOLDERS_MAX);
    for (let index = 0; index < IDENTITIES_MAX + 5; index += 1)
      rule.see(30, "gateway", { identity: `identity-${index}` });
    expect(rule.slice()).toHaveLength(IDENTITIES_MAX);
  });
});
