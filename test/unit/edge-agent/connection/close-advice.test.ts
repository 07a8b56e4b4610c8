// Every way a connection ends has one sentence that says what to do, and a next step.
import { describe, expect, test } from "vitest";
import { CLOSE_CODES, type CloseReason } from "@countersign/shared/wire/close-codes";
import {
  adviseOn,
  CLOCK_SKEW_MAX_MS,
  describeClockSkew,
  describeNetworkFailure,
} from "../../../../edge-agent/src/core/connection/close-advice.ts";

const context = { url: "https://desk.example.org", wasWelcomed: false };

const nextByReason: Record<CloseReason, string> = {
  replaced: "retry-slowly",
  "frame-malformed": "retry-slowly",
  unauthenticated: "retry-slowly",
  "host-unknown": "exit",
  "challenge-expired": "retry",
  "identity-conflict": "retry-slowly",
  "frame-too-large": "retry-slowly",
  "message-unknown": "retry-slowly",
  "version-unsupported": "retry-slowly",
  "host-flooding": "pause",
};

describe("adviseOn", () => {
  test.each(Object.entries(nextByReason))("close reason %s → %s", (reason, next) => {
    const advice = adviseOn({ kind: "closed", code: CLOSE_CODES[reason as CloseReason] }, context);
    expect(advice.next).toBe(next);
    expect(advice.sentence).toMatch(/^[A-Z][^\n]*desk\.example\.org|^https:\/\/desk/);
  });

  test("a host that was once welcomed never gives up on a control plane that forgot it", () => {
    const ending = { kind: "closed", code: CLOSE_CODES["host-unknown"] } as const;
    expect(adviseOn(ending, { ...context, wasWelcomed: true }).next).toBe("retry-slowly");
  });

  test.each([
    [301, "retry-slowly"],
    [404, "retry-slowly"],
    [429, "retry"],
    [499, "retry-slowly"],
    [500, "retry"],
    [503, "retry"],
  ])("HTTP %i → %s", (status, next) => {
    expect(adviseOn({ kind: "http", status, retryAfterMs: null }, context).next).toBe(next);
  });

  test.each([1000, 1001, 1006, 1012, 4999])("a foreign close code %i is a plain reconnect", (code) => {
    expect(adviseOn({ kind: "closed", code }, context).next).toBe("retry");
  });

  test.each([
    [{ kind: "handshake-timeout" }, "retry"],
    [{ kind: "keepalive-unanswered", afterMs: 12_000 }, "retry"],
    [{ kind: "network", code: "ECONNREFUSED" }, "retry"],
    [{ kind: "protocol-broken", reason: "frame-malformed", detail: "not JSON" }, "retry"],
    [{ kind: "protocol-broken", reason: "version-unsupported", detail: "version 2" }, "retry-slowly"],
  ] as const)("%o → %s", (ending, next) => {
    expect(adviseOn(ending, context).next).toBe(next);
  });
});

describe("describeNetworkFailure", () => {
  test.each([
    ["ENOTFOUND", "typo"],
    ["EAI_AGAIN", "DNS"],
    ["ECONNREFUSED", "running"],
    ["ENETUNREACH", "network path"],
    ["ETIMEDOUT", "firewall"],
    ["ECONNRESET", "dropped"],
    ["CERT_NOT_YET_VALID", "clock"],
    ["CERT_HAS_EXPIRED", "clock"],
    ["EPROTO", "https://"],
    ["HPE_INVALID_CONSTANT", "https://"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "NODE_EXTRA_CA_CERTS"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate"],
    ["ESOMETHING", "ESOMETHING"],
  ])("%s says %s", (code, words) => {
    const sentence = describeNetworkFailure(code, "https://desk.example.org");
    expect(sentence).toContain(words);
    expect(sentence).toMatch(/\.$/);
  });
});

test.each([
  [CLOCK_SKEW_MAX_MS, null],
  [-CLOCK_SKEW_MAX_MS, null],
  [CLOCK_SKEW_MAX_MS + 1, "ahead of"],
  [-CLOCK_SKEW_MAX_MS - 1, "behind"],
])("a clock off by %i ms", (skewMs, words) => {
  const sentence = describeClockSkew(1_000_000, 1_000_000 + skewMs);
  if (words === null) expect(sentence).toBeNull();
  else expect(sentence).toContain(words);
});
