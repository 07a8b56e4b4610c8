// What is read as the expiry of a credential, from both sides of each bound, and what counts as a refresh token beside it.
// Whole files of tools are read in test/field.
import { describe, expect, test } from "vitest";
import { expiryInText } from "../../../../edge-agent/src/core/evidence/credential-expiry.ts";
import {
  DURATION_SECONDS_MAX,
  EXPIRY_SECONDS_MAX,
  EXPIRY_SECONDS_MIN,
  readExpiryInstant,
} from "../../../../edge-agent/src/core/evidence/expiry-instant.ts";

/** The instant, or the words of the refusal. */
function read(value: unknown, name = "expires"): number | string {
  const found = readExpiryInstant(value, name);
  return found.ok ? found.value : found.error.problem;
}

describe("a number", () => {
  test.each([
    [EXPIRY_SECONDS_MIN, EXPIRY_SECONDS_MIN * 1e3],
    [EXPIRY_SECONDS_MAX - 1, (EXPIRY_SECONDS_MAX - 1) * 1e3],
    [EXPIRY_SECONDS_MIN * 1e3, EXPIRY_SECONDS_MIN * 1e3],
    [EXPIRY_SECONDS_MAX * 1e3 - 1, EXPIRY_SECONDS_MAX * 1e3 - 1],
    [1_795_953_600.25, 1_795_953_600_250],
    ["1795953600", 1_795_953_600_000],
    [" 1795953600000\n", 1_795_953_600_000],
  ])("%j is %j", (value, at) => {
    expect(read(value)).toBe(at);
  });

  test.each([
    [0, "0 or less"],
    [-1, "0 or less"],
    ["-1", "0 or less"],
    [1, "a duration"],
    [3_600, "a duration"],
    ["3600", "a duration"],
    [28_800_000, "a duration"],
    [DURATION_SECONDS_MAX, "a duration"],
    [DURATION_SECONDS_MAX + 1, "before 2000"],
    [EXPIRY_SECONDS_MIN - 1, "before 2000"],
    [EXPIRY_SECONDS_MAX, "neither in seconds nor in milliseconds"],
    [253_402_300_799, "neither in seconds nor in milliseconds"],
    [EXPIRY_SECONDS_MIN * 1e3 - 1, "neither in seconds nor in milliseconds"],
    [EXPIRY_SECONDS_MAX * 1e3, "after 2100"],
    [253_402_300_799_999, "after 2100"],
    [EXPIRY_SECONDS_MIN * 1e6, "microseconds"],
    [EXPIRY_SECONDS_MIN * 1e9, "nanoseconds"],
    [Number.MAX_VALUE, "after 2100"],
  ])("%j is none: %s", (value, words) => {
    expect(read(value)).toContain(words);
  });

  test("in a field that is named as a duration is one, unless it is plainly an instant", () => {
    // 30 days in ms, which would be read as seconds in 2052
    expect(read(2_592_000_000, "expires_in_ms")).toContain("a duration");
    expect(read(2_592_000_000, "expiresIn")).toContain("a duration");
    expect(read(1_795_953_600_000, "expires_in")).toBe(1_795_953_600_000);
  });
});

describe("a text", () => {
  test.each([
    ["2026-11-29T12:00:00Z", 1_795_953_600_000],
    ["2026-11-29T12:00:00UTC", 1_795_953_600_000],
    ["2026-11-29 12:00:00 UTC", 1_795_953_600_000],
    ["2026-11-29T13:00:00.000000000+01:00", 1_795_953_600_000],
    ["2000-01-01T00:00:00Z", EXPIRY_SECONDS_MIN * 1e3],
  ])("%s is %j", (text, at) => {
    expect(read(text)).toBe(at);
  });

  test.each([
    ["1999-12-31T23:59:59Z", "before 2000"],
    ["0001-01-01T00:00:00Z", "before 2000"],
    ["2100-01-01T00:00:00Z", "after 2100"],
    ["2026-11-29T12:00:00", "without an offset"],
    ["2026-11-29", "without an offset"],
    ["2026-02-31T12:00:00Z", "is no instant"],
    ["in an hour", "is no instant"],
    ["", "is no instant"],
  ])("%j is none: %s", (text, words) => {
    expect(read(text)).toContain(words);
  });
});

describe("what stands in no sentence", () => {
  test.each([["sk-very-secret-1234567890"], [3_600.125], ["eyJhbGciOiJub25lIn0.eyJzZWNyZXQiOjF9.c2VjcmV0"]])(
    "is the value %j",
    (value) => {
      expect(String(read(value))).not.toContain(String(value));
    },
  );
});

describe("a refresh token beside it", () => {
  const found = (beside: object, expiry: { json: string } = { json: "a.expires" }) => {
    const text = JSON.stringify({ refresh_token: "elsewhere", a: { expires: 1_795_953_600, ...beside } });
    const expiresAt = expiryInText(text, expiry);
    return expiresAt.ok ? expiresAt.value.isRefreshable : expiresAt.error.problem;
  };
  test.each([
    [{ refresh_token: "x" }, true],
    [{ refreshToken: "x" }, true],
    [{ refresh: "x" }, true],
    [{ refresh: "" }, false],
    [{ refresh: null }, false],
    [{ refresh: true }, false],
    [{ refresh_url: "x" }, false],
    [{}, false],
  ])("%j: %j", (beside, is) => {
    expect(found(beside)).toBe(is);
  });

  test("renews no expiry of its own", () => {
    const beside = { refreshToken: "x", refreshTokenExpiresAt: 1_795_953_600 };
    expect(found(beside, { json: "a.refreshTokenExpiresAt" })).toBe(false);
  });
});

describe("a JWT", () => {
  const part = (claims: unknown) => Buffer.from(JSON.stringify(claims)).toString("base64url");
  const jwt = (claims: unknown) => `${part({ alg: "none" })}.${part(claims)}.`;
  const exp = (text: string) => {
    const found = expiryInText(text, "jwt");
    return found.ok ? found.value.expiresAt : found.error.problem;
  };

  test.each([
    [jwt({ exp: 1_795_953_600 })],
    [`  Bearer ${jwt({ exp: 1_795_953_600 })}\n`],
    [jwt({ exp: 1_795_953_600, name: "ü?>~" })],
  ])("%s is read", (text) => {
    expect(exp(text)).toBe(1_795_953_600_000);
  });

  test.each([
    [jwt({ sub: "x" }), "without `exp`"],
    [jwt({ exp: 1_795_953_600_000 }), "not in seconds"],
    [jwt({ exp: 0 }), "0 or less"],
    [jwt({ exp: null }), "is null"],
    [jwt([1]), "has no JWT"],
    ["a.b.c", "has no JWT"],
    ["a.b.c.d.e", "encrypted JWT"],
    ["{}", "is JSON"],
    ["", "is empty"],
  ])("%s is refused: %s", (text, words) => {
    expect(exp(text)).toContain(words);
  });
});
