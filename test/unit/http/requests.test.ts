// Where a request comes from, and whether a person opened the view: tables of headers.
import { describe, expect, it } from "vitest";
import { isSameOrigin } from "../../../control-plane/src/http/origin.ts";
import { isOpenedByPerson } from "../../../control-plane/src/web/frame/opened-by-person.ts";

const OWN = "https://desk.example.org";

describe("same origin", () => {
  it.each<[string, string | null, string | null, boolean]>([
    ["nothing is named", null, null, false],
    ["own origin", OWN, null, true],
    ["own origin, both headers", OWN, "same-origin", true],
    ["only Sec-Fetch-Site, same origin", null, "same-origin", true],
    ["another origin", "https://evil.example", null, false],
    ["another port", `${OWN}:8443`, null, false],
    ["another scheme", "http://desk.example.org", null, false],
    ["own origin as a prefix", `${OWN}.evil.example`, null, false],
    ["opaque origin", "null", null, false],
    ["own origin, other site", OWN, "cross-site", false],
    ["sibling site", OWN, "same-site", false],
    ["typed by the person", null, "none", false],
  ])("%s", (_name, origin, fetchSite, expected) => {
    const source = { origin, fetchSite, requestUrl: `${OWN}/approvals/apr_a/approve`, publicUrl: OWN };
    expect(isSameOrigin(source)).toBe(expected);
  });

  it("takes the public address of a desk behind a proxy that ends TLS", () => {
    const source = { origin: OWN, fetchSite: null, requestUrl: "http://127.0.0.1:8787/", publicUrl: OWN };
    expect(isSameOrigin(source)).toBe(true);
  });

  it.each([
    ["https: the request's own address is not ours by itself", OWN, "https://other.example/", false],
    ["https: nor the same name without TLS", OWN, "http://desk.example.org/", false],
    ["http: any address at which it answers", "http://10.0.0.5:8787", "http://127.0.0.1:8787/", true],
    ["unset", "", "http://127.0.0.1:8787/", true],
  ])("%s", (_name, publicUrl, requestUrl, expected) => {
    const { origin } = new URL(requestUrl);
    expect(isSameOrigin({ origin, fetchSite: null, requestUrl, publicUrl })).toBe(expected);
  });

  it("does not take an opaque origin for an unreadable public address", () => {
    const source = { origin: "null", fetchSite: null, requestUrl: `${OWN}/`, publicUrl: "data:," };
    expect(isSameOrigin(source)).toBe(false);
  });
});

describe("opened by a person", () => {
  it.each<[string, string, Record<string, string>, boolean]>([
    ["a plain GET", "GET", {}, true],
    ["a navigation", "GET", { "Sec-Fetch-Dest": "document" }, true],
    ["HEAD", "HEAD", {}, false],
    ["a prefetch", "GET", { "Sec-Purpose": "prefetch" }, false],
    ["a prerender", "GET", { "Sec-Purpose": "prefetch;prerender" }, false],
    ["an old prefetch", "GET", { "X-Moz": "prefetch" }, false],
    ["a preview", "GET", { "X-Purpose": "preview" }, false],
    ["a frame", "GET", { "Sec-Fetch-Dest": "iframe" }, false],
    ["a fetch by a script", "GET", { "Sec-Fetch-Dest": "empty" }, false],
  ])("%s", (_name, method, headers, expected) => {
    const url = "http://localhost:8787/approvals/apr_a";
    expect(isOpenedByPerson({ method, url, headers: new Headers(headers) })).toBe(expected);
  });

  it("not when a view fetched itself", () => {
    const url = "http://localhost:8787/approvals/apr_a?again=1";
    expect(isOpenedByPerson({ method: "GET", url, headers: new Headers() })).toBe(false);
  });
});
