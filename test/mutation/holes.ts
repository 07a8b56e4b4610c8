// Checks that are taken out of the host's way, one at a time, to prove that the battery would notice: the gate is bundled with one line of its
// sources replaced. A line that is not there (any more) is a failure of its own.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import type { Gate } from "./gate.ts";

const ROOT = join(import.meta.dirname, "../..");

export interface PlantedHole {
  readonly without: string;
  readonly file: string;
  /** what stands there, and what instead */
  readonly line: string;
  readonly instead: string;
}

const assertion = "shared/src/wire/assertion.ts";
const signers = "shared/src/wire/signers.ts";
const chain = "shared/src/wire/trust-chain.ts";
const rule = "shared/src/wire/level-rule.ts";
const envelope = "shared/src/wire/envelope.ts";
const admission = "edge-agent/src/core/actuator/admission.ts";
const people = "edge-agent/src/core/actuator/verify-people.ts";
const hole = (without: string, file: string, line: string, instead = ""): PlantedHole => ({
  without,
  file,
  line,
  instead,
});

export const PLANTED_HOLES: readonly PlantedHole[] = [
  hole(
    "the signature itself",
    assertion,
    "if (!(await isSigned(credential, signature, signed)))",
    "if (false)",
  ),
  hole("the challenge", assertion, 'if (said.get("challenge") !== encodeBase64Url(challenge))', "if (false)"),
  hole(
    "what the challenge is for",
    people,
    "return verifySigners(assertions, { challenge: challengeOf(kind, bytes), approvers, party });",
    `return (async () => {
      const by = (other: SignedKind) =>
        verifySigners(assertions, { challenge: challengeOf(other, bytes), approvers, party });
      const [own, ...others] = [await by(kind), await by("proposal"), await by("standing"), await by("trust")];
      return others.find(({ ok }) => ok) ?? own;
    })();`,
  ),
  hole("that it is an assertion", assertion, 'said.get("type") !== "webauthn.get" || ', ""),
  hole(
    "the origin",
    assertion,
    'if (!origins.some((origin) => origin === said.get("origin")))',
    "if (false)",
  ),
  hole("the page around it", assertion, '(said.get("crossOrigin") ?? false) !== false || ', ""),
  hole("the site around it", assertion, ' || said.has("topOrigin")', ""),
  hole(
    "the domain",
    assertion,
    "if (!isSame(data.subarray(0, 32), sha256Bytes(encodeUtf8(party.rpId))))",
    "if (false)",
  ),
  hole("user presence", assertion, "!has(FLAG.userPresent) || ", ""),
  hole("user verification", assertion, " || !has(FLAG.userVerified)", ""),
  hole("the data's parts", assertion, "if (has(FLAG.attested) || has(FLAG.extended))", "if (false)"),
  hole(
    "backed up without being able to",
    assertion,
    "if (has(FLAG.backedUp) && !has(FLAG.backupEligible))",
    "if (false)",
  ),
  hole("synced or not", assertion, "if (has(FLAG.backupEligible) !== credential.isSynced)", "if (false)"),
  hole("distinct people", signers, "new Set(counted.map(({ person }) => person)).size", "counted.length"),
  hole("how many people", signers, "if (distinct >= people) return ok(null);", "return ok(null);"),
  hole("that the asker may not sign", signers, "!mayAskerSign && ", "false && "),
  hole("device-bound passkeys", signers, 'credentials === "any" || !isSynced', "true"),
  hole("root's floor", rule, "return least === undefined ? rule : stricterOf(rule, least);", "return rule;"),
  hole(
    "a level that root has closed",
    rule,
    'least === "closed") return null;',
    'false) return null;\n  if (least === "closed") return rule;',
  ),
  hole("the desk's signature", envelope, "|| !(await isSignedBy(key.publicKey, signature, bytes))", ""),
  hole("a nonce that was used", admission, "if (isNonceUsed)", "if (false)"),
  hole("the threshold of trust", chain, "if (people < threshold)", "if (false)"),
  hole(
    "distinct people of trust",
    chain,
    "new Set(signers.value.map(({ person }) => person)).size",
    "signers.value.length",
  ),
  hole("the version before", chain, "|| trust.previous !== current.hash", ""),
  hole("versions between", chain, "if (trust.version > version + 1)", "if (false)"),
  hole("the act of a yes in advance", people, "|| action !== proposal.action)", ")"),
  hole("the service of a yes in advance", people, "|| service !== proposal.service ", ""),
  hole("the host of a yes in advance", people, "hostId !== proposal.hostId || ", ""),
  hole("the level of a yes in advance", people, "if (proposal.level > STANDING_LEVEL_MAX)", "if (false)"),
  hole(
    "who gave a yes in advance",
    people,
    "if (!signers.value.some(({ person }) => person === givenBy))",
    "if (false)",
  ),
  hole("the end of a yes in advance", people, "if (wallMs >= untilAt)", "if (false)"),
  hole("the beginning of a yes in advance", people, "if (wallMs < givenAt - STANDING_SKEW_MS)", "if (false)"),
  hole("the uses of a yes in advance", people, "if (usesOf(nonce) >= usesMax)", "if (false)"),
];

/** The gate without one of its checks. */
export async function gateWithout({ file, instead, line }: PlantedHole): Promise<Gate> {
  const source = readFileSync(join(ROOT, file), "utf8");
  if (source.split(line).length !== 2)
    throw new Error(`Plant a hole in ${file}: this is not there once: ${line}`);
  const bundled = await build({
    entryPoints: [join(import.meta.dirname, "gate.ts")],
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
    logLevel: "error",
    plugins: [
      {
        name: "hole",
        setup: (bundler) =>
          bundler.onLoad({ filter: /\.ts$/ }, ({ path }) =>
            path === join(ROOT, file)
              ? { contents: source.replace(line, () => instead), loader: "ts" }
              : undefined,
          ),
      },
    ],
  });
  const [output] = bundled.outputFiles;
  if (output === undefined) throw new Error("Plant a hole: nothing was bundled");
  const url = `data:text/javascript;base64,${Buffer.from(output.contents).toString("base64")}`;
  return ((await import(url)) as { readonly hostGate: Gate }).hostGate;
}
