// When the shard's one alarm rings: every deadline has it armed, and an idle shard is not woken for nothing.
import { describe, expect, it } from "vitest";
import { ALARM_FLOOR_MS, IDLE_ALARM_MS } from "../../../../control-plane/src/core/shard/shard-alarm.ts";
import {
  driveFailingService,
  driveShard,
  driveUpHost,
  grantWith,
  outcomeWith,
  START_AT,
  WEB_1,
  WEB_2,
} from "./shard-driver.ts";

describe("the alarm rings", () => {
  it("never for a shard without hosts", () => {
    const shard = driveShard();
    shard.sweep();
    expect(shard.alarmAt()).toBeNull();
  });

  it("seldom while no host can fall silent", () => {
    const shard = driveShard();
    shard.enrol();
    expect(shard.alarmAt()).toBe(START_AT + IDLE_ALARM_MS);
  });

  it("at the oldest sign of life + T", () => {
    const shard = driveUpHost();
    shard.advance(3_000);
    shard.enrol(WEB_2, "web-2");
    shard.connect(WEB_2);
    expect(shard.alarmAt()).toBe(START_AT + 12_000);
    shard.sweep();
    expect(shard.alarmAt()).toBe(START_AT + 12_000);
    shard.advance(2_000);
    shard.sweep();
    expect(shard.alarmAt()).toBe(START_AT + 15_000);
  });

  it.each([
    { atMs: 11_949, alarmMs: 12_000 },
    { atMs: 11_951, alarmMs: 11_951 + ALARM_FLOOR_MS },
  ])("not sooner than its floor: at $atMs ms for $alarmMs ms", ({ atMs, alarmMs }) => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.skip(atMs);
    shard.sweep();
    expect(shard.alarmAt()).toBe(START_AT + alarmMs);
  });

  it("for the page bound, and for a return on the old socket, while a host is late", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.advance(12_000);
    expect(shard.alarmAt()).toBe(START_AT + 12_000 + 5_000);
    shard.send({ kind: "disconnected", hostId: WEB_1, connectionId: "con_1" });
    expect(shard.alarmAt()).toBe(START_AT + 60_000);
  });

  it("at the end of the grace", () => {
    const shard = driveUpHost();
    shard.skip(100_000);
    shard.send({ kind: "woke", connectedHostIds: [], blindSinceAt: START_AT });
    expect(shard.alarmAt()).toBe(START_AT + 120_000);
  });

  it("for what a service waits for", () => {
    const shard = driveUpHost();
    for (let count = 0; count < 3; count += 1) shard.report({ status: "fail" });
    expect(shard.alarmAt()).toBe(START_AT + 10_000);
  });

  it("for a service only when its host has reported it, or should have", () => {
    const shard = driveUpHost();
    for (let count = 0; count < 3; count += 1) shard.report({ status: "fail" });
    shard.advance(9_000);
    shard.connect(WEB_1, { connectionId: "con_2" });
    shard.skip(2_000);
    shard.sweep();
    expect(shard.alarmAt()).toBe(START_AT + 9_000 + 12_000);
  });

  it("for a grant's expiry", () => {
    const shard = driveUpHost();
    shard.send({ kind: "grant-issued", grant: grantWith({ expiresAt: START_AT + 3_000 }) });
    expect(shard.alarmAt()).toBe(START_AT + 3_000);
  });

  it("not in a hot loop for deadlines of a host that cannot be judged", () => {
    const shard = driveFailingService();
    shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith() });
    shard.fallSilent();
    shard.send({ kind: "disconnected", hostId: WEB_1, connectionId: "con_1" });
    shard.advance(24 * 3_600_000);
    expect(shard.alarmAt()).toBeGreaterThan(shard.now() + ALARM_FLOOR_MS);
  });
});
