// `credential-expiring`: before the expiry, at it, by the credential's own life, and what clears it; each bound from both
// sides.
import { describe, expect, it } from "vitest";
import {
  CREDENTIALS_MAX,
  credentialExpiring,
  LEAD_SHARE_MAX,
  RENEWAL_MIN_MS,
  RENEWALS_MIN,
  SELF_RENEWED_LIFE_MAX_MS,
  WATCHED_MIN_MS,
} from "../../../../../control-plane/src/core/facts/rules/credential-expiring.ts";
import { START_AT } from "../../shard/shard-driver.ts";
import { driveRule, type FactBody, HOUR_MS, MINUTE_MS } from "../fact-driver.ts";

const DAY_MS = 24 * HOUR_MS;

type CredentialBody = Extract<FactBody, { kind: "credential" }>;

function credential(
  expiresMs: number | null,
  name = "claude-bob",
  changes: Partial<CredentialBody> = {},
): CredentialBody {
  const expiresAt = expiresMs === null ? null : START_AT + expiresMs;
  return {
    kind: "credential",
    credential: name,
    fileKind: "file",
    owner: "bob",
    linkTarget: null,
    expiresAt,
    ...changes,
  };
}

const unread = () => credential(null, "claude-bob", { isExpiryUnread: true });

/** A rule that has seen these: when, and the expiry as it was then. */
function drive(...seen: readonly (readonly [number, number])[]) {
  const rule = driveRule(credentialExpiring);
  for (const [atMs, expiresMs] of seen) rule.take(atMs, credential(expiresMs));
  return rule;
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

describe("by its own life", () => {
  it("one whose life is not known is near when hours are left", () => {
    expect(drive([0, 5 * HOUR_MS]).findingAt(0)?.severity).toBe("warning");
    expect(drive([0, 3 * DAY_MS]).findingAt(0)?.severity).toBe("warning");
    expect(drive([0, 3 * DAY_MS + 1]).findingAt(0)).toBeNull();
  });

  it.each([
    { lifeMs: 8 * HOUR_MS, leadMs: 8 * HOUR_MS * LEAD_SHARE_MAX },
    { lifeMs: 20 * DAY_MS, leadMs: 2 * DAY_MS },
    { lifeMs: 90 * DAY_MS, leadMs: 3 * DAY_MS },
  ])(
    "one that was seen to be renewed for $lifeMs ms is near $leadMs ms before its end",
    ({ lifeMs, leadMs }) => {
      const rule = drive([0, HOUR_MS], [HOUR_MS, HOUR_MS + lifeMs]);
      expect(rule.nextAt(HOUR_MS)).toBe(HOUR_MS + lifeMs - leadMs);
      expect(rule.findingAt(HOUR_MS + lifeMs - leadMs - 1)).toBeNull();
      expect(rule.findingAt(HOUR_MS + lifeMs - leadMs)).toMatchObject({
        severity: "warning",
        happenedAt: START_AT + HOUR_MS + lifeMs - leadMs,
      });
    },
  );

  it("another one in its place, which ends sooner, has a life that nobody knows", () => {
    const rule = drive([0, HOUR_MS], [HOUR_MS, 9 * HOUR_MS], [2 * HOUR_MS, 8 * HOUR_MS]);
    expect(rule.findingAt(2 * HOUR_MS)?.severity).toBe("warning");
  });

  it("a renewal that nobody watched says nothing of its life: what was two days old may have lived for months", () => {
    const rule = driveRule(credentialExpiring);
    rule.take(0, credential(5 * DAY_MS));
    rule.hostUpSince(95 * DAY_MS - WATCHED_MIN_MS + 1);
    rule.take(95 * DAY_MS, credential(97 * DAY_MS));
    expect(rule.findingAt(95 * DAY_MS)?.severity).toBe("warning");
    rule.hostUpSince(95 * DAY_MS);
    rule.take(95 * DAY_MS + WATCHED_MIN_MS, credential(98 * DAY_MS));
    expect(rule.findingAt(95 * DAY_MS + WATCHED_MIN_MS)).toBeNull();
  });
});

describe("one that renews itself", () => {
  const declared = (expiresMs: number | null) => credential(expiresMs, "claude-bob", { refreshes: true });

  it("as is declared is neither near nor expired, and nothing to remember", () => {
    const rule = driveRule(credentialExpiring);
    rule.take(0, declared(HOUR_MS));
    expect(rule.isForgottenAt(2 * HOUR_MS)).toBe(true);
    rule.take(0, credential(HOUR_MS));
    expect(rule.findingAt(HOUR_MS)).toMatchObject({ isRestartPointless: true });
    rule.take(HOUR_MS, declared(HOUR_MS));
    expect(rule.isForgottenAt(HOUR_MS)).toBe(true);
  });

  it.each([
    ["in time", 50],
    ["at its last moment", 60],
    ["when it is used again", 900],
  ])(`${RENEWALS_MIN} times, %s, is the same`, (_, everyMinutes) => {
    const rule = driveRule(credentialExpiring);
    const everyMs = everyMinutes * MINUTE_MS;
    for (let count = 0; count <= RENEWALS_MIN; count += 1) {
      expect(rule.findingAt(count * everyMs + HOUR_MS) === null, `after ${count - 1} renewals`).toBe(
        count === 0,
      );
      rule.take(count * everyMs, credential(count * everyMs + HOUR_MS));
    }
    const lastAt = RENEWALS_MIN * everyMs;
    expect(rule.findingAt(lastAt + 100 * DAY_MS)).toBeNull();
    expect(rule.nextAt(lastAt)).toBeNull();
  });

  it.each([
    { lifeMs: SELF_RENEWED_LIFE_MAX_MS, isTold: false },
    { lifeMs: SELF_RENEWED_LIFE_MAX_MS + 1, isTold: true },
    { lifeMs: 365 * DAY_MS, isTold: true },
  ])("is never taken for it with a life of $lifeMs ms: $isTold", ({ lifeMs, isTold }) => {
    const rule = driveRule(credentialExpiring);
    for (let count = 0; count < 5; count += 1) {
      const atMs = Math.floor((count * lifeMs) / 2);
      rule.take(atMs, credential(atMs + lifeMs));
    }
    expect(rule.findingAt(10 * lifeMs) !== null).toBe(isTold);
  });

  it("is one no more when a long-lived one, or another one, has taken its place", () => {
    const renewed = [
      [0, HOUR_MS],
      [HOUR_MS, 2 * HOUR_MS],
      [2 * HOUR_MS, 3 * HOUR_MS],
    ] as const;
    const long = drive(...renewed, [3 * HOUR_MS, 90 * DAY_MS]);
    expect(long.findingAt(90 * DAY_MS)?.severity).toBe("critical");
    const other = drive(...renewed, [2 * HOUR_MS, 2.5 * HOUR_MS]);
    expect(other.findingAt(2 * HOUR_MS)?.severity).toBe("warning");
  });

  it("is still one after a renewal that nobody watched, and so is its life", () => {
    const rule = drive([0, HOUR_MS], [HOUR_MS, 2 * HOUR_MS], [2 * HOUR_MS, 3 * HOUR_MS]);
    rule.hostUpSince(9 * HOUR_MS);
    rule.take(9 * HOUR_MS, credential(9.5 * HOUR_MS));
    expect(rule.findingAt(20 * HOUR_MS)).toBeNull();
  });

  it("is not one for an expiry that is computed again and again", () => {
    const rule = drive([0, 8 * HOUR_MS]);
    for (let count = 1; count < 10; count += 1)
      rule.take(count, credential(8 * HOUR_MS + (count % 2) * (RENEWAL_MIN_MS - 1)));
    expect(rule.findingAt(HOUR_MS)?.severity).toBe("warning");
    expect(rule.findingAt(8 * HOUR_MS + RENEWAL_MIN_MS)?.severity).toBe("critical");
  });
});

describe("an expiry that cannot be read", () => {
  it.each([
    ["it says so", unread()],
    ["its file is missing", credential(null, "claude-bob", { fileKind: "missing" })],
  ])("because %s keeps what is known, and counts on", (_, fact) => {
    const rule = drive([0, 10 * DAY_MS]);
    rule.take(HOUR_MS, fact);
    const before = rule.slice();
    rule.take(2 * HOUR_MS, fact);
    expect(rule.slice()).toBe(before);
    expect(rule.findingAt(7 * DAY_MS - 1)).toBeNull();
    expect(rule.textsAt(8 * DAY_MS)).toEqual([
      "claude-bob expires in 2d, as it was read last: its expiry cannot be read now",
    ]);
    expect(rule.findingAt(10 * DAY_MS)?.severity).toBe("critical");
  });

  it("and was never read is nothing to remember", () => {
    const rule = driveRule(credentialExpiring);
    rule.take(0, unread());
    expect(rule.isForgottenAt(0)).toBe(true);
  });

  it("is over with a later expiry, or the same one, and by nothing that is unread", () => {
    const rule = drive([0, DAY_MS]);
    rule.take(HOUR_MS, unread());
    rule.take(2 * HOUR_MS, credential(DAY_MS));
    expect(rule.textsAt(2 * HOUR_MS)).toEqual(["claude-bob expires in 22h"]);
    rule.take(3 * HOUR_MS, unread());
    rule.take(2 * DAY_MS, credential(90 * DAY_MS));
    expect(rule.findingAt(2 * DAY_MS)).toBeNull();
    rule.take(3 * DAY_MS, unread());
    rule.take(4 * DAY_MS, credential(null));
    expect(rule.isForgottenAt(4 * DAY_MS)).toBe(true);
  });

  it("hides when it was renewed: its life is not known", () => {
    const rule = drive([0, HOUR_MS], [HOUR_MS, 2 * HOUR_MS]);
    rule.take(2 * HOUR_MS, unread());
    rule.take(20 * DAY_MS, credential(40 * DAY_MS));
    expect(rule.nextAt(20 * DAY_MS)).toBe(37 * DAY_MS);
  });
});
