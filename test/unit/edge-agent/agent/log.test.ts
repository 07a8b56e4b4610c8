// The log says a lasting state once.
import { expect, test } from "vitest";
import { createLog } from "../../../../edge-agent/src/agent/log.ts";

function newLog(format: "json" | "plain") {
  const lines: string[] = [];
  return { lines, log: createLog({ write: (line) => lines.push(line), format, now: () => 0 }) };
}

test("205 identical failures are one line, and the recovery says how often it was repeated", () => {
  const { lines, log } = newLog("json");
  for (let count = 0; count < 205; count += 1) log.state("error", "actuator", "It does not answer.");
  log.state("info", "actuator", "It answers.");
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
    { at: "1970-01-01T00:00:00.000Z", level: "error", event: "actuator", text: "It does not answer." },
    {
      at: "1970-01-01T00:00:00.000Z",
      level: "info",
      event: "actuator",
      text: "It answers.",
      previousRepeated: 204,
    },
  ]);
});

test("a recovery is silent where nothing was wrong", () => {
  const { lines, log } = newLog("plain");
  log.recovered("clock", "It agrees again.");
  expect(lines).toEqual([]);
  log.state("warning", "clock", "It is wrong.");
  log.recovered("clock", "It agrees again.");
  log.recovered("clock", "It agrees again.");
  expect(lines).toEqual(["00:00:00 warning: It is wrong.\n", "00:00:00 It agrees again.\n"]);
});

test("topics do not silence each other, and events are never silenced", () => {
  const { lines, log } = newLog("plain");
  log.state("info", "a", "same");
  log.state("info", "b", "same");
  log.event({ level: "info", event: "c", text: "same" });
  log.event({ level: "info", event: "c", text: "same" });
  expect(lines).toHaveLength(4);
});
