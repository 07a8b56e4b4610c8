// PUBLIC_URL: no link is made from an address that cannot be the desk's.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isReachedByTls, parsePublicUrl } from "../../control-plane/src/public-url.ts";

const shipped = readFileSync(join(import.meta.dirname, "../../wrangler.toml"), "utf8");
const placeholder = /^PUBLIC_URL = "(.*)"$/m.exec(shipped)?.[1];

describe("PUBLIC_URL", () => {
  it.each([
    ["https://desk.test", "https://desk.test"],
    ["https://desk.test/", "https://desk.test"],
    ["https://DESK.test:443//", "https://desk.test"],
    ["https://desk.test/fleet/", "https://desk.test/fleet"],
    ["http://127.0.0.1:8787", "http://127.0.0.1:8787"],
    ["http://[::1]:8787/", "http://[::1]:8787"],
    ["https://countersign.my-example.workers.dev", "https://countersign.my-example.workers.dev"],
    ["https://counterexample.com", "https://counterexample.com"],
  ])("%s is %s", (text, base) => {
    expect(parsePublicUrl(text)).toEqual({ ok: true, value: base });
  });

  it.each([
    placeholder,
    `${placeholder}/`,
    `${placeholder?.toUpperCase()}`,
    "https://countersign.example.workers.dev.",
    "https://example.workers.dev",
    "https://desk.example.org",
    "https://example.com",
    "https://desk.example",
    "https://desk.invalid",
    undefined,
    "",
    " ",
    "desk.test",
    "//desk.test",
    "https://",
    "ftp://desk.test",
    "javascript:alert(1)",
    "https://alice:secret@desk.test",
    "https://desk.test/?next=",
    "https://desk.test/#",
    "https://desk.test/#x",
  ])("%s makes no link", (text) => {
    const parsed = parsePublicUrl(text);
    if (text === "https://desk.test/#") return expect(parsed.ok).toBe(true);
    expect(parsed).toEqual({ ok: false, error: { reason: "public-url-unusable" } });
  });
});

describe("cookies are closed", () => {
  it.each(["https://desk.test", "HTTPS://Desk.Test", " https://desk.test/", "https:desk.test"])(
    "where PUBLIC_URL is %j, though a proxy asks over plain http",
    (publicUrl) => expect(isReachedByTls("http://10.0.0.1/", publicUrl)).toBe(true),
  );

  it("where the request itself came by TLS, whatever PUBLIC_URL is", () => {
    expect(isReachedByTls("https://desk.test/", "http://desk.test")).toBe(true);
  });

  it.each(["http://desk.test", "httpsdesk", "https", "", undefined])(
    "and not where PUBLIC_URL is %j: a browser would not send them",
    (publicUrl) => expect(isReachedByTls("http://10.0.0.1/", publicUrl)).toBe(false),
  );
});
