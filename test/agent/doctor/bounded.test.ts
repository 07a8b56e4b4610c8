// Doctor ends, whatever hangs: each look has its time, all have theirs, and what did not end is told as not seen.
import { expect, test } from "vitest";
import { lookWithin } from "../../../edge-agent/src/commands/doctor/bounded.ts";
import { well } from "../../../edge-agent/src/commands/doctor/finding.ts";

const sees = (name: string) => ({ name, look: async () => [well(name, "seen")] });
const hangs = (name: string) => ({ name, look: () => new Promise<never>(() => {}) });

test("a look that does not end is a finding, and the others are made", async () => {
  const findings = await lookWithin([sees("a"), hangs("b"), sees("c")], { eachMs: 50, allMs: 10_000 });
  expect(findings.map(({ check, status }) => [check, status])).toEqual([
    ["a", "ok"],
    ["look: b", "unknown"],
    ["c", "ok"],
  ]);
  expect(findings[1]?.detail).toContain("it did not end within 50ms");
});

test("all together end too: what comes after is told as not looked at", async () => {
  const looks = [hangs("a"), hangs("b"), sees("c")];
  const from = performance.now();
  const findings = await lookWithin(looks, { eachMs: 100, allMs: 150 });
  expect(performance.now() - from).toBeLessThan(20_000);
  expect(findings.map(({ check, status }) => [check, status])).toEqual([
    ["look: a", "unknown"],
    ["look: b", "unknown"],
    ["look: c", "unknown"],
  ]);
});

test("a look that throws hides none of the others", async () => {
  const throws = { name: "a", look: () => Promise.reject(new Error("EIO")) };
  const findings = await lookWithin([throws, sees("b")], { eachMs: 100, allMs: 200 });
  expect(findings.map(({ check, detail }) => [check, detail])).toEqual([
    ["look: a", "it failed: EIO"],
    ["b", "seen"],
  ]);
});
