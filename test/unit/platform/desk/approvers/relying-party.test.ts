// At which domains a desk's passkeys can be made, by its address.
import { describe, expect, it } from "vitest";
import {
  domainsAt,
  partyAt,
} from "../../../../../control-plane/src/platform/desk/approvers/relying-party.ts";

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
