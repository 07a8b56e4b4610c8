// `credential-rejected`: k rejections at any pace and no acceptance in between; each bound from both sides.
import { describe, expect, it } from "vitest";
import {
  credentialRejected,
  REJECTIONS_KEPT_MAX,
} from "../../../../../control-plane/src/core/facts/rules/credential-rejected.ts";
import { START_AT } from "../../shard/shard-driver.ts";
import { driveRule, type FactBody, HOUR_MS, MINUTE_MS } from "../fact-driver.ts";

function use(isAccepted: boolean, credential = "key-7"): FactBody {
  return { kind: "credential-use", credential, isAccepted, detail: isAccepted ? "" : "401 invalid_grant" };
}

function drive(at: readonly number[], bounds = {}) {
  const rule = driveRule(credentialRejected, bounds);
  for (const atMs of at) rule.take(atMs, use(false));
  return rule;
}

describe("credential-rejected", () => {
  it.each([
    { at: [0, 1], fires: false },
    { at: [0, 1, 2], fires: true },
    { at: [0, MINUTE_MS, 15 * MINUTE_MS - 1], fires: true },
    { at: [0, MINUTE_MS, 15 * MINUTE_MS], fires: false },
  ])("rejected at $at ms, with a window of 15m: fires $fires", ({ at, fires }) => {
    expect(drive(at, { window: "15m" }).findingAt(15 * MINUTE_MS) !== null).toBe(fires);
  });

  it.each([
    ["ten minutes", 10 * MINUTE_MS],
    ["day", 24 * HOUR_MS],
    ["ninety days", 90 * 24 * HOUR_MS],
  ])("fires with the third rejection, one each %s", (_, everyMs) => {
    expect(drive([0, everyMs]).findingAt(2 * everyMs)).toBeNull();
    expect(drive([0, everyMs, 2 * everyMs]).findingAt(2 * everyMs)).not.toBeNull();
  });

  it("does not count what is a year old", () => {
    const YEAR_MS = 365 * 24 * HOUR_MS;
    expect(drive([0, 1, YEAR_MS - 1]).findingAt(YEAR_MS)).not.toBeNull();
    expect(drive([0, 1, YEAR_MS]).findingAt(YEAR_MS)).toBeNull();
  });

  it("an acceptance in between begins anew", () => {
    const rule = drive([0, 1]);
    rule.take(2, use(true));
    rule.take(3, use(false));
    rule.take(4, use(false));
    expect(rule.findingAt(5)).toBeNull();
    rule.take(5, use(false));
    expect(rule.findingAt(5)).not.toBeNull();
  });

  it("an acceptance that is older than a rejection does not lie in between", () => {
    const rule = drive([1 * HOUR_MS, 2 * HOUR_MS]);
    rule.take(HOUR_MS, use(true), 2 * HOUR_MS);
    rule.take(4 * HOUR_MS, use(false));
    expect(rule.findingAt(4 * HOUR_MS), "one was before it").toBeNull();
    rule.take(5 * HOUR_MS, use(false));
    expect(rule.findingAt(5 * HOUR_MS)).not.toBeNull();
    rule.take(HOUR_MS, use(true), 5 * HOUR_MS);
    expect(rule.findingAt(6 * HOUR_MS), "a session that began before all of them").not.toBeNull();
    rule.take(5 * HOUR_MS, use(true), 1);
    expect(rule.isForgottenAt(6 * HOUR_MS)).toBe(true);
  });

  // A session that began well between two rejections tells so only when it ends.
  it.each([
    { later: [4, 5, 6, 7, 8], fires: true },
    { later: [4, 5, 6], fires: true },
    { later: [6, 5, 4], fires: true },
    { later: [4, 5], fires: false },
    { later: [], fires: false },
  ])("an acceptance of the third hour, with rejections at $later since: fires $fires", ({ later, fires }) => {
    const rule = drive([1, 2, 3].map((hour) => hour * HOUR_MS));
    for (const hour of later) rule.take(hour * HOUR_MS, use(false), 5 * HOUR_MS);
    rule.take(3.5 * HOUR_MS, use(true), 10 * HOUR_MS);
    expect(rule.findingAt(14 * HOUR_MS) !== null).toBe(fires);
    expect(rule.isForgottenAt(14 * HOUR_MS)).toBe(later.length === 0);
    const missing = Math.max(0, 3 - later.length);
    for (let hour = 0; hour < missing; hour += 1) {
      expect(rule.findingAt(15 * HOUR_MS)).toBeNull();
      rule.take((20 + hour) * HOUR_MS, use(false));
    }
    expect(rule.findingAt(30 * HOUR_MS)?.happenedAt, "not before the acceptance").toBeGreaterThan(
      START_AT + 3.5 * HOUR_MS,
    );
    rule.take(31 * HOUR_MS, use(true));
    expect(rule.isForgottenAt(31 * HOUR_MS)).toBe(true);
  });

  it("counts each credential for itself", () => {
    const rule = drive([0, 1]);
    rule.take(2, use(false, "key-8"));
    expect(rule.findingAt(2)).toBeNull();
  });

  it("stays when nobody tries any more, and ends only with an acceptance", () => {
    const rule = drive([0, 1, 2]);
    expect(rule.findingAt(100 * HOUR_MS)).toMatchObject({
      severity: "critical",
      title: "Credentials of web on web-1 are rejected: key-7",
      happenedAt: START_AT,
      isRestartPointless: true,
      failureClass: "auth",
    });
    expect(rule.textsAt(HOUR_MS)).toEqual([
      "key-7 was rejected 3× and not accepted in between or since: 401 invalid_grant",
    ]);
    expect(drive([0, 10 * MINUTE_MS, 20 * MINUTE_MS]).textsAt(HOUR_MS)).toEqual([
      "key-7 was rejected 3× within 20m and not accepted in between or since: 401 invalid_grant",
    ]);
    rule.take(100 * HOUR_MS, use(true));
    expect(rule.isForgottenAt(100 * HOUR_MS)).toBe(true);
  });

  it("says and stores nothing more once it fires: 936 rejections are one memory", () => {
    const rule = drive([0, 1, 2]);
    const finding = rule.findingAt(3);
    const before = rule.slice();
    for (let index = 3; index < 936; index += 1) rule.take(index * MINUTE_MS, use(false));
    expect(rule.findingAt(936 * MINUTE_MS)).toEqual(finding);
    expect(credentialRejected.learned?.keeps(rule.slice())).toEqual(
      credentialRejected.learned?.keeps(before),
    );
    expect(JSON.stringify(rule.slice()).length).toBe(
      JSON.stringify(drive([0, 1, 2 * MINUTE_MS]).slice()).length,
    );
  });

  it("names two of them in the same order, whichever is rejected", () => {
    const rule = drive([0, 1, 2]);
    for (const at of [3, 4, 5]) rule.take(at, use(false, "key-8"));
    const finding = rule.findingAt(6);
    rule.take(7, use(false));
    expect(rule.findingAt(8)).toEqual(finding);
  });

  it("forgets too few rejections when they have left the window", () => {
    const rule = drive([0], { window: "15m" });
    expect(rule.isForgottenAt(15 * MINUTE_MS - 1)).toBe(false);
    expect(rule.isForgottenAt(15 * MINUTE_MS)).toBe(true);
  });

  it(`counts at most ${REJECTIONS_KEPT_MAX}, whatever the policy asks for`, () => {
    const at = Array.from({ length: REJECTIONS_KEPT_MAX }, (_, index) => index);
    expect(drive(at.slice(1), { rejectionsMin: 10_000 }).findingAt(1_000)).toBeNull();
    expect(drive(at, { rejectionsMin: 10_000 }).findingAt(1_000)).not.toBeNull();
  });
});
