// What the `countersign trust` commands do. Versions are verified here, from the first one on, so the control plane need not be believed for what
// they print; whether the first is the right one say its words, compared with those on a host.
import { readFileSync } from "node:fs";
import type * as z from "zod";
import { encodeBase64Url } from "@countersign/shared/values/base64";
import { sha256Hex } from "@countersign/shared/values/digest";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { challengeOf, Credential } from "@countersign/shared/wire/assertion";
import { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import { type KnownTrust, readSignedTrust, verifyNextTrust } from "@countersign/shared/wire/trust-chain";
import { readBounded, refusalText } from "../../replay/file/written-file.ts";
import type { BodyOf } from "../../src/api/table/route.ts";
import type { RouteOf } from "../../src/api/table/routes.ts";
import { nextTrustOf, type TrustChanges } from "../../src/core/words/next-trust.ts";
import { trustChanges } from "../../src/core/words/trust-changes.ts";
import { complain, type Desk, EXIT, type Output, printJson } from "../desk.ts";
import { tableOf } from "../table.ts";
import { trustLines, wordsOf } from "./trust-words.ts";

type Shown = BodyOf<RouteOf<"GET /v1/admin/trust">>;

interface Options {
  readonly json?: boolean;
}

/** What is to change, as it was typed; passkeys are in files. */
export interface NextOptions extends Options, Omit<TrustChanges, "add"> {
  readonly add: readonly { readonly person: string; readonly file: string }[];
}

const NOBODY = "Nobody has a passkey yet: a signed-in person makes the first one on the desk, at /passkey.";

/** Prints the newest version. */
export async function showTrust({ json }: Options, { api, output }: Desk): Promise<number> {
  const shown = await api.ask("GET /v1/admin/trust", {});
  if (!shown.ok) return complain(output, shown.error);
  const chain = await verified(shown.value, output);
  if (chain === null) return EXIT.refused;
  const newest = chain.at(-1)?.known;
  if (json === true) {
    const hash = newest?.hash ?? null;
    const words = hash === null ? null : wordsOf(hash);
    printJson(output, { party: shown.value.party, hash, words, trust: newest?.trust ?? null });
  } else output.print(newest === undefined ? NOBODY : trustLines(newest, shown.value.party).join("\n"));
  return EXIT.done;
}

/** Prints all versions, the newest first, with who signed each and what it changed. */
export async function listTrust({ json }: Options, { api, output }: Desk): Promise<number> {
  const shown = await api.ask("GET /v1/admin/trust", {});
  if (!shown.ok) return complain(output, shown.error);
  const chain = await verified(shown.value, output);
  if (chain === null) return EXIT.refused;
  const versions = chain.map(({ known, signedBy }, index) => {
    const before = chain[index - 1]?.known.trust;
    const changes = before === undefined ? ["the first"] : trustChanges(before, known.trust);
    return { version: known.trust.version, hash: known.hash, words: wordsOf(known.hash), signedBy, changes };
  });
  if (json === true) printJson(output, versions.toReversed());
  else if (versions.length === 0) output.print(NOBODY);
  else {
    const rows = versions
      .toReversed()
      .map(({ changes, signedBy, version, words }) => [
        String(version),
        words,
        signedBy.join(", ") || "nobody",
        changes.join("; "),
      ]);
    output.print(
      tableOf(["VERSION", "WORDS", "SIGNED BY", "WHAT CHANGED"], rows, { isWhole: true }).join("\n"),
    );
  }
  return EXIT.done;
}

/** Hands over the next version, signed by people of the one before. */
export async function publishTrust(file: string, { json }: Options, desk: Desk): Promise<number> {
  const signed = readShaped(file, SignedTrust, "a signed version: { trust, signatures }");
  if (!signed.ok) return wrong(desk.output, signed.error.sentence);
  const read = readSignedTrust(signed.value);
  if (!read.ok) return wrong(desk.output, `${file}: ${read.error.detail}`);
  const published = await desk.api.ask("POST /v1/admin/trust", { body: signed.value });
  if (!published.ok) return complain(desk.output, published.error);
  const { hash, version } = published.value;
  if (json === true) printJson(desk.output, published.value);
  else desk.output.print(`Published: version ${version}, ${wordsOf(hash)}. Hosts take it as they connect.`);
  return EXIT.done;
}

/** Prints the unsigned next version, and on the side what it changes and what a passkey would sign. */
export async function makeNextTrust({ json, ...options }: NextOptions, desk: Desk): Promise<number> {
  const { api, output } = desk;
  const add: TrustChanges["add"][number][] = [];
  for (const { file, person } of options.add) {
    const credential = readShaped(
      file,
      Credential,
      "a passkey: { credentialId, algorithm, publicKey, isSynced, name }",
    );
    if (!credential.ok) return wrong(output, credential.error.sentence);
    add.push({ person, credential: credential.value });
  }
  const shown = await api.ask("GET /v1/admin/trust", {});
  if (!shown.ok) return complain(output, shown.error);
  const chain = await verified(shown.value, output);
  if (chain === null) return EXIT.refused;
  const current = chain.at(-1)?.known;
  if (current === undefined) return refused(output, NOBODY);
  const next = nextTrustOf(current, { ...options, add });
  if (!next.ok) return wrong(output, next.error.sentence);
  const { text, trust } = next.value;
  const changes = trustChanges(current.trust, trust);
  const bytes = encodeUtf8(text);
  const words = wordsOf(sha256Hex(bytes));
  const challenge = encodeBase64Url(challengeOf("trust", bytes));
  if (json === true) {
    printJson(output, { version: trust.version, words, challenge, changes, text });
    return EXIT.done;
  }
  const { threshold } = current.trust;
  for (const line of changes.length === 0 ? ["Nothing would change."] : changes) output.complain(line);
  output.complain(
    `Version ${trust.version}: ${words}. Unsigned: ${threshold} of version ${trust.version - 1} must sign exactly these bytes (challenge ${challenge}).`,
  );
  output.print(text.trimEnd());
  return EXIT.done;
}

interface Verified {
  readonly known: KnownTrust;
  readonly signedBy: readonly string[];
}

/** The versions, each verified from the one before; says what is wrong and gives null when one does not follow. */
async function verified({ party, versions }: Shown, output: Output): Promise<readonly Verified[] | null> {
  const chain: Verified[] = [];
  for (const signed of versions) {
    const before = chain.at(-1)?.known;
    const read = await readAfter(before, signed, party);
    if (!read.ok) {
      output.complain(
        `The control plane hands out a trust that does not hold (after version ${before?.trust.version ?? 0}): ${read.error.detail}. No host believes it.`,
      );
      return null;
    }
    const { hash, signers, trust } = read.value;
    chain.push({ known: { hash, trust }, signedBy: [...new Set(signers.map(({ person }) => person))] });
  }
  return chain;
}

/** The first one is only read: whether it is the right one say its words. */
async function readAfter(
  before: KnownTrust | undefined,
  signed: SignedTrust,
  party: Shown["party"],
): ReturnType<typeof verifyNextTrust> {
  if (before !== undefined && party !== null) return verifyNextTrust(before, signed, party);
  const read = readSignedTrust(signed);
  return read.ok ? ok({ ...read.value, signers: [] }) : read;
}

/** Reads a file, or stdin for `-`, as JSON of one shape. */
function readShaped<T>(
  file: string,
  shape: z.ZodType<T>,
  what: string,
): Result<T, { readonly reason: "file-wrong"; readonly sentence: string }> {
  const text = file === "-" ? ok(readFileSync(0, "utf8")) : readBounded(file);
  if (!text.ok) return refuse({ reason: "file-wrong", sentence: refusalText(text.error) });
  try {
    const read = shape.safeParse(JSON.parse(text.value));
    if (read.success) return ok(read.data);
  } catch {
    // told below, as any other shape
  }
  return refuse({ reason: "file-wrong", sentence: `${file} does not hold ${what}, in JSON.` });
}

function wrong(output: Output, sentence: string): number {
  output.complain(sentence);
  return EXIT.badInput;
}

function refused(output: Output, sentence: string): number {
  output.complain(sentence);
  return EXIT.refused;
}
