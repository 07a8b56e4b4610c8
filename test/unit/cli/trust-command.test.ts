// `countersign trust`: what is printed of a chain that holds, that one which does not is refused, and what the next version would be. The real API
// is in test/actors/api.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { ok, refuse } from "@countersign/shared/values/result";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { challengeOf } from "@countersign/shared/wire/assertion";
import { parseTrust, type SignedTrust, trustHashOf } from "@countersign/shared/wire/fleet-trust";
import { DESK_ALONE, FIRST_RULES, ONE_PERSON } from "@countersign/shared/wire/level-rule";
import type { OperatorApi } from "../../../control-plane/cli/api-calls.ts";
import {
  listTrust,
  makeNextTrust,
  type NextOptions,
  publishTrust,
  showTrust,
} from "../../../control-plane/cli/trust/trust-acts.ts";
import {
  beginAnew,
  chooseDomain,
  draftChanges,
  draftFile,
  dropDraft,
} from "../../../control-plane/cli/trust/waiting-acts.ts";
import {
  newAuthenticator,
  type SoftwareAuthenticator,
} from "../../../control-plane/embedded/story/authenticator.ts";
import { parseLevel } from "../../../control-plane/src/core/words/next-trust.ts";

const PARTY = { rpId: "desk.test", origins: ["https://desk.test"] };
const DESK_KEY = { keyId: "desk-1", publicKey: encodeBase64(new Uint8Array(32)) };
const NOTHING = { add: [], remove: [], removePasskey: [], threshold: null, levels: [] };
const folder = mkdtempSync(join(tmpdir(), "countersign-trust-"));

let ada: SoftwareAuthenticator;
let bob: SoftwareAuthenticator;
let first: SignedTrust;
let firstText: string;

beforeAll(async () => {
  [ada, bob] = await Promise.all([passkey(), passkey()]);
  firstText = JSON.stringify({
    format: 2,
    version: 1,
    previous: null,
    approvers: [{ person: "ada", credentials: [credentialOf(ada, "Ada's phone")] }],
    threshold: 1,
    levels: FIRST_RULES,
    deskKeys: [DESK_KEY],
  });
  first = { trust: base64(firstText), signatures: [] };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function passkey(): Promise<SoftwareAuthenticator> {
  return newAuthenticator({ origin: "https://desk.test", rpId: "desk.test" });
}

function credentialOf({ credentialId, isSynced, publicKey }: SoftwareAuthenticator, name: string) {
  return { credentialId, algorithm: "ES256", publicKey, isSynced, name } as const;
}

const base64 = (text: string) => encodeBase64(encodeUtf8(text));

async function signedBy(signer: SoftwareAuthenticator, text: string): Promise<SignedTrust> {
  return { trust: base64(text), signatures: [await signer.sign(challengeOf("trust", encodeUtf8(text)))] };
}

function fileOf(name: string, content: object | string): string {
  const file = join(folder, name);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

const NOTHING_WAITS = { party: PARTY, domains: [], people: [], candidates: [], drafts: [], uses: [] };

/** A desk with these versions, which takes the next one, or refuses it. */
function deskWith(versions: readonly SignedTrust[], isTaken = true, waiting: object = NOTHING_WAITS) {
  const [printed, complained, bodies]: [string[], string[], unknown[]] = [[], [], []];
  const ask = async (call: string, { body }: { readonly body?: unknown }) => {
    if (call === "GET /v1/admin/approvers") return ok(waiting);
    if (call.startsWith("GET")) return ok({ party: PARTY, versions });
    bodies.push(body);
    const hash = "ab".repeat(32);
    return isTaken
      ? ok({ version: 2, hash, missing: 1 })
      : refuse({ reason: "refused", sentence: "Not signed by its people.", problem: null });
  };
  const output = {
    print: (text: string) => void printed.push(text),
    complain: (text: string) => void complained.push(text),
  };
  return { desk: { api: { ask } as unknown as OperatorApi, output }, printed, complained, bodies };
}

/** The text of the next version, as the command prints it. */
async function nextText(changes: object, versions = [first]): Promise<string> {
  const { desk, printed } = deskWith(versions);
  expect(await makeNextTrust({ ...NOTHING, ...changes }, desk)).toBe(0);
  return `${printed[0] ?? ""}\n`;
}

describe("countersign trust show", () => {
  it("says people, passkeys, levels and the words", async () => {
    const { desk, printed } = deskWith([first]);
    expect(await showTrust({}, desk)).toBe(0);
    const [text = ""] = printed;
    expect(text).toMatch(/^Version 1: (?:[a-z]+ ){7}[a-z]+\n/);
    expect(text).toContain("ada     device-bound  ES256");
    expect(text).toContain("4      restart            the desk and one person\n");
  });

  it("says what waits: passkeys to be let in, and versions with who must still sign", async () => {
    const add = [{ person: "bob", file: fileOf("bob.json", credentialOf(bob, "Bob's key")) }];
    const text = base64(await nextText({ add }));
    const [expiresAt, hash] = [Date.UTC(2026, 3, 3), "ab".repeat(32)];
    const draft = {
      hash,
      text,
      by: { kind: "admin", name: null },
      madeAt: 0,
      expiresAt,
      signed: [],
      missing: 1,
    };
    const credential = credentialOf(bob, "Bob's key");
    const candidate = { person: "bob", credential, deviceName: "Phone", hash, madeAt: 0, expiresAt };
    const waiting = { ...NOTHING_WAITS, candidates: [candidate], drafts: [draft] };
    const { desk, printed } = deskWith([first], true, waiting);
    expect(await showTrust({}, desk)).toBe(0);
    expect(printed[0]).toContain(`Waits to be let in until 2026-04-03T00:00Z: bob's passkey "Bob's key"`);
    expect(printed[0]).toContain(
      "Version 2 waits for signatures until 2026-04-03T00:00Z, handed over by admin",
    );
    expect(printed[0]).toContain("signed by nobody; 1 more of: ada");
    expect(await showTrust({ json: true }, desk)).toBe(0);
    const eight = expect.stringMatching(/^(?:[a-z]+ ){7}[a-z]+$/);
    expect(JSON.parse(printed[1] ?? "")).toMatchObject({
      candidates: [{ person: "bob", words: eight }],
      drafts: [{ missing: 1, words: eight }],
    });
  });

  it("says which domain can be chosen", async () => {
    const waiting = { ...NOTHING_WAITS, domains: ["desk.test", "test"] };
    const { desk, printed } = deskWith([], true, waiting);
    expect(await showTrust({}, desk)).toBe(0);
    expect(printed[0]).toContain("desk.test or test (`countersign trust domain`)");
  });

  it("says where the first passkey is made while there is none", async () => {
    const { desk, printed } = deskWith([]);
    expect(await showTrust({}, desk)).toBe(0);
    expect(printed[0]).toContain("/passkey");
  });
});

describe("countersign trust history", () => {
  it("verifies each version, and says who signed it and what it changed", async () => {
    const add = [{ person: "bob", file: fileOf("bob.json", credentialOf(bob, "Bob's key")) }];
    const second = await signedBy(ada, await nextText({ add }));
    const { desk, printed } = deskWith([first, second]);
    expect(await listTrust({ json: true }, desk)).toBe(0);
    const [newest, oldest] = JSON.parse(printed[0] ?? "") as object[];
    expect(newest).toMatchObject({
      version: 2,
      signedBy: ["ada"],
      changes: ["added: bob's passkey \"Bob's key\""],
    });
    expect(oldest).toMatchObject({ version: 1, signedBy: [] });
  });

  it.each([
    ["signed by somebody else", async (text: string) => signedBy(bob, text)],
    ["signed by nobody", async (text: string) => ({ trust: base64(text), signatures: [] })],
  ])("refuses a version that is %s", async (_, sign) => {
    const { complained, desk, printed } = deskWith([first, await sign(await nextText({ threshold: 1 }))]);
    expect(await listTrust({}, desk)).toBe(1);
    expect([printed, complained.length]).toEqual([[], 1]);
  });
});

describe("countersign trust next", () => {
  it("makes the text that follows from the newest version, and names it by its words", async () => {
    const add = [{ person: "bob", file: fileOf("bob.json", credentialOf(bob, "Bob's key")) }];
    const levels = [parseLevel("4=2,not-asker,device-bound"), parseLevel("5=closed")];
    const text = await nextText({ add, levels, threshold: 2 });
    const read = parseTrust(encodeUtf8(text));
    expect(read).toMatchObject({
      ok: true,
      value: {
        version: 2,
        previous: trustHashOf(encodeUtf8(firstText)),
        threshold: 2,
        approvers: [{ person: "ada" }, { person: "bob" }],
        levels: { 4: { people: 2, mayAskerSign: false, credentials: "device-bound" } },
      },
    });
    expect(read.ok && read.value.levels[5]).toBe(undefined);
    const { desk, printed } = deskWith([first]);
    expect(await makeNextTrust({ ...NOTHING, add, json: true }, desk)).toBe(0);
    expect(JSON.parse(printed[0] ?? "")).toMatchObject({
      version: 2,
      changes: [expect.stringContaining("bob")],
    });
  });

  it.each<[string, Partial<NextOptions>, string]>([
    ["somebody goes who is none", { remove: ["eve"] }, "eve is no approver."],
    ["nobody would be left", { remove: ["ada"] }, "Nobody would be left who may approve."],
    ["a passkey goes that is not there", { removePasskey: ["zz"] }, "No passkey's id begins with zz."],
    [
      "more would have to sign than there are",
      { threshold: 2 },
      "2 approvers must sign each version, and there would be 1: lower that number, or add somebody.",
    ],
    [
      "a level wants more people than there are",
      { levels: [{ level: 4, rule: { ...ONE_PERSON, people: 2 } }] },
      "Level 4 (restart) wants 2 approvers, and there would be 1: change its rule, or add somebody.",
    ],
    [
      "a level of people is left to the desk",
      { levels: [{ level: 5, rule: DESK_ALONE }] },
      "Level 5 (config fallback) needs at least one person: the desk alone never will do.",
    ],
    ["a key of the desk goes that it has not", { removeDeskKeys: ["desk-9"] }, "The desk has no key desk-9."],
    [
      "no key of the desk would be left",
      { removeDeskKeys: ["desk-1"] },
      "No key of the desk would be left, and no host would take anything from it.",
    ],
    [
      "a key of the desk would be there twice",
      { addDeskKeys: [DESK_KEY] },
      "A key of the desk would be there twice, or there would be more than four.",
    ],
    ["a file holds no passkey", { add: [{ person: "bob", file: fileOf("no.json", "{}") }] }, "does not hold"],
    ["a file is not there", { add: [{ person: "bob", file: join(folder, "none.json") }] }, "none.json"],
  ])("ends with 2 when %s, and says so in a sentence", async (_, changes, sentence) => {
    const { complained, desk, printed } = deskWith([first]);
    expect(await makeNextTrust({ ...NOTHING, ...changes }, desk)).toBe(2);
    expect([printed, complained]).toEqual([[], [expect.stringContaining(sentence)]]);
  });

  it("says which passkey would be there twice, and how many are too many", async () => {
    const again = (person: string) => [{ person, file: fileOf("ada.json", credentialOf(ada, "Again")) }];
    const { complained, desk } = deskWith([first]);
    expect(await makeNextTrust({ ...NOTHING, add: again("bob") }, desk)).toBe(2);
    expect(complained).toEqual([
      '"Again" of bob would be there twice: each passkey counts for one person, once.',
    ]);
    const many = await Promise.all(Array.from({ length: 5 }, passkey));
    const add = many.map((own, index) => ({
      person: "ada",
      file: fileOf(`ada-${index}.json`, credentialOf(own, `Key ${index}`)),
    }));
    expect(await makeNextTrust({ ...NOTHING, add }, desk)).toBe(2);
    expect(complained[1]).toBe("ada would have 6 passkeys, and 5 is the most.");
  });

  it("puts another key of the desk beside the first, or in its place", async () => {
    const other = { keyId: "desk-2", publicKey: encodeBase64(new Uint8Array(32).fill(7)) };
    const read = parseTrust(encodeUtf8(await nextText({ addDeskKeys: [other], removeDeskKeys: ["desk-1"] })));
    expect(read).toMatchObject({ ok: true, value: { deskKeys: [other] } });
  });

  it.each(["4", "0=1", "6=1", "4=9", "4=", "4=desk,not-asker", "4=1,twice", "4=0"])(
    "takes %s for no rule",
    (said) => {
      expect(parseLevel(said)).toBe(null);
    },
  );
});

describe("countersign trust publish", () => {
  it("sends what was signed as it is", async () => {
    const signed = await signedBy(ada, await nextText({}));
    const { bodies, desk, printed } = deskWith([first]);
    expect(await publishTrust(fileOf("signed.json", signed), {}, desk)).toBe(0);
    expect([bodies, printed.length]).toEqual([[signed], 1]);
  });

  it("ends with 2 for a file of another shape, and sends nothing; with 1 when it is refused", async () => {
    const { bodies, desk } = deskWith([first], false);
    const unsigned = fileOf("unsigned.json", await nextText({}));
    const torn = fileOf("torn.json", { trust: "e30=", signatures: [] });
    for (const file of [unsigned, torn, fileOf("text.json", "no")])
      expect(await publishTrust(file, {}, desk)).toBe(2);
    expect(bodies).toEqual([]);
    expect(await publishTrust(fileOf("signed.json", await signedBy(bob, await nextText({}))), {}, desk)).toBe(
      1,
    );
  });
});

describe("countersign trust draft", () => {
  it("hands over exactly the text that would be signed, composed or from a file", async () => {
    const { bodies, complained, desk, printed } = deskWith([first]);
    const add = [{ person: "bob", file: fileOf("bob.json", credentialOf(bob, "Bob's key")) }];
    expect(await draftChanges({ ...NOTHING, add }, desk)).toBe(0);
    const text = await nextText({ add });
    expect(await draftFile(fileOf("next.json", text), {}, desk)).toBe(0);
    expect(bodies).toEqual([{ text: base64(text) }, { text: base64(text) }]);
    expect(complained).toEqual(["added: bob's passkey \"Bob's key\""]);
    expect(printed[1]).toBe(
      `Approvers sign it on the desk: https://desk.test/passkey/next?draft=${"ab".repeat(32)}`,
    );
  });

  it("hands over nothing that changes nothing, nor what is no version; ends with 1 when it is refused", async () => {
    const { bodies, desk } = deskWith([first], false);
    expect(await draftChanges(NOTHING, desk)).toBe(2);
    expect(await draftFile(fileOf("no.json", "{}"), {}, desk)).toBe(2);
    expect(await draftFile(join(folder, "none.json"), {}, desk)).toBe(2);
    expect(bodies).toEqual([]);
    expect(await draftFile(fileOf("next.json", await nextText({})), {}, desk)).toBe(1);
  });
});

describe("countersign trust drop", () => {
  it.each([
    ["abab", 0, 1],
    ["ab", 1, 0],
    ["cd", 1, 0],
  ])("drops by the beginning %s: ends with %i", async (named, code, sent) => {
    const draft = { text: "", by: { kind: "desk" }, madeAt: 0, expiresAt: 0, signed: [], missing: 1 };
    const drafts = [
      { ...draft, hash: "ab".repeat(32) },
      { ...draft, hash: `ab00${"0".repeat(60)}` },
    ];
    const { bodies, desk } = deskWith([first], true, { ...NOTHING_WAITS, drafts });
    expect(await dropDraft(named, {}, desk)).toBe(code);
    expect(bodies).toHaveLength(sent);
  });
});

describe("countersign trust domain", () => {
  it("chooses one, or prints which can be chosen", async () => {
    const { bodies, desk, printed } = deskWith([], true, {
      ...NOTHING_WAITS,
      domains: ["desk.test", "test"],
    });
    expect(await chooseDomain(undefined, {}, desk)).toBe(0);
    expect(await chooseDomain("test", {}, desk)).toBe(0);
    expect(bodies).toEqual([{ rpId: "test" }]);
    expect(printed[0]).toBe("desk.test\ntest");
    expect(await chooseDomain("test", {}, deskWith([], false).desk)).toBe(1);
  });
});

describe("countersign trust begin-anew", () => {
  it("says what is lost, and does nothing, until it is confirmed", async () => {
    const { bodies, complained, desk, printed } = deskWith([first]);
    expect(await beginAnew({}, desk)).toBe(1);
    const told = complained.join("\n");
    expect([bodies, printed]).toEqual([[], []]);
    expect(told).toContain("1 passkey of 1 person, which belong to desk.test");
    expect(told).toContain("countersign-agent trust accept");
    expect(told).toContain("every yes in advance");
    expect(await beginAnew({ confirm: true, why: "the desk moves" }, desk)).toBe(0);
    expect(bodies).toEqual([{ confirm: true, why: "the desk moves" }]);
  });

  it("says so where nothing has begun, or what has does not hold; the desk's no ends with 1", async () => {
    const nothing = deskWith([]);
    expect(await beginAnew({}, nothing.desk)).toBe(1);
    expect(nothing.complained).toEqual([expect.stringContaining("Nobody has a passkey yet")]);
    const broken = deskWith([first, await signedBy(bob, await nextText({ threshold: 1 }))]);
    expect(await beginAnew({}, broken.desk)).toBe(1);
    expect(broken.complained.join()).toContain("all passkeys");
    expect(await beginAnew({ confirm: true, why: "x" }, deskWith([first], false).desk)).toBe(1);
  });
});
