// What `countersign trust draft`, `drop`, `domain` and `begin-anew` do. What a reader would get wrong: the admin token signs nothing. It hands a version
// to the desk, where approvers sign it, and can forget all of them, which no host takes notice of.
import { readFileSync } from "node:fs";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { sha256Hex } from "@countersign/shared/values/digest";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import type { FleetTrust } from "@countersign/shared/wire/fleet-trust";
import { readSignedTrust } from "@countersign/shared/wire/trust-chain";
import { readBounded, refusalText } from "../../replay/file/written-file.ts";
import { complain, type Desk, EXIT, printJson } from "../desk.ts";
import { NOBODY, verified } from "./read-trust.ts";
import { composeNext, type NextOptions } from "./trust-acts.ts";
import { wordsOf } from "./trust-words.ts";

interface Options {
  readonly json?: boolean;
}

/** Hands over the next version, composed of what is to change. */
export async function draftChanges({ json, ...options }: NextOptions, desk: Desk): Promise<number> {
  const composed = await composeNext(options, desk);
  if (typeof composed === "number") return composed;
  const { changes, text } = composed;
  if (changes.length === 0) {
    desk.output.complain("Nothing would change, so nothing was handed over.");
    return EXIT.badInput;
  }
  if (json !== true) for (const line of changes) desk.output.complain(line);
  return handOver(text, { json }, desk);
}

/** Hands over the next version as a file holds it, byte for byte; `-` reads stdin. */
export async function draftFile(file: string, options: Options, desk: Desk): Promise<number> {
  const text = file === "-" ? readFileSync(0, "utf8") : readBounded(file);
  if (typeof text !== "string" && !text.ok) {
    desk.output.complain(refusalText(text.error));
    return EXIT.badInput;
  }
  return handOver(typeof text === "string" ? text : text.value, options, desk);
}

async function handOver(
  text: string,
  { json }: { readonly json?: boolean | undefined },
  { api, output }: Desk,
): Promise<number> {
  const bytes = encodeUtf8(text);
  const trust = encodeBase64(bytes);
  const read = readSignedTrust({ trust });
  if (!read.ok) {
    output.complain(
      "That is no version of a fleet's trust: hand over what `countersign trust next` printed.",
    );
    return EXIT.badInput;
  }
  const handed = await api.ask("POST /v1/admin/trust/drafts", { body: { text: trust } });
  if (!handed.ok) return complain(output, handed.error);
  const { hash, missing } = handed.value;
  const words = wordsOf(sha256Hex(bytes));
  if (json === true) {
    printJson(output, { version: read.value.trust.version, hash, words, missing });
    return EXIT.done;
  }
  output.print(`Version ${read.value.trust.version} waits for ${peopleText(missing)}: ${words}.`);
  const shown = await api.ask("GET /v1/admin/trust", {});
  const [origin = ""] = (shown.ok ? shown.value.party?.origins : undefined) ?? [];
  output.print(`Approvers sign it on the desk: ${origin}/passkey/next?draft=${hash}`);
  return EXIT.done;
}

/** Drops a version that waits. */
export async function dropDraft(named: string, { json }: Options, { api, output }: Desk): Promise<number> {
  const shown = await api.ask("GET /v1/admin/approvers", {});
  if (!shown.ok) return complain(output, shown.error);
  const found = shown.value.drafts.filter(({ hash }) => hash.startsWith(named));
  const [draft] = found;
  if (draft === undefined || found.length > 1) {
    output.complain(
      `${draft === undefined ? "No version" : `${found.length} versions`} that waits begins with ${named}: see \`countersign trust show\`.`,
    );
    return EXIT.refused;
  }
  const { hash } = draft;
  const dropped = await api.ask("DELETE /v1/admin/trust/drafts/:hash", { params: { hash } });
  if (!dropped.ok) return complain(output, dropped.error);
  if (json === true) printJson(output, dropped.value);
  else output.print(`Dropped: ${wordsOf(hash)}.`);
  return EXIT.done;
}

/** Chooses the domain of the passkeys; without a name it prints those that can be chosen. */
export async function chooseDomain(
  name: string | undefined,
  { json }: Options,
  { api, output }: Desk,
): Promise<number> {
  if (name !== undefined) {
    const chosen = await api.ask("POST /v1/admin/trust/domain", { body: { rpId: name } });
    if (!chosen.ok) return complain(output, chosen.error);
    if (json === true) printJson(output, chosen.value);
    else
      output.print(
        `Passkeys of this desk belong to ${name}: for good, once somebody has made the first one at /passkey.`,
      );
    return EXIT.done;
  }
  const shown = await api.ask("GET /v1/admin/approvers", {});
  if (!shown.ok) return complain(output, shown.error);
  const { domains, party } = shown.value;
  if (json === true) printJson(output, { rpId: party?.rpId ?? null, domains });
  else if (domains.length > 0) output.print(domains.join("\n"));
  else if (party !== null) output.print(`Passkeys of this desk belong to ${party.rpId}.`);
  else output.print("None: PUBLIC_URL is an address, and passkeys need a name.");
  return EXIT.done;
}

interface AnewOptions extends Options {
  readonly confirm?: boolean;
  readonly why?: string;
}

/** Forgets all versions; without `confirm` it says what that would cost, and does nothing. */
export async function beginAnew({ confirm, json, why }: AnewOptions, { api, output }: Desk): Promise<number> {
  if (confirm !== true) return tellLoss({ api, output });
  const begun = await api.ask("POST /v1/admin/trust/begin-anew", { body: { confirm, why: why ?? "" } });
  if (!begun.ok) return complain(output, begun.error);
  if (json === true) printJson(output, begun.value);
  else
    output.print(
      "Forgotten. A signed-in person makes the first passkey at /passkey; then each host's root runs `countersign-agent trust accept --force`, and compares its words.",
    );
  return EXIT.done;
}

/** Says what beginning anew costs, and does nothing. */
async function tellLoss({ api, output }: Desk): Promise<number> {
  const shown = await api.ask("GET /v1/admin/trust", {});
  if (!shown.ok) return complain(output, shown.error);
  // A chain that does not hold is a reason to begin anew, and none against it.
  const chain = await verified(shown.value, output);
  const newest = chain?.at(-1)?.known.trust;
  const isNothingLost = chain !== null && newest === undefined;
  const lines = isNothingLost ? [NOBODY] : lossOf(newest, shown.value.party?.rpId ?? null);
  for (const line of lines) output.complain(line);
  if (!isNothingLost)
    output.complain('Nothing was changed. To do it: countersign trust begin-anew --confirm --why "…"');
  return EXIT.refused;
}

/** What beginning anew costs, one line each. */
function lossOf(trust: FleetTrust | undefined, rpId: string | null): readonly string[] {
  const passkeys = trust?.approvers.flatMap(({ credentials }) => credentials).length ?? 0;
  const what =
    trust === undefined
      ? "all passkeys"
      : `${passkeys} ${passkeys === 1 ? "passkey" : "passkeys"} of ${peopleText(trust.approvers.length)}`;
  return [
    "Beginning anew loses, for good:",
    `- ${what}${rpId === null ? "" : `, which belong to ${rpId}`}: each person makes a new one, and is let in again;`,
    "- what each host believes: until its root runs `countersign-agent trust accept --force` and compares the new words, nobody's yes counts there at levels 4 and 5;",
    "- every yes in advance that a passkey signed, and what waits to be let in or signed;",
    "- the domain: it is chosen anew, before the first passkey.",
  ];
}

function peopleText(count: number): string {
  return count === 1 ? "1 person" : `${count} people`;
}
