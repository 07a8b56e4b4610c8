// `countersign people`: what is printed of people, their passkeys, devices and what waits, and what is asked of the API. The real API is in
// test/actors/api/command.test.ts.
import { beforeAll, describe, expect, it } from "vitest";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { ok, refuse } from "@countersign/shared/values/result";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { FIRST_RULES } from "@countersign/shared/wire/level-rule";
import type { OperatorApi } from "../../../control-plane/cli/api-calls.ts";
import { invite, listPeople, withdraw } from "../../../control-plane/cli/people/people-acts.ts";
import { newAuthenticator } from "../../../control-plane/embedded/story/authenticator.ts";

const HOUR_MS = 3_600_000;
const PARTY = { rpId: "desk.test", origins: ["https://desk.test"] };
const ALL = ["look", "answer", "approve", "administer"];

let credential: object;
let credentialId: string;
let versions: readonly object[];

beforeAll(async () => {
  const own = await newAuthenticator({ origin: "https://desk.test", rpId: "desk.test" });
  ({ credentialId } = own);
  const { isSynced, publicKey } = own;
  credential = { credentialId, algorithm: "ES256", publicKey, isSynced, name: "Ada's phone" };
  const trust = JSON.stringify({
    format: 2,
    version: 1,
    previous: null,
    approvers: [{ person: "ada", credentials: [credential] }],
    threshold: 1,
    levels: FIRST_RULES,
    deskKeys: [{ keyId: "desk-1", publicKey: encodeBase64(new Uint8Array(32)) }],
  });
  versions = [{ trust: encodeBase64(encodeUtf8(trust)), signatures: [] }];
});

function approvers(waiting: readonly string[] = []) {
  return {
    party: PARTY,
    domains: [],
    people: [
      { person: "ada", name: "Ada", roles: ALL },
      { person: "bob", name: "Bob", roles: ["look", "answer"] },
    ],
    candidates: waiting.map((id) => ({
      person: "bob",
      credential: { ...credential, credentialId: id, name: "Bob's key" },
      deviceName: "Phone",
      hash: "ab".repeat(32),
      madeAt: 0,
      expiresAt: Date.UTC(2026, 3, 3),
    })),
    drafts: [],
    uses: [{ credentialId, usedAt: HOUR_MS, usedFor: "approval" }],
  };
}

/** A desk that answers by call; a call that is not there is refused. */
function deskWith(answers: Readonly<Record<string, object>>) {
  const [printed, complained, asked]: [string[], string[], unknown[]] = [[], [], []];
  const ask = async (call: string, asking: object) => {
    asked.push([call, asking]);
    const answer = answers[call];
    return answer === undefined ? refuse({ reason: "refused", sentence: "No.", problem: null }) : ok(answer);
  };
  const output = {
    print: (text: string) => void printed.push(text),
    complain: (text: string) => void complained.push(text),
  };
  return { desk: { api: { ask } as unknown as OperatorApi, output }, printed, complained, asked };
}

describe("countersign people list", () => {
  const signIns = [
    { signInId: "sgn_1", deviceName: "Laptop", responder: "eve", openedAt: 0, expiresAt: 9, usedAt: 0 },
  ];

  it("says each one's roles, passkeys with their last use, devices, and what waits", async () => {
    const { desk, printed } = deskWith({
      "GET /v1/admin/trust": { party: PARTY, versions },
      "GET /v1/admin/approvers": approvers(["AbC3dEf4"]),
      "GET /v1/admin/sign-ins": { signIns },
    });
    expect(await listPeople({}, desk, 3 * HOUR_MS)).toBe(0);
    const lines = (printed[0] ?? "").split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        "ada     Ada                look, answer, approve, administer",
        "bob     Bob                look, answer",
        "eve     not in the policy  –",
        `  passkey ${credentialId.slice(0, 12)}  Ada's phone, device-bound, used 2h ago to approve`,
        "  device  sgn_1  Laptop, used 3h ago",
        "  waits   AbC3dEf4  Bob's key, until 2026-04-03T00:00Z",
        expect.stringMatching(/^ {10}(?:[a-z]+ ){7}[a-z]+$/),
      ]),
    );
    expect(await listPeople({ json: true }, desk, 0)).toBe(0);
    expect(JSON.parse(printed[1] ?? "")).toMatchObject({
      people: [
        {
          person: "ada",
          roles: ALL,
          passkeys: [{ lastUse: { usedFor: "approval" } }],
          devices: [],
          waiting: [],
        },
        { person: "bob", passkeys: [], waiting: [{ name: "Bob's key" }] },
        { person: "eve", name: null, roles: [], devices: [{ name: "Laptop" }] },
      ],
    });
  });

  it("says where the first passkey is made while nobody has one, and ends with 1 when it is refused", async () => {
    const { desk, printed } = deskWith({
      "GET /v1/admin/trust": { party: PARTY, versions: [] },
      "GET /v1/admin/approvers": { ...approvers(), uses: [] },
      "GET /v1/admin/sign-ins": { signIns: [] },
    });
    expect(await listPeople({}, desk, 0)).toBe(0);
    expect(printed[0]).toContain("Nobody has a passkey yet");
    expect(await listPeople({}, deskWith({}).desk, 0)).toBe(1);
  });
});

describe("countersign people invite", () => {
  const url = "https://desk.test/sign-in/csi_x";
  const call = "POST /v1/admin/sign-in-tokens";
  const isOnTerminal = true;

  it("prints the link alone on stdout, and on a terminal a code beside it", async () => {
    const made = { delivery: "printed", token: "csi_x", expiresAt: 0, url };
    const shown = deskWith({ [call]: made });
    expect(await invite("bob", { isOnTerminal }, shown.desk)).toBe(0);
    expect([shown.printed, shown.complained.length]).toEqual([[url], 2]);
    expect(shown.asked).toEqual([[call, { body: { responder: "bob" } }]]);
    const piped = deskWith({ [call]: made });
    expect(await invite("bob", { isOnTerminal: false }, piped.desk)).toBe(0);
    expect([piped.printed, piped.complained.length]).toEqual([[url], 1]);
  });

  it("says where a link went that was sent, and ends with 1 when there is none", async () => {
    const sent = deskWith({ [call]: { delivery: "paged", channel: "ntfy", expiresAt: HOUR_MS } });
    expect(await invite("bob", { isOnTerminal }, sent.desk)).toBe(0);
    expect(sent.printed).toEqual([
      "Sent to bob by ntfy. It opens the desk once, until 1970-01-01T01:00:00.000Z.",
    ]);
    expect(await invite("bob", { isOnTerminal }, deskWith({}).desk)).toBe(1);
  });
});

describe("countersign people withdraw", () => {
  it.each([
    ["AbC3", 0, "AbC3dEf4"],
    ["Ab", 1, null],
    ["zz", 1, null],
  ])("takes back by the beginning %s: ends with %i", async (named, code, id) => {
    const call = "DELETE /v1/admin/candidates/:id";
    const waiting = ["AbC3dEf4", "AbX"];
    const { asked, desk } = deskWith({ "GET /v1/admin/approvers": approvers(waiting), [call]: { ok: true } });
    expect(await withdraw(named, {}, desk)).toBe(code);
    expect(asked.slice(1)).toEqual(id === null ? [] : [[call, { params: { id } }]]);
  });
});
