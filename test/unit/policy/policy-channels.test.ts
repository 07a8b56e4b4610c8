// What a policy may say of a channel: whose secret it names, and where it sends.
import { describe, expect, it } from "vitest";
import { parsePolicyText } from "../../../control-plane/src/policy/policy-file.ts";

const SECRET = "CHANNEL_HOOK";
const policyWith = (channel: object) =>
  parsePolicyText(JSON.stringify({ version: 1, channels: { terminal: { kind: "terminal" }, way: channel } }));
const hook = (settings: object) => policyWith({ kind: "webhook", secret: SECRET, ...settings });
const push = (settings: object) => policyWith({ kind: "ntfy", topic: "fleet", ...settings });
const problemsOf = (parsed: ReturnType<typeof hook>) =>
  parsed.ok ? [] : parsed.error.problems.map((problem) => JSON.stringify(problem));

describe("the secret of a channel", () => {
  const url = "https://chat.test/hook";

  it.each(["CHANNEL_A", "CHANNEL_NTFY_TOKEN", `CHANNEL_${"A".repeat(56)}`])("may be %s", (secret) => {
    expect(problemsOf(hook({ url, secret }))).toEqual([]);
    expect(problemsOf(push({ secret }))).toEqual([]);
  });

  it.each([
    "DESK_PRIVATE_KEY",
    "ADMIN_TOKEN",
    "DESK_PUBLIC_KEY",
    "POLICY",
    "PUBLIC_URL",
    "CF_API_TOKEN",
    "CHANNEL",
    "CHANNEL_",
    "CHANNELS_TOKEN",
    "MY_CHANNEL_TOKEN",
    "channel_token",
    " CHANNEL_TOKEN",
    "CHANNEL_TOKEN\n",
    "CHANNEL_token",
    `CHANNEL_${"A".repeat(57)}`,
    "constructor",
    "__proto__",
    "",
  ])("may not be %j", (secret) => {
    expect(problemsOf(hook({ url, secret }))).toHaveLength(1);
    expect(problemsOf(push({ secret }))).toHaveLength(1);
  });

  it("that only lacks the prefix is told its new name", () => {
    expect(problemsOf(push({ secret: "NTFY_TOKEN" }))[0]).toContain("CHANNEL_NTFY_TOKEN");
    expect(problemsOf(hook({ url, secret: "DESK_PRIVATE_KEY" }))[0]).not.toContain("CHANNEL_DESK");
  });

  it("that was written instead of its name is not repeated", () => {
    expect(problemsOf(hook({ url, secret: "whsec_c2VjcmV0" }))[0]).not.toContain("c2VjcmV0");
  });
});

describe("the address of a channel", () => {
  it.each([
    [hook({ url: "http://169.254.169.254/latest", insecure: true })],
    [hook({ url: "https://metadata.google.internal/x" })],
    [hook({ url: "https://alice:pass@chat.test/" })],
    [hook({ url: "http://chat.test/" })],
    [hook({ url: "http://10.0.0.5/" })],
    [push({ server: "http://ntfy.test" })],
    [push({ server: "http://[fe80::1]", insecure: true })],
    [push({ server: "https://[::ffff:169.254.169.254]" })],
  ])("is refused (%#)", (parsed) => {
    expect(problemsOf(parsed)).toHaveLength(1);
  });

  it.each([
    [hook({ url: "http://127.0.0.1:8080/hook" })],
    [hook({ url: "http://10.0.0.5/hook", insecure: true })],
    [push({ server: "http://192.168.1.9:8080", insecure: true })],
    [push({ server: "https://ntfy.test" })],
    [push({})],
  ])("is taken (%#)", (parsed) => {
    expect(problemsOf(parsed)).toEqual([]);
  });
});
