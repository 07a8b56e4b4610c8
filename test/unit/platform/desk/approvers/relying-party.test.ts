// At which domains a desk's passkeys can be made, by its address.
import { describe, expect, it } from "vitest";
import {
  domainsAt,
  partyAt,
  partySince,
} from "../../../../../control-plane/src/platform/desk/approvers/relying-party.ts";
import { whereToSign } from "../../../../../control-plane/src/web/signing/where-to-sign.ts";

describe("domains that can be chosen", () => {
  it.each<[string, readonly string[]]>([
    ["https://desk.acme.test", ["desk.acme.test", "acme.test"]],
    ["https://acme.test:8443", ["acme.test"]],
    ["https://desk", ["desk"]],
    ["https://desk.acme.workers.dev", ["desk.acme.workers.dev", "acme.workers.dev"]],
    ["https://workers.dev", []],
    ["http://localhost:8787", []],
    ["http://desk.localhost:8787", []],
    ["http://127.0.0.1:8787", []],
    ["https://[2001:db8::1]", []],
    ["https://desk.acme.test.", []],
    ["https://desk.example.org", []],
    ["ftp://desk.acme.test", []],
    ["", []],
    ["no address", []],
  ])("at %s", (publicUrl, domains) => {
    expect(domainsAt(publicUrl)).toEqual(domains);
  });
});

describe("where people sign once there are passkeys", () => {
  const BEGUN = { rpId: "acme.test", origins: ["https://desk.acme.test"] };
  it.each<[string, readonly string[]]>([
    ["https://desk.acme.test", ["https://desk.acme.test"]],
    ["https://new.acme.test:8443/x", ["https://new.acme.test:8443", "https://desk.acme.test"]],
    ["https://acme.test", ["https://acme.test", "https://desk.acme.test"]],
    ["https://evilacme.test", ["https://desk.acme.test"]],
    ["https://acme.test.evil.test", ["https://desk.acme.test"]],
    ["https://192.0.2.7", ["https://desk.acme.test"]],
    ["", ["https://desk.acme.test"]],
  ])("with the desk at %s", (publicUrl, origins) => {
    expect(partySince(BEGUN, publicUrl)).toEqual({ rpId: "acme.test", origins });
  });

  it("are four addresses at the most, its own first", () => {
    const origins = [
      "https://a.acme.test",
      "https://b.acme.test",
      "https://c.acme.test",
      "https://d.acme.test",
    ];
    expect(partySince({ ...BEGUN, origins }, "https://e.acme.test").origins).toEqual([
      "https://e.acme.test",
      ...origins.slice(0, 3),
    ]);
  });
});

describe("what a view says of where it was opened", () => {
  const PARTY = { rpId: "acme.test", origins: ["https://desk.acme.test"] };
  it.each<[string, object]>([
    ["https://desk.acme.test", { kind: "here" }],
    ["https://new.acme.test", { kind: "here" }],
    ["https://desk.other.test", { kind: "moved", rpId: "acme.test", origin: "https://desk.other.test" }],
    ["https://192.0.2.7", { kind: "moved", rpId: "acme.test", origin: "https://192.0.2.7" }],
    ["http://desk.acme.test", { kind: "no-https", origin: "http://desk.acme.test" }],
  ])("with the desk at %s", (publicUrl, said) => {
    expect(whereToSign(partySince(PARTY, publicUrl), `${publicUrl}/passkey`, publicUrl)).toMatchObject(said);
  });
});

describe("where people sign", () => {
  it.each<[string, string | null, object | null]>([
    ["https://desk.acme.test", null, null],
    [
      "https://desk.acme.test",
      "desk.acme.test",
      { rpId: "desk.acme.test", origins: ["https://desk.acme.test"] },
    ],
    ["https://desk.acme.test", "acme.test", { rpId: "acme.test", origins: ["https://desk.acme.test"] }],
    ["https://desk.acme.test", "test", null],
    ["https://desk.acme.test", "me.test", null],
    ["https://desk.acme.test", "other.test", null],
    ["http://localhost:8787", null, { rpId: "localhost", origins: ["http://localhost:8787"] }],
    ["http://localhost:8787", "acme.test", { rpId: "localhost", origins: ["http://localhost:8787"] }],
    ["http://127.0.0.1:8787", "127.0.0.1", null],
    ["nowhere", "acme.test", null],
  ])("at %s, where %s was chosen", (publicUrl, chosen, party) => {
    expect(partyAt(publicUrl, chosen)).toEqual(party);
  });
});
