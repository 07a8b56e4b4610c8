// What the two units of a host start, and with which flags.
import { expect, test } from "vitest";
import { renderUnits } from "../../../../edge-agent/src/core/evidence/systemd-units.ts";

test("the agent's unit starts the agent alone, in as little memory as it can; the actuator keeps its compiler", () => {
  const units = renderUnits({
    node: "/opt/countersign/node",
    agent: "/opt/countersign/countersign-agent.mjs",
  });
  const starts = units.flatMap(({ text }) => /^ExecStart=(.*)$/m.exec(text)?.[1] ?? []);
  expect(starts).toEqual([
    "/opt/countersign/node --max-semi-space-size=1 --lite-mode /opt/countersign/agent-alone.mjs run",
    "/opt/countersign/node --max-semi-space-size=1 /opt/countersign/countersign-agent.mjs actuator",
    "/opt/countersign/node --max-semi-space-size=1 /opt/countersign/countersign-agent.mjs journal",
  ]);
  // The helper that reads logs lives for a second.
  for (const { name, text } of units.filter(({ name: unit }) => /(?:agent|actuator)\.service$/.test(unit)))
    expect([name, text]).toEqual([
      name,
      expect.stringContaining("\nEnvironment=MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=65536\n"),
    ]);
});
