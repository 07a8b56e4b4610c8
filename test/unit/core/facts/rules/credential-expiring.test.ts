// `credential-expiring`: before the expiry, at it, and what clears it; each bound from both sides.
import { describe, expect, it } from "vitest";
import {
  CREDENTIALS_MAX,
  credentialExpiring,
} from "../../../../../control-plane/src/core/facts/rules/credential-expiring.ts";
import { START_AT } from "../../shard/shard-driver.ts";
import { driveRule, type FactBody, HOUR_MS } from "../fact-driver.ts";

const DAY_MS = 24 * HOUR_MS;

function credential(expiresMs: number | null, name = "claude-bob"): FactBody {
  const expiresAt = expiresMs === null ? null : START_AT + expiresMs;
  return {
    kind: "credential",
    credential: name,
    fileKind: "file",
    owner: "bob",
    linkTarget: null,
    expiresAt,
  };
}

describe("credential-expiring", () => {
  it.each([
    { atMs: 7 * DAY_MS - 1, severity: undefined },
    { atMs: 7 * DAY_MS, severity: "warning" },
    { atMs: 10 * DAY_MS - 1, severity: "warning" },
    { atMs: 10 * DAY_MS, severity: "critical" },
  ])("three days before, and at the expiry: $severity", ({ atMs, severity }) => {
    const rule = driveRule(credentialExpiring);
    rule.take(0, credential(10 * DAY_MS));
    expect(rule.findingAt(atMs)?.severity).toBe(severity);
  });

  it("asks to be judged when it turns, and never after the expiry", () => {
    const rule = driveRule(credentialExpiring);
    rule.take(0, credential(10 * DAY_MS));
    expect(rule.nextAt(0)).toBe(7 * DAY_MS);
    expect(rule.nextAt(7 * DAY_MS)).toBe(10 * DAY_MS);
    expect(rule.nextAt(10 * DAY_MS)).toBeNull();
  });

  it("makes restarts pointless only once it has expired", () => {
    const rule = driveRule(credentialExpiring);
    rule.take(0, credential(DAY_MS));
    expect(rule.findingAt(0)).toMatchObject({
      isRestartPointless: false,
      title: "Credentials of web on web-1 about to expire: claude-bob",
    });
    expect(rule.findingAt(DAY_MS)).toMatchObject({
      isRestartPointless: true,
      failureClass: "auth",
      title: "Credentials of web on web-1 expired: claude-bob",
    });
  });

  it.each([
    { name: "a later expiry", to: 90 * DAY_MS },
    { name: "no expiry any more", to: null },
  ])("clears with $name", ({ to }) => {
    const rule = driveRule(credentialExpiring);
    rule.take(0, credential(DAY_MS));
    rule.take(HOUR_MS, credential(to));
    expect(rule.findingAt(2 * DAY_MS)).toBeNull();
  });

  it("is one finding for all, the most urgent first; a fact that says nothing new changes nothing", () => {
    const rule = driveRule(credentialExpiring, { before: "1d" });
    rule.take(0, credential(12 * HOUR_MS, "late"));
    rule.take(0, credential(6 * HOUR_MS, "soon"));
    rule.take(0, credential(9 * DAY_MS, "far"));
    const before = rule.slice();
    rule.take(1, credential(9 * DAY_MS, "far"));
    expect(rule.slice()).toBe(before);
    expect(rule.textsAt(0)).toEqual(["soon expires in 6h", "late expires in 12h"]);
    expect(rule.findingAt(7 * HOUR_MS)?.title).toBe("Credentials of web on web-1 expired: soon");
  });

  it(`remembers at most ${CREDENTIALS_MAX}, and none that has no expiry`, () => {
    const rule = driveRule(credentialExpiring);
    rule.take(0, credential(null));
    expect(rule.isForgottenAt(0)).toBe(true);
    for (let index = 0; index < 50; index += 1) rule.take(0, credential(DAY_MS, `c-${index}`));
    expect(rule.slice()).toHaveLength(CREDENTIALS_MAX);
    rule.take(0, credential(DAY_MS, "constructor"));
    expect(rule.findingAt(0)?.title).toContain("more");
  });
});
