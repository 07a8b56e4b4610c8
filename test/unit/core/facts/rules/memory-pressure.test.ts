// `memory-pressure`: one kill for memory, or PSI `full` above the bound; while it fires a restart is pointless.
import { describe, expect, it } from "vitest";
import {
  memoryPressure,
  SIGNS_MAX,
} from "../../../../../control-plane/src/core/facts/rules/memory-pressure.ts";
import { driveRule, type FactBody, MINUTE_MS } from "../fact-driver.ts";

const WINDOW_MS = 30 * MINUTE_MS;
const killed: FactBody = { kind: "oom-kill", by: "kernel" };

function pressure(fullAvg10: number, resource: "memory" | "cpu" | "io" = "memory"): FactBody {
  return { kind: "pressure", resource, someAvg10: 90, fullAvg10 };
}

describe("memory-pressure", () => {
  it.each<[string, FactBody, boolean]>([
    ["one kill", killed, true],
    ["PSI full at the bound", pressure(20), false],
    ["PSI full above it", pressure(20.01), true],
    ["CPU pressure", pressure(90, "cpu"), false],
    ["IO pressure", pressure(90, "io"), false],
  ])("%s", (_, fact, fires) => {
    const rule = driveRule(memoryPressure);
    rule.take(0, fact);
    expect(rule.findingAt(0) !== null).toBe(fires);
  });

  it("says that restarting is not the fix", () => {
    const rule = driveRule(memoryPressure);
    rule.take(0, killed);
    expect(rule.findingAt(0)).toMatchObject({
      severity: "critical",
      title: "web on web-1 is out of memory",
      isRestartPointless: true,
      failureClass: "memory",
    });
    expect(rule.textsAt(0).at(-1)).toContain("restarting is not the fix");
  });

  it.each([
    { afterMs: WINDOW_MS - 1, fires: true },
    { afterMs: WINDOW_MS, fires: false },
  ])("$afterMs ms after the last sign: fires $fires", ({ afterMs, fires }) => {
    const rule = driveRule(memoryPressure);
    rule.take(0, killed);
    expect(rule.nextAt(0)).toBe(WINDOW_MS);
    expect(rule.findingAt(afterMs) !== null).toBe(fires);
    expect(rule.isForgottenAt(afterMs)).toBe(!fires);
  });

  it("pressure alone is an error, with a kill it is critical", () => {
    const rule = driveRule(memoryPressure);
    rule.take(0, pressure(40));
    expect(rule.findingAt(0)?.severity).toBe("error");
    rule.take(1, killed);
    expect(rule.findingAt(1)?.severity).toBe("critical");
  });

  it("keeps a bounded number of signs", () => {
    const rule = driveRule(memoryPressure);
    for (let count = 0; count <= SIGNS_MAX; count += 1) rule.take(count, pressure(50));
    expect(rule.slice()).toHaveLength(SIGNS_MAX);
    expect(rule.textsAt(SIGNS_MAX)).toHaveLength(10);
  });
});
