// What of facts history keeps: everything that may matter to another policy, and not what every host says at each welcome.
import { describe, expect, it } from "vitest";
import type { Fact } from "@countersign/shared/wire/fact";
import { STORED_EVERY_MS_MIN } from "../../../../../control-plane/src/core/facts/rules/heartbeat-missed.ts";
import { planRecording } from "../../../../../control-plane/src/core/shard/kept/recording.ts";
import { driveUpHost, START_AT, WEB_1 } from "../shard-driver.ts";

const privilege = (isExecutable: boolean): Fact => ({
  kind: "privilege",
  service: "web",
  at: START_AT,
  action: "restart",
  isExecutable,
  command: "sudo systemctl restart web",
});
const reading = (isWell: boolean): Fact => ({
  kind: "reading",
  service: "web",
  at: START_AT,
  source: "ledger",
  isWell,
  detail: "",
});

function expected(...everyMs: readonly number[]): Fact {
  const heartbeats = everyMs.map((every) => ({ source: `each ${every}`, everyMs: every, graceMs: 1 }));
  return { kind: "heartbeats-expected", service: "web", at: START_AT, heartbeats };
}

const fallback: Fact = {
  kind: "fallback",
  service: "web",
  at: START_AT,
  fallback: "gemini",
  isActive: false,
};

describe("of facts", () => {
  const shard = driveUpHost();
  const decision = { state: shard.state(), effects: [] } as never;
  const kept = (facts: readonly Fact[], isWritten = false) =>
    planRecording({ kind: "facts", hostId: WEB_1, facts }, shard.state(), { decision, isWritten }) !== null;

  it("an action that can be executed is no news where there was no gap", () => {
    expect(kept([privilege(true), privilege(true)])).toBe(false);
  });

  it("a gap is kept, and so is anything beside it, felt or not", () => {
    expect(kept([privilege(false)])).toBe(true);
    expect(kept([privilege(true), fallback])).toBe(true);
  });

  it("what can be read is no news where it could before", () => {
    expect(kept([privilege(true), reading(true)])).toBe(false);
    expect(kept([reading(false)])).toBe(true);
    expect(kept([reading(true)], true)).toBe(true);
  });

  it("the end of a gap is kept, because it is felt", () => {
    expect(kept([privilege(true)], true)).toBe(true);
  });

  it("a heartbeat is kept where it is felt, and so is what is expected, where anything is", () => {
    const beat: Fact = { kind: "heartbeat", service: "web", at: START_AT, source: "job" };
    expect(kept([beat])).toBe(false);
    expect(kept([beat], true)).toBe(true);
    expect(kept([expected()])).toBe(false);
    expect(kept([expected(STORED_EVERY_MS_MIN)])).toBe(true);
  });

  it("of what is expected the frequent is left out: its heartbeats are not on record", () => {
    const facts = [expected(STORED_EVERY_MS_MIN - 1, STORED_EVERY_MS_MIN), fallback];
    const event = { kind: "facts", hostId: WEB_1, facts } as const;
    const recorded = planRecording(event, shard.state(), { decision, isWritten: false });
    expect(recorded).toEqual({ ...event, facts: [expected(STORED_EVERY_MS_MIN), fallback] });
  });
});
