// What of facts history keeps: everything that may matter to another policy, and not what every host says at each welcome.
import { describe, expect, it } from "vitest";
import type { Fact } from "@countersign/shared/wire/fact";
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

  it("the end of a gap is kept, because it is felt", () => {
    expect(kept([privilege(true)], true)).toBe(true);
  });
});
