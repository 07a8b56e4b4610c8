// `countersign-agent trust show|verify|accept|history`: what this host believes of the fleet's approvers, for root at the machine. Only `accept`
// changes anything. What was offered lies in the agent's own directory and is nobody's word: root's comparing of the words makes it more.
import { rm } from "node:fs/promises";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { visibleJson } from "@countersign/shared/values/visible-text";
import { SignedTrust, type TrustMark } from "@countersign/shared/wire/fleet-trust";
import type { HostTrust } from "@countersign/shared/wire/host-trust";
import type { Signer } from "@countersign/shared/wire/signers";
import { type KnownTrust, markOf, readSignedTrust } from "@countersign/shared/wire/trust-chain";
import { askToTellTrust } from "../agent/control-socket.ts";
import { OfferedTrust } from "../agent/trust-relay.ts";
import { type BelievedTrust, findLoss } from "../core/actuator/believed-trust.ts";
import type { TrustRecord } from "../core/actuator/journal-state.ts";
import { linesOf, viewOf, wordsOf } from "../core/actuator/trust-words.ts";
import type { CommandRefusal } from "../core/command-refusal.ts";
import { withFile } from "../evidence/read-bounded.ts";
import { describeFailure, systemFailureOf } from "../failure.ts";
import { CONFIG_FILE_BYTES_MAX } from "../files/read-owned-file.ts";
import { loadStoredTrust, type StoredTrust } from "../files/trust-store.ts";
import type { HostPaths } from "../paths.ts";
import { confirmApprovers } from "../trust/confirm-approvers.ts";
import { loadCurrent, mayWrite, writeAccepted, writeHostTrust } from "../trust/place-trust.ts";
import { readTrustRecords } from "../trust/trust-records.ts";
import type { Print } from "./print.ts";

interface TrustOptions {
  readonly paths: HostPaths;
  readonly json: boolean;
  readonly print: Print;
}

type Done = Promise<Result<null, CommandRefusal>>;

/** What is kept, and what the journal says was believed. */
interface Kept {
  readonly stored: StoredTrust;
  readonly records: readonly TrustRecord[];
  /** why nothing is permitted; null: something is */
  readonly loss: string | null;
}

async function loadKept(paths: HostPaths): Promise<Result<Kept, CommandRefusal>> {
  try {
    const stored = await loadStoredTrust(paths);
    if (!stored.ok) return stored;
    const records = await readTrustRecords(paths.journal);
    const { chain } = stored.value;
    const loss = chain === null ? null : findLoss(chain, records.at(-1) ?? null);
    return ok({ stored: stored.value, records, loss });
  } catch (error) {
    if (systemFailureOf(error)?.code !== "EACCES") throw error;
    return refuse({
      reason: "unreadable",
      sentence: `The actuator's state may not be read by this user: run the command as root. (${describeFailure(error)})`,
    });
  }
}

function believedOf({ chain, host }: StoredTrust): BelievedTrust {
  return { host, fleet: chain?.reached ?? null };
}

/** `trust show` */
export async function runTrustShow({ json, paths, print }: TrustOptions): Done {
  const kept = await loadKept(paths);
  if (!kept.ok) return kept;
  const { loss, stored } = kept.value;
  const believed = believedOf(stored);
  const view = viewOf(believed, { loss, offered: await findOffered(paths, stored.chain) });
  if (json) print.line(visibleJson(JSON.stringify(view)));
  else for (const line of linesOf(view, believed.fleet)) print.line(line);
  return ok(null);
}

/** What was offered and is newer than what is believed, or begins another list; null: nothing is. */
export async function findOffered(paths: HostPaths, chain: StoredTrust["chain"]): Promise<KnownTrust | null> {
  const offered = await readOffer(paths.offeredTrust).catch(() => null);
  const known = offered === null ? null : readSignedTrust(offered.signed);
  if (known === null || !known.ok) return null;
  const { hash, trust } = known.value;
  if (chain === null) return known.value;
  const { anchor, reached } = chain;
  // What this host's own list began with is no other list.
  const isOther = trust.previous === null && hash !== anchor.hash && hash !== anchor.trust.previous;
  const isNews = isOther || trust.version > reached.trust.version;
  return isNews ? known.value : null;
}

/** `trust verify`: the chain from the accepted version anew. */
export async function runTrustVerify({ json, paths, print }: TrustOptions): Done {
  const kept = await loadKept(paths);
  if (!kept.ok) return kept;
  const { loss, stored } = kept.value;
  const { chain } = stored;
  if (chain === null)
    return refuse({
      reason: "trust-not-accepted",
      sentence:
        "Root has accepted no version of the fleet's trust here, so there is nothing to verify: run `countersign-agent trust accept`.",
    });
  const problem = loss ?? chain.broken;
  const { anchor, reached, steps } = chain;
  if (json)
    print.line(
      JSON.stringify({
        ok: problem === null,
        accepted: anchor.trust.version,
        reached: reached.trust.version,
        problem,
      }),
    );
  else if (problem === null)
    print.line(
      `Version ${reached.trust.version} is whole: ${steps.length} versions follow from version ${anchor.trust.version}, which root accepted. Its words: ${wordsOf(reached)}`,
    );
  return problem === null
    ? ok(null)
    : refuse({
        reason: "not-whole",
        sentence: `The fleet's trust is not whole here: ${problem.split("\n", 1)[0]}. Look at it on the desk, then run \`countersign-agent trust accept\` with the newest version.`,
      });
}

/** `trust history`: each version and who signed it. */
export async function runTrustHistory({ json, paths, print }: TrustOptions): Done {
  const kept = await loadKept(paths);
  if (!kept.ok) return kept;
  const { records, stored } = kept.value;
  const { chain } = stored;
  const versions = chain === null ? [] : [{ known: chain.anchor, signers: null }, ...chain.steps];
  const entries = versions.map(({ known, signers }) => ({
    version: known.trust.version,
    hash: known.hash,
    words: wordsOf(known),
    believedAt: records.find(({ hash }) => hash === known.hash)?.at.wallMs ?? null,
    signers: signers === null ? null : signers.map(signerOf),
  }));
  if (json) print.line(JSON.stringify({ versions: entries }));
  else if (entries.length === 0) print.line("Root has accepted no version of the fleet's trust here.");
  for (const { believedAt, signers, version, words } of json ? [] : entries) {
    const by = signers === null ? "accepted by root" : `signed by ${signers.map(nameOf).join(" and ")}`;
    const at = believedAt === null ? "" : `, believed since ${new Date(believedAt).toISOString()}`;
    print.line(`Version ${version}: ${by}${at}. Its words: ${words}`);
  }
  return ok(null);
}

function signerOf({ credentialId, person }: Signer) {
  return { person, credentialId };
}

function nameOf({ person }: ReturnType<typeof signerOf>): string {
  return person;
}

/** `trust accept`: believes what was offered, or what a file holds, from here on. */
export async function runTrustAccept(
  options: TrustOptions & {
    readonly file: string | undefined;
    /** null: somebody is asked at the terminal */
    readonly words: string | null;
    readonly force: boolean;
  },
): Done {
  const { file, force, json, paths, print, words } = options;
  if (!mayWrite(paths))
    return refuse({
      reason: "needs-root",
      sentence: "Only root accepts approvers: run `sudo countersign-agent trust accept`.",
    });
  const offer = await loadOffer(paths, file);
  if (!offer.ok) return offer;
  const known = readSignedTrust(offer.value.signed);
  if (!known.ok) return refuse(unreadable(offer.value.path, known.error.detail));
  const planned = await planAcceptance(paths, offer.value.party);
  if (!planned.ok) return planned;
  const { host, party } = planned.value;
  const before = await believedBefore(paths);
  const behind = before === null ? null : findBehind(known.value, before);
  if (behind !== null && !force)
    return refuse({
      reason: "trust-older",
      sentence: `Version ${behind.version} was believed here, and this is ${behind.offered}: add --force if it shall take its place, as when a fleet begins anew.`,
    });
  const confirmed = await confirmApprovers(known.value, party, {
    words,
    option: "--words",
    instead: "",
    warnings: behind === null ? [] : [`IT IS ${behind.warning}, which was believed here.`],
  });
  if (!confirmed.ok) return confirmed;
  await writeHostTrust(paths, host);
  await writeAccepted(paths, offer.value.signed);
  // What followed from another one follows from this one no more; what does comes again.
  if (before !== null && before.reached !== known.value.hash) await rm(paths.trustChain, { force: true });
  await askToTellTrust(paths.agentStateDir);
  const { version } = known.value.trust;
  if (json) print.line(JSON.stringify({ accepted: version, words: wordsOf(known.value) }));
  else print.line(`This host believes version ${version} of the fleet's trust from now on.`);
  return ok(null);
}

interface BelievedBefore {
  /** the newest, also when what is kept does not lead to it any more */
  readonly newest: TrustMark;
  /** hash of the one that what is kept leads to */
  readonly reached: string;
}

async function believedBefore(paths: HostPaths): Promise<BelievedBefore | null> {
  const kept = await loadKept(paths);
  const chain = kept.ok ? kept.value.stored.chain : null;
  if (!kept.ok || chain === null) return null;
  const { reached } = chain;
  const recorded = kept.value.loss === null ? undefined : kept.value.records.at(-1);
  return { newest: recorded ?? markOf(reached), reached: reached.hash };
}

/** How a version stands behind the one that was believed; null: it is newer, or the same. */
function findBehind(
  { hash, trust: { version } }: KnownTrust,
  { newest }: BelievedBefore,
): { readonly version: number; readonly offered: string; readonly warning: string } | null {
  if (version > newest.version || hash === newest.hash) return null;
  const isOlder = version < newest.version;
  return {
    version: newest.version,
    offered: isOlder ? `version ${version}` : `another version ${version}`,
    warning: `${isOlder ? "OLDER" : "ANOTHER ONE"} than version ${newest.version}`,
  };
}

/** The trust file as it shall stand beside the accepted version. */
async function planAcceptance(
  paths: HostPaths,
  offered: OfferedTrust["party"] | null,
): Promise<Result<{ host: HostTrust; party: OfferedTrust["party"] }, CommandRefusal>> {
  const current = await loadCurrent(paths);
  if (!current.ok) return current;
  if (current.value === null)
    return refuse({
      reason: "not-enrolled",
      sentence: "This host is not enrolled: run `countersign-agent enroll` first.",
    });
  const party = current.value.party ?? offered;
  if (party === null)
    return refuse({
      reason: "party-missing",
      sentence: `Nobody says where people sign: give the file that was offered, or write \`party\` into ${paths.trust}.`,
    });
  if (offered !== null && JSON.stringify(offered) !== JSON.stringify(party))
    return refuse({
      reason: "party-differs",
      sentence: `Here people sign at ${party.origins.join(", ")}, and the offer is for ${offered.origins.join(", ")}: if the desk has moved, correct \`party\` in ${paths.trust}, then accept again.`,
    });
  return ok({ host: { ...current.value, party }, party });
}

interface Offer {
  readonly path: string;
  readonly signed: SignedTrust;
  readonly party: OfferedTrust["party"] | null;
}

async function loadOffer(paths: HostPaths, file: string | undefined): Promise<Result<Offer, CommandRefusal>> {
  const path = file ?? paths.offeredTrust;
  try {
    const read = await readOffer(path);
    return read === null
      ? refuse(unreadable(path, "it holds something else, or more"))
      : ok({ path, ...read });
  } catch (error) {
    if (file !== undefined || systemFailureOf(error)?.code !== "ENOENT") throw error;
    return refuse({
      reason: "nothing-offered",
      sentence:
        "Nothing is offered: the agent must be connected, and the fleet must have an approver; then look again in a minute, or name a file.",
    });
  }
}

function unreadable(path: string, detail: string): CommandRefusal {
  const sentence = `${path} is no version of a fleet's trust (${detail.split("\n", 1)[0]}): save it from the desk again.`;
  return { reason: "trust-malformed", sentence };
}

/** The file may be anybody's: never a link, never more than a bound. Null: it is something else. */
function readOffer(path: string): Promise<Omit<Offer, "path"> | null> {
  return withFile(path, "refuse", async (file) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(CONFIG_FILE_BYTES_MAX + 1));
    if (bytesRead > CONFIG_FILE_BYTES_MAX) return null;
    let json: unknown;
    try {
      json = JSON.parse(buffer.subarray(0, bytesRead).toString("utf8"));
    } catch {
      return null;
    }
    const offered = OfferedTrust.safeParse(json).data;
    if (offered !== undefined) return offered;
    const signed = SignedTrust.safeParse(json).data;
    return signed === undefined ? null : { signed, party: null };
  });
}
