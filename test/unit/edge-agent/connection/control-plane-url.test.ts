// The control plane's address as people type it, and what is derived from it.
import { describe, expect, test } from "vitest";
import {
  audienceOf,
  connectUrlOf,
  parseControlPlaneUrl,
} from "../../../../edge-agent/src/core/connection/control-plane-url.ts";

const strict = { allowHttp: false };

describe("parseControlPlaneUrl", () => {
  test.each([
    ["https://desk.example.org", "https://desk.example.org"],
    ["https://desk.example.org/", "https://desk.example.org"],
    ["https://desk.example.org:8443/a/b//?x=1#y", "https://desk.example.org:8443/a/b"],
    ["HTTPS://Desk.Example.org:443", "https://desk.example.org"],
    ["http://127.0.0.1:8787", "http://127.0.0.1:8787"],
    ["http://localhost:8787/", "http://localhost:8787"],
    ["http://[::1]:8787", "http://[::1]:8787"],
  ])("%s is taken as %s", (text, expected) => {
    expect(parseControlPlaneUrl(text, strict)).toEqual({ ok: true, value: expected });
  });

  test.each([
    ["desk.example.org", "url-unreadable"],
    ["", "url-unreadable"],
    ["ws://desk.example.org", "url-unreadable"],
    ["https://alice:secret@desk.example.org", "url-unreadable"],
    ["http://desk.example.org", "url-insecure"],
    ["http://127.0.0.1.example.org", "url-insecure"],
    ["http://localhost.example.org", "url-insecure"],
  ])("%s is refused as %s", (text, reason) => {
    expect(parseControlPlaneUrl(text, strict)).toMatchObject({ ok: false, error: { reason } });
  });

  test("a password is not repeated in the sentence", () => {
    const refused = parseControlPlaneUrl("https://alice:secret@desk.example.org", strict);
    expect(JSON.stringify(refused)).not.toContain("secret");
  });

  test("plain HTTP is taken where it was asked for by name", () => {
    expect(parseControlPlaneUrl("http://10.0.0.1", { allowHttp: true }).ok).toBe(true);
  });
});

test("an agent connects below the address, and is bound to its host and port", () => {
  const url = "https://desk.example.org:8443/fleet";
  expect(connectUrlOf(url, "shard-3", "host_1")).toBe(
    "wss://desk.example.org:8443/fleet/v1/agent/connect/shard-3/host_1",
  );
  expect(audienceOf(url)).toBe("desk.example.org:8443");
  expect(audienceOf("https://desk.example.org")).toBe("desk.example.org");
});
