// What the `countersign trust` commands do. Versions are verified here, from the first one on, so the control plane need not be believed for what
// they print; whether the first is the right one say its words, compared with those on a host.
import { encodeBase64Url } from "@countersign/shared/values/base64";
import { sha256Hex } from "@countersign/shared/values/digest";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { challengeOf, Credential } from "@countersign/shared/wire/assertion";
import { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import { readSignedTrust } from "@countersign/shared/wire/trust-chain";
import { nextTrustOf, type TrustChanges } from "../../src/core/words/next-trust.ts";
import { trustChanges } from "../../src/core/words/trust-changes.ts";
import { complain, type Desk, EXIT, type Output, printJson } from "../desk.ts";
import { tableOf } from "../table.ts";
import { NOBODY, readShaped, verified } from "./read-trust.ts";
import { trustLines, waitingLines, wordsOf } from "./trust-words.ts";

interface Options {
  readonly json?: boolean;
}

/** What is to change, as it was typed; passkeys are in files. */
export interface NextOptions extends Options, Omit<TrustChanges, "add"> {
  readonly add: readonly { readonly person: string; readonly file: string }[];
}

/** Prints the newest version, and what waits beside it. */
export async function showTrust({ json }: Options, { api, output }: Desk): Promise<number> {
  const shown = await api.ask("GET /v1/admin/trust", {});
  if (!shown.ok) return complain(output, shown.error);
  const waiting = await api.ask("GET /v1/admin/approvers", {});
  if (!waiting.ok) return complain(output, waiting.error);
  const chain = await verified(shown.value, output);
  if (chain === null) return EXIT.refused;
  const newest = chain.at(-1)?.known;
  if (json === true) {
    const hash = newest?.hash ?? null;
    const words = hash === null ? null : wordsOf(hash);
    const { candidates, domains, drafts } = waiting.value;
    printJson(output, {
      party: shown.value.party,
      domains,
      hash,
      words,
      trust: newest?.trust ?? null,
      candidates: candidates.map((candidate) => ({ ...candidate, words: wordsOf(candidate.hash) })),
      drafts: drafts.map((draft) => ({ ...draft, words: wordsOf(draft.hash) })),
    });
    return EXIT.done;
  }
  const version = newest === undefined ? [NOBODY] : trustLines(newest, shown.value.party);
  output.print([...version, ...waitingLines(waiting.value, newest?.trust ?? null)].join("\n"));
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
  const { output } = desk;
  const composed = await composeNext(options, desk);
  if (typeof composed === "number") return composed;
  const { changes, text, threshold, version, words } = composed;
  const challenge = encodeBase64Url(challengeOf("trust", encodeUtf8(text)));
  if (json === true) {
    printJson(output, { version, words, challenge, changes, text });
    return EXIT.done;
  }
  for (const line of changes.length === 0 ? ["Nothing would change."] : changes) output.complain(line);
  output.complain(
    `Version ${version}: ${words}. Unsigned: ${threshold} of version ${version - 1} must sign exactly these bytes (challenge ${challenge}).`,
  );
  output.print(text.trimEnd());
  return EXIT.done;
}

/** A next version that nobody has signed. */
export interface ComposedTrust {
  readonly version: number;
  readonly text: string;
  readonly words: string;
  readonly changes: readonly string[];
  /** how many of the version before must sign it */
  readonly threshold: number;
}

/** Makes the next version from the newest one and what is to change; an exit code where there is none, and why is said. */
export async function composeNext(
  options: Omit<NextOptions, "json">,
  { api, output }: Desk,
): Promise<ComposedTrust | number> {
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
  return {
    version: trust.version,
    text,
    words: wordsOf(sha256Hex(encodeUtf8(text))),
    changes: trustChanges(current.trust, trust),
    threshold: current.trust.threshold,
  };
}

function wrong(output: Output, sentence: string): number {
  output.complain(sentence);
  return EXIT.badInput;
}

function refused(output: Output, sentence: string): number {
  output.complain(sentence);
  return EXIT.refused;
}
