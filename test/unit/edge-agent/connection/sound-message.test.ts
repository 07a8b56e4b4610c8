// What a control plane would refuse is left out of a message before it is sent, part by part, and named.
import { describe, expect, test } from "vitest";
import { INSTANT_MAX } from "@countersign/shared/values/limits";
import { AgentMessage } from "@countersign/shared/wire/protocol";
import { soundMessage } from "../../../../edge-agent/src/core/connection/sound-message.ts";
import { oomKillsBetween } from "../../../../edge-agent/src/core/evidence/memory-signs.ts";
import { takeUnit, UNKNOWN_UNIT_STATE } from "../../../../edge-agent/src/core/evidence/unit-state.ts";
import { parseInstant, wireInstant } from "../../../../edge-agent/src/core/instant-text.ts";
import { resultWith } from "../../core/shard/shard-driver.ts";

const FROM_1960 = -315_619_200_000;
const NO_INSTANTS = [FROM_1960, -1, INSTANT_MAX + 1, 2 ** 53, Infinity, -Infinity, NaN];
const serviceWith = (changes: object) => ({
  service: "web",
  unit: UNKNOWN_UNIT_STATE,
  results: [resultWith()],
  ...changes,
});
const reportOf = (...services: ReturnType<typeof serviceWith>[]): AgentMessage => ({
  version: 1,
  type: "report",
  digest: true,
  sentAt: 1,
  services,
});

describe("an instant", () => {
  test.each(NO_INSTANTS)("%d is none, wherever it comes from", (value) => {
    expect(wireInstant(value)).toBeNull();
    expect(parseInstant(value)).toBeNull();
    expect(takeUnit({ ...UNKNOWN_UNIT_STATE, activeEnterAt: value })).toEqual({
      state: UNKNOWN_UNIT_STATE,
      omitted: ["activeEnterAt"],
    });
  });
  test("both ends are instants", () => {
    expect([wireInstant(0), wireInstant(INSTANT_MAX)]).toEqual([0, INSTANT_MAX]);
  });
});

describe("a message", () => {
  test("that is sound is the same one", () => {
    const message = reportOf(serviceWith({}));
    expect(soundMessage(message)).toEqual({ message, omitted: [] });
    expect(soundMessage(message).message).toBe(message);
  });

  test("loses the unit, the result or the service that is bad, and keeps the others", () => {
    const bad = serviceWith({
      unit: { ...UNKNOWN_UNIT_STATE, mainPid: 2 ** 53 },
      results: [resultWith(), resultWith({ check: "slow", latencyMs: Infinity })],
    });
    const { message, omitted } = soundMessage(
      reportOf(serviceWith({ service: "Not A Name" }), bad, serviceWith({ service: "db" })),
    );
    expect(omitted).toEqual(["Not A Name", "web/unit", "web/slow"]);
    expect(AgentMessage.safeParse(message).success).toBe(true);
    expect(message).toMatchObject({
      services: [{ service: "web", unit: null, results: [{ check: "http" }] }, { service: "db" }],
    });
  });

  test("loses the facts that are bad", () => {
    const at = (value: number) => ({ kind: "drill" as const, service: "web", at: value, path: "page" });
    const facts = { version: 1 as const, type: "facts" as const, sentAt: 1 };
    for (const value of NO_INSTANTS)
      expect(soundMessage({ ...facts, facts: [at(value), at(5)] })).toEqual({
        message: { ...facts, facts: [at(5)] },
        omitted: ["drill"],
      });
    expect(soundMessage({ ...facts, facts: [at(-1)] })).toEqual({ message: null, omitted: ["facts"] });
  });

  test("about an outcome keeps the outcome", () => {
    const unit = { ...UNKNOWN_UNIT_STATE, activeEnterAt: FROM_1960 };
    const outcome = {
      nonce: null,
      grantId: null,
      action: null,
      service: "web",
      status: "failed" as const,
      refusal: null,
      detail: "x".repeat(400),
      unitBefore: unit,
      unitAfter: UNKNOWN_UNIT_STATE,
      startedAt: 1,
      finishedAt: 2,
      sequence: 7,
    };
    const { message, omitted } = soundMessage({ version: 1, type: "outcome", outcome });
    expect(omitted).toEqual(["outcome/unit"]);
    expect(message).toMatchObject({ outcome: { sequence: 7, unitBefore: null, unitAfter: { mainPid: 0 } } });
  });
});

test("a kernel's count that leaps is told as a few kills, at once", () => {
  const counts = (kills: number) => ({
    host: kills,
    units: [{ service: "web", invocationId: "a", kills, isKnownKilled: false }],
  });
  expect(oomKillsBetween(counts(0), counts(999_999_999_999_999), 10)).toHaveLength(4);
});
