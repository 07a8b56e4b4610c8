// Enrols this host: key made here, one-time token, proof of possession, and the desk's key checked against the fingerprint in
// the token before anything is believed. The fleet's approvers come with the answer, and root confirms them by their words: the token says
// nothing of them. The identity is written last, so an interrupted enrolment is simply run again: the pending key is kept, and the
// control plane recognises it. Not pure.
import { hostname as systemHostname } from "node:os";
import { join } from "node:path";
import { decodeBase64, encodeBase64 } from "@countersign/shared/values/base64";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import {
  EnrolmentAnswer,
  enrolmentBytesOf,
  EnrolmentToken,
  type EnrolmentRequest,
  keyFingerprintOf,
} from "@countersign/shared/wire/enrolment";
import type { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import type { HostTrust } from "@countersign/shared/wire/host-trust";
import { signBytes, type StoredKeyPair } from "@countersign/shared/wire/signature";
import { type KnownTrust, readSignedTrust } from "@countersign/shared/wire/trust-chain";
import { wordsOf } from "../core/actuator/trust-words.ts";
import type { CommandRefusal } from "../core/command-refusal.ts";
import { describeNetworkFailure } from "../core/connection/close-advice.ts";
import { parseControlPlaneUrl } from "../core/connection/control-plane-url.ts";
import { adviseOnEnrolmentAnswer, type HttpAnswer } from "../core/connection/enrolment-advice.ts";
import { ensureDirectory, writeDurably } from "../durable-file.ts";
import { systemFailureOf } from "../failure.ts";
import { loadAccepted, loadTrust } from "../files/load-trust.ts";
import type { HostPaths } from "../paths.ts";
import { confirmApprovers } from "../trust/confirm-approvers.ts";
import { mayWrite, planHostTrust, textOf, writeAccepted, writeHostTrust } from "../trust/place-trust.ts";
import {
  dropPendingKey,
  hostIdOfKey,
  type Identity,
  loadIdentity,
  loadOrMakePendingKey,
  parseJson,
  saveIdentity,
} from "./identity.ts";

const ENROL_TIMEOUT_MS = 15_000;
/** An honest answer is at most a version of the fleet's trust with its signatures, in base64. */
const ANSWER_BYTES_MAX = 64 * 1024;

export interface EnrolOptions {
  readonly url: string;
  readonly token: string;
  readonly paths: HostPaths;
  /** replace an enrolment that is there: a new key, so a new host */
  readonly force: boolean;
  readonly allowHttp: boolean;
  /** whether the fleet's approvers shall be believed: confirmed by their words, at the terminal, or not now */
  readonly approvers: ApproverChoice;
}

export type ApproverChoice =
  | { readonly by: "words"; readonly words: string }
  | { readonly by: "asking" }
  | { readonly by: "nobody" };

export interface Enrolled {
  readonly status: "enrolled" | "already-enrolled";
  readonly hostId: string;
  readonly shard: string;
  readonly url: string;
  readonly identity: string;
  readonly trust: string;
  /** null: the trust file is in place; else the command by which root puts it there */
  readonly trustCommand: string | null;
  /** `none-yet`: the fleet has none; `not-accepted`: levels 4 and 5 are closed here until root runs `trust accept` */
  readonly approvers: "accepted" | "none-yet" | "not-accepted";
  /** of the version that this host believes; null: it believes none */
  readonly trustWords: string | null;
}

/** Enrols this host, or says that it is enrolled already. */
export async function enrolHost(options: EnrolOptions): Promise<Result<Enrolled, CommandRefusal>> {
  const { paths } = options;
  const url = parseControlPlaneUrl(options.url, options);
  if (!url.ok) return url;
  const existing = options.force ? ok(null) : await loadIdentity(paths.identity);
  if (!existing.ok) return existing;
  if (existing.value !== null) return confirmEnrolled(existing.value, url.value, paths);
  if (!EnrolmentToken.safeParse(options.token).success)
    return refuse({
      reason: "token-malformed",
      sentence:
        "The token is not whole: it starts with cse_ and ends with a point and 32 hex digits; copy it again from the desk.",
    });
  return await enrolAnew({ ...options, url: url.value });
}

async function confirmEnrolled(
  identity: Identity,
  url: string,
  paths: HostPaths,
): Promise<Result<Enrolled, CommandRefusal>> {
  if (identity.url !== url)
    return refuse({
      reason: "enrolled-elsewhere",
      sentence: `This host is enrolled at ${identity.url} as ${identity.hostId}: add --force to give that up and enrol at ${url}.`,
    });
  const { hostId, deskKeyId: keyId, deskPublicKey: publicKey } = identity;
  const planned = await planHostTrust({ hostId, deskKey: { keyId, publicKey }, party: null }, paths, false);
  if (!planned.ok) return planned;
  const accepted = await loadAccepted(paths.fleetTrust, paths.mode);
  if (!accepted.ok) return accepted;
  const trustCommand = await placeHostTrust(planned.value, paths);
  return ok({
    status: "already-enrolled",
    ...enrolledOf(identity, paths),
    trustCommand,
    ...approversOf(accepted.value, "not-accepted"),
  });
}

async function enrolAnew(options: EnrolOptions): Promise<Result<Enrolled, CommandRefusal>> {
  const { url, token, paths, force } = options;
  await ensureDirectory(paths.agentStateDir, 0o700);
  const pendingPath = join(paths.agentStateDir, "pending-key.json");
  const keyPair = await loadOrMakePendingKey(pendingPath);
  const answer = await requestEnrolment(url, token, keyPair);
  if (!answer.ok) return answer;
  const { hostId, shard, deskKeyId, deskPublicKey, party } = answer.value;
  const deskKey = { keyId: deskKeyId, publicKey: deskPublicKey };
  const planned = await planHostTrust({ hostId, deskKey, party }, paths, force);
  if (!planned.ok) return planned;
  const approvers = await chooseApprovers(answer.value, options);
  if (!approvers.ok) return approvers;
  const trustCommand = await placeHostTrust(planned.value, paths);
  const { accept, believed } = approvers.value;
  if (accept !== null || force) await placeAccepted(accept, answer.value, paths);
  const identity: Identity = {
    version: 1,
    url,
    hostId,
    shard,
    ...keyPair,
    deskKeyId,
    deskPublicKey,
    enrolledAt: Date.now(),
  };
  await saveIdentity(paths.identity, identity);
  await dropPendingKey(pendingPath);
  const isOnePending = answer.value.trust !== null;
  return ok({
    status: "enrolled",
    ...enrolledOf(identity, paths),
    trustCommand,
    ...approversOf(mayWrite(paths) ? believed : null, isOnePending ? "not-accepted" : "none-yet"),
  });
}

interface ChosenApprovers {
  /** what is to be written; null: nothing */
  readonly accept: SignedTrust | null;
  /** what is believed then; null: nobody */
  readonly believed: KnownTrust | null;
}

/** A version that root accepted before stays: those after it follow by themselves. */
async function chooseApprovers(
  { party, trust }: EnrolmentAnswer,
  { approvers, force, paths }: EnrolOptions,
): Promise<Result<ChosenApprovers, CommandRefusal>> {
  const accepted = force ? ok(null) : await loadAccepted(paths.fleetTrust, paths.mode);
  if (!accepted.ok) return accepted;
  if (accepted.value !== null) return ok({ accept: null, believed: accepted.value });
  if (trust === null || party === null || approvers.by === "nobody")
    return ok({ accept: null, believed: null });
  const known = readSignedTrust(trust);
  if (!known.ok)
    return refuse({
      reason: "not-a-control-plane",
      sentence: `The control plane's answer holds no readable approvers (${known.error.detail.split("\n", 1)[0]}): update the older of the two sides; nothing was trusted.`,
    });
  const confirmed = await confirmApprovers(known.value, party, {
    words: approvers.by === "words" ? approvers.words : null,
    option: "--trust-words",
    instead: ", or with --no-approver to leave levels 4 and 5 closed",
  });
  return confirmed.ok ? ok({ accept: trust, believed: known.value }) : confirmed;
}

function approversOf(
  believed: KnownTrust | null,
  otherwise: "none-yet" | "not-accepted",
): Pick<Enrolled, "approvers" | "trustWords"> {
  return believed === null
    ? { approvers: otherwise, trustWords: null }
    : { approvers: "accepted", trustWords: wordsOf(believed) };
}

async function requestEnrolment(
  url: string,
  token: string,
  keyPair: StoredKeyPair,
): Promise<Result<EnrolmentAnswer, CommandRefusal>> {
  const request: EnrolmentRequest = {
    version: 2,
    token,
    publicKey: keyPair.publicKey,
    hostname: systemHostname().slice(0, 253) || "unnamed",
    signature: encodeBase64(await signBytes(keyPair.privateKey, enrolmentBytesOf(token, keyPair.publicKey))),
  };
  const posted = await post(`${url}/v1/enrol`, request);
  if (!posted.ok)
    return refuse({ reason: "unreachable", sentence: describeNetworkFailure(posted.error.code, url) });
  const http = posted.value;
  if (http.status < 200 || http.status > 299) return refuse(adviseOnEnrolmentAnswer(http, url));
  const answer = parseJson(EnrolmentAnswer, http.body);
  if (answer === null)
    return refuse({
      reason: "not-a-control-plane",
      sentence: `${url} answered, but not as a Countersign control plane does: check the address.`,
    });
  return checkAnswer(answer, { url, token, keyPair });
}

/** Nothing in the answer is believed before it fits the token that the person brought from the desk. */
function checkAnswer(
  answer: EnrolmentAnswer,
  { url, token, keyPair }: { readonly url: string; readonly token: string; readonly keyPair: StoredKeyPair },
): Result<EnrolmentAnswer, CommandRefusal> {
  const deskKey = decodeBase64(answer.deskPublicKey);
  const fingerprint = token.slice(token.lastIndexOf(".") + 1);
  if (deskKey === null || keyFingerprintOf(deskKey) !== fingerprint)
    return refuse({
      reason: "desk-key-wrong",
      sentence: `${url} showed another signing key than the token names: this may be an interception, or the token is from another desk; nothing was trusted.`,
    });
  if (answer.hostId !== hostIdOfKey(keyPair.publicKey))
    return refuse({
      reason: "host-id-wrong",
      sentence: `${url} answered for another host's key: nothing was trusted; try again, and update the control plane if this lasts.`,
    });
  return ok(answer);
}

async function post(
  address: string,
  body: EnrolmentRequest,
): Promise<Result<HttpAnswer, { reason: "unreachable"; code: string }>> {
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      redirect: "manual",
      signal: AbortSignal.timeout(ENROL_TIMEOUT_MS),
    });
    return ok({
      status: response.status,
      contentType: response.headers.get("content-type") ?? "",
      location: response.headers.get("location"),
      body: await readBounded(response),
    });
  } catch (cause) {
    const failure = systemFailureOf(cause);
    return refuse({ reason: "unreachable", code: failure?.code ?? deepestMessageOf(cause) });
  }
}

function deepestMessageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? deepestMessageOf(error.cause) : error.message;
}

/** The body as text, cut at the largest that an honest answer can have. */
async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > ANSWER_BYTES_MAX) break;
  }
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES_MAX).toString("utf8");
}

/** Gives the command that is left for root, or null. */
async function placeHostTrust(trust: HostTrust, paths: HostPaths): Promise<string | null> {
  const current = await loadTrust(paths.trust, paths.mode);
  if (current.ok && textOf(current.value) === textOf(trust)) return null;
  if (mayWrite(paths)) {
    await writeHostTrust(paths, trust);
    return null;
  }
  const stagedPath = join(paths.agentStateDir, "trust.json");
  await writeDurably(stagedPath, textOf(trust), 0o644);
  return `sudo install -D -o root -g root -m 0644 ${stagedPath} ${paths.trust}`;
}

/** Where this user may not write, root accepts it by a command of its own. */
async function placeAccepted(
  signed: SignedTrust | null,
  { party }: EnrolmentAnswer,
  paths: HostPaths,
): Promise<void> {
  if (mayWrite(paths)) return writeAccepted(paths, signed);
  if (signed !== null) await writeDurably(paths.offeredTrust, textOf({ signed, party }), 0o600);
}

function enrolledOf({ hostId, shard, url }: Identity, paths: HostPaths) {
  return { hostId, shard, url, identity: paths.identity, trust: paths.trust };
}
