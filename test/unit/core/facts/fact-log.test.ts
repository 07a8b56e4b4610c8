// A log line never causes anything: neither in any rule, nor through the shard, however many there are and whatever they say.
import { describe, expect, it } from "vitest";
import type { Fact } from "@countersign/shared/wire/fact";
import { FACT_RULES } from "../../../../control-plane/src/core/facts/fact-rule-list.ts";
import { driveUpHost, policyWith, START_AT, WEB_1 } from "../shard/shard-driver.ts";

const LINES: readonly Fact[] = Array.from({ length: 1_000 }, (_, index) => ({
  kind: "log",
  service: index % 2 === 0 ? "web" : null,
  at: START_AT + index,
  text: `ERROR 401 Unauthorized: error error OOM killed, restart failed (${index})`,
}));

describe("a thousand log lines that say error", () => {
  it.each(FACT_RULES.map((rule) => ({ rule, reason: rule.reason })))(
    "change nothing in $reason",
    ({ rule }) => {
      expect(rule.kinds).not.toContain("log");
      const subject = { kind: "service", hostId: WEB_1, hostName: "web-1", service: "web" } as const;
      const scene = { now: START_AT + 1_000, policy: policyWith(), subject };
      for (const line of LINES)
        expect(rule.absorb(rule.initial as never, line as never, scene)).toBe(rule.initial);
    },
  );

  it("change nothing in the shard, and signal nothing", () => {
    const shard = driveUpHost();
    const before = shard.state();
    const signalsBefore = shard.effects.length;
    for (let from = 0; from < LINES.length; from += 50)
      shard.send({ kind: "facts", hostId: WEB_1, facts: LINES.slice(from, from + 50) });
    expect(shard.effects.slice(signalsBefore)).toEqual([]);
    expect(shard.state()).toEqual(before);
  });
});
