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
import { FIRST_RULES, ONE_PERSON } from "@countersign/shared/wire/level-rule";
import type { OperatorApi } from "../../../control-plane/cli/api-calls.ts";
import {
  listTrust,
  makeNextTrust,
  type NextOptions,
  publishTrust,
  showTrust,
} from "../../../control-plane/cli/trust/trust-acts.ts";
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

/** A desk with these versions, which takes the next one, or refuses it. */
function deskWith(versions: readonly SignedTrust[], isTaken = true) {
  const [printed, complained, bodies]: [string[], string[], unknown[]] = [[], [], []];
  const ask = async (call: string, { body }: { readonly body?: unknown }) => {
    if (call.startsWith("GET")) return ok({ party: PARTY, versions });
    bodies.push(body);
    const hash = "ab".repeat(32);
    return isTaken
      ? ok({ version: 2, hash })
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

  it.each<[string, Partial<NextOptions>]>([
    ["somebody goes who is none", { remove: ["eve"] }],
    ["nobody would be left", { remove: ["ada"] }],
    ["a passkey goes that is not there", { removePasskey: ["zz"] }],
    ["more would have to sign than there are", { threshold: 2 }],
    [
      "a level wants more people than there are",
      { levels: [{ level: 4, rule: { ...ONE_PERSON, people: 2 } }] },
    ],
    ["a file holds no passkey", { add: [{ person: "bob", file: fileOf("no.json", "{}") }] }],
    ["a file is not there", { add: [{ person: "bob", file: join(folder, "none.json") }] }],
  ])("ends with 2 when %s", async (_, changes) => {
    const { complained, desk, printed } = deskWith([first]);
    expect(await makeNextTrust({ ...NOTHING, ...changes }, desk)).toBe(2);
    expect([printed, complained.length]).toEqual([[], 1]);
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
