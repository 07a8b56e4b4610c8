// `evidence-unreadable`: how long a reading may fail, what ends it, and what a host's absence means for it; each bound from
// both sides.
import { describe, expect, it } from "vitest";
import {
  evidenceUnreadable,
  UNREAD_MAX,
} from "../../../../../control-plane/src/core/facts/rules/evidence-unreadable.ts";
import { START_AT } from "../../shard/shard-driver.ts";
import { driveRule, type FactBody, HOUR_MS, MINUTE_MS } from "../fact-driver.ts";

const AFTER_MS = 15 * MINUTE_MS;

function fails(source = "counters", detail = "/x is not there"): FactBody {
  return { kind: "reading", source, isWell: false, detail };
}

function works(source = "counters"): FactBody {
  return { kind: "reading", source, isWell: true, detail: "" };
}

function drive(bounds = {}) {
  const rule = driveRule(evidenceUnreadable, bounds);
  rule.take(0, fails());
  return rule;
}

describe("evidence-unreadable", () => {
  it.each([
    { atMs: AFTER_MS - 1, fires: false },
    { atMs: AFTER_MS, fires: true },
    { atMs: 30 * 24 * HOUR_MS, fires: true },
  ])("after $atMs ms: fires $fires", ({ atMs, fires }) => {
    expect(drive().findingAt(atMs) !== null).toBe(fires);
  });

  it("says what, of whom and why, as a warning that no restart answers", () => {
    expect(drive().findingAt(AFTER_MS)).toMatchObject({
      severity: "warning",
      title: "Cannot read the work counters of web on web-1: /x is not there",
      alike: "counters",
      happenedAt: START_AT,
      freezes: false,
    });
    expect(drive().textsAt(AFTER_MS)).toEqual(["work counters: /x is not there"]);
  });

  it("goes by the policy's bound", () => {
    expect(drive({ after: "1h" }).findingAt(HOUR_MS - 1)).toBeNull();
    expect(drive({ after: "1h" }).findingAt(HOUR_MS)).not.toBeNull();
  });

  it("asks to be judged when it is due, and no more after that", () => {
    const rule = drive();
    expect(rule.nextAt(0)).toBe(AFTER_MS);
    expect(rule.nextAt(AFTER_MS)).toBeNull();
  });

  it("counts from its beginning, however often and in whatever words it is told again", () => {
    const rule = drive();
    const before = rule.slice();
    rule.take(5 * MINUTE_MS, fails());
    expect(rule.slice()).toBe(before);
    rule.take(10 * MINUTE_MS, fails("counters", "/x is empty"));
    expect(rule.textsAt(AFTER_MS)).toEqual(["work counters: /x is empty"]);
  });

  it("ends with a reading that works, and holds nothing then", () => {
    const rule = drive();
    rule.take(HOUR_MS, works());
    expect(rule.isForgottenAt(HOUR_MS)).toBe(true);
  });

  it("one that comes and goes is not blind", () => {
    const rule = drive();
    for (let minute = 5; minute < 120; minute += 10) {
      rule.take(minute * MINUTE_MS, works());
      rule.take((minute + 5) * MINUTE_MS, fails());
      expect(rule.findingAt((minute + 9) * MINUTE_MS)).toBeNull();
    }
  });

  it("a reading that works is no memory, whatever it is called", () => {
    const rule = driveRule(evidenceUnreadable);
    rule.take(0, works());
    rule.take(0, works("constructor"));
    expect(rule.isForgottenAt(0)).toBe(true);
  });

  it("names all that are due, and only these", () => {
    const rule = drive();
    rule.take(MINUTE_MS, fails("credentials", "no expiry"));
    rule.take(10 * MINUTE_MS, fails("ledger"));
    expect(rule.findingAt(AFTER_MS + MINUTE_MS)).toMatchObject({
      title: "Cannot read the work counters and credentials of web on web-1",
      count: 2,
    });
    rule.take(AFTER_MS + MINUTE_MS, works());
    expect(rule.findingAt(AFTER_MS + MINUTE_MS)).toMatchObject({
      title: "Cannot read the credentials of web on web-1: no expiry",
      alike: "credentials",
    });
  });

  it.each([
    ["ledger", "ledger file"],
    ["memory", "memory figures"],
    ["heartbeats", "declared heartbeats"],
    ["unit", "parts of the unit"],
    ["credentials", "credentials"],
  ])("says %s in plain words", (source, words) => {
    const rule = driveRule(evidenceUnreadable);
    rule.take(0, fails(source));
    expect(rule.textsAt(AFTER_MS)).toEqual([`${words}: /x is not there`]);
  });

  it(`remembers at most ${UNREAD_MAX}`, () => {
    const rule = driveRule(evidenceUnreadable);
    for (let index = 0; index <= UNREAD_MAX; index += 1) rule.take(0, fails(`kind-${index}`));
    expect(rule.slice()).toHaveLength(UNREAD_MAX);
  });
});

describe("while the host is away", () => {
  it("no time counts, and a whole wait follows its return", () => {
    const rule = drive();
    rule.hostUpSince(null);
    expect(rule.findingAt(HOUR_MS)).toBeNull();
    expect(rule.nextAt(HOUR_MS)).toBe(HOUR_MS + AFTER_MS);
    rule.hostUpSince(2 * HOUR_MS);
    expect(rule.findingAt(2 * HOUR_MS + AFTER_MS - 1)).toBeNull();
    expect(rule.findingAt(2 * HOUR_MS + AFTER_MS)).not.toBeNull();
  });

  it("what fires goes on, and the return is no end of it", () => {
    const rule = drive();
    rule.prune(AFTER_MS);
    rule.hostUpSince(null);
    expect(rule.findingAt(HOUR_MS)).not.toBeNull();
    rule.hostUpSince(2 * HOUR_MS);
    expect(rule.findingAt(2 * HOUR_MS)).not.toBeNull();
    rule.take(2 * HOUR_MS, works());
    expect(rule.isForgottenAt(2 * HOUR_MS)).toBe(true);
  });
});
