// CSRF tokens at both sides of each bound: the act, the secret, the age, the shape.
import { describe, expect, it } from "vitest";
import { CSRF_TOKEN_TTL_MS } from "@countersign/shared/values/limits";
import {
  CSRF_CLOCK_SKEW_MAX_MS,
  issueCsrfToken,
  verifyCsrfToken,
  type CsrfAct,
} from "../../../../control-plane/src/web/frame/csrf.ts";

const ISSUED_AT = 1_795_000_000_000;
const SECRET = "s".repeat(43);
const ACT: CsrfAct = { purpose: "approve", subject: "apr_a", proposalHash: "0".repeat(64) };
const token = await issueCsrfToken(SECRET, ACT, { now: ISSUED_AT, randomBytes: new Uint8Array(16).fill(7) });

async function verdictOf(
  change: { act?: CsrfAct; token?: string; now?: number; secret?: string } = {},
): Promise<string> {
  const claim = { token: change.token ?? token, now: change.now ?? ISSUED_AT };
  const result = await verifyCsrfToken(change.secret ?? SECRET, change.act ?? ACT, claim);
  return result.ok ? "ok" : result.error.reason;
}

describe("a token", () => {
  it("is taken for the act it was made for", async () => {
    expect(await verdictOf()).toBe("ok");
  });

  it.each<[string, Partial<CsrfAct>]>([
    ["another purpose", { purpose: "deny" }],
    ["another subject", { subject: "apr_b" }],
    ["another proposal", { proposalHash: `${"0".repeat(63)}1` }],
    ["fields shifted into each other", { subject: `apr_a${"0".repeat(64)}`, proposalHash: "" }],
  ])("is refused for %s", async (_name, change) => {
    expect(await verdictOf({ act: { ...ACT, ...change } })).toBe("csrf-wrong");
  });

  it("is refused for another sign-in", async () => {
    expect(await verdictOf({ secret: `${SECRET.slice(1)}t` })).toBe("csrf-wrong");
  });

  it.each([
    ["on the last millisecond", CSRF_TOKEN_TTL_MS - 1, "ok"],
    ["when its time is over", CSRF_TOKEN_TTL_MS, "csrf-expired"],
    ["from a clock that is ahead by the allowed skew", -CSRF_CLOCK_SKEW_MAX_MS, "ok"],
    ["from the future", -CSRF_CLOCK_SKEW_MAX_MS - 1, "csrf-wrong"],
  ])("%s: age %d ms gives %s", async (_name, ageMs, verdict) => {
    expect(await verdictOf({ now: ISSUED_AT + ageMs })).toBe(verdict);
  });

  it("cannot be made younger or given other randomness", async () => {
    const [issuedAt = "", random = "", mac = ""] = token.split(".");
    expect(await verdictOf({ token: `${Number(issuedAt) + 1}.${random}.${mac}` })).toBe("csrf-wrong");
    expect(await verdictOf({ token: `${issuedAt}.${"A".repeat(22)}.${mac}` })).toBe("csrf-wrong");
  });

  it.each(["", ".", "..", "1.2.3", `${token}.`, ` ${token}`, token.slice(1), "x".repeat(100_000)])(
    "of another shape is refused: %#",
    async (text) => {
      expect(await verdictOf({ token: text })).toMatch(/^csrf-(?:malformed|wrong)$/);
    },
  );

  it("differs with every randomness", async () => {
    const other = await issueCsrfToken(SECRET, ACT, { now: ISSUED_AT, randomBytes: new Uint8Array(16) });
    expect(other).not.toBe(token);
    expect(await verdictOf({ token: other })).toBe("ok");
  });
});
