// Enrols this host: key made here, one-time token, proof of possession, and the desk's key checked against the fingerprint in
// the token before anything is believed. The identity is written last, so an interrupted enrolment is simply run again: the
// pending key is kept, and the control plane recognises it. Not pure.
import { hostname as systemHostname } from "node:os";
import { join } from "node:path";
import { decodeBase64, encodeBase64 } from "@countersign/shared/values/base64";
import { HTTP_BODY_BYTES_MAX } from "@countersign/shared/values/limits";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import {
  EnrolmentAnswer,
  enrolmentBytesOf,
  EnrolmentToken,
  type EnrolmentRequest,
  keyFingerprintOf,
} from "@countersign/shared/wire/enrolment";
import type { Trust } from "@countersign/shared/wire/host-trust";
import { signBytes, type StoredKeyPair } from "@countersign/shared/wire/signature";
import type { CommandRefusal } from "../core/command-refusal.ts";
import { describeNetworkFailure } from "../core/connection/close-advice.ts";
import { parseControlPlaneUrl } from "../core/connection/control-plane-url.ts";
import { adviseOnEnrolmentAnswer, type HttpAnswer } from "../core/connection/enrolment-advice.ts";
import { ensureDirectory, writeDurably } from "../durable-file.ts";
import { systemFailureOf } from "../failure.ts";
import { loadTrust } from "../files/load-trust.ts";
import type { HostPaths } from "../paths.ts";
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

export interface EnrolOptions {
  readonly url: string;
  readonly token: string;
  readonly paths: HostPaths;
  /** replace an enrolment that is there: a new key, so a new host */
  readonly force: boolean;
  readonly allowHttp: boolean;
}

export interface Enrolled {
  readonly status: "enrolled" | "already-enrolled";
  readonly hostId: string;
  readonly shard: string;
  readonly url: string;
  readonly identity: string;
  readonly trust: string;
  /** null: the trust file is in place; else the command by which root puts it there */
  readonly trustCommand: string | null;
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
  const trust = await placeTrust(identity, paths, false);
  return trust.ok
    ? ok({ status: "already-enrolled" as const, ...enrolledOf(identity, paths, trust.value) })
    : trust;
}

async function enrolAnew(options: EnrolOptions): Promise<Result<Enrolled, CommandRefusal>> {
  const { url, token, paths, force } = options;
  await ensureDirectory(paths.agentStateDir, 0o700);
  const pendingPath = join(paths.agentStateDir, "pending-key.json");
  const keyPair = await loadOrMakePendingKey(pendingPath);
  const answer = await requestEnrolment(url, token, keyPair);
  if (!answer.ok) return answer;
  const { hostId, shard, deskKeyId, deskPublicKey } = answer.value;
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
  const trust = await placeTrust(identity, paths, force);
  if (!trust.ok) return trust;
  await saveIdentity(paths.identity, identity);
  await dropPendingKey(pendingPath);
  return ok({ status: "enrolled", ...enrolledOf(identity, paths, trust.value) });
}

async function requestEnrolment(
  url: string,
  token: string,
  keyPair: StoredKeyPair,
): Promise<Result<EnrolmentAnswer, CommandRefusal>> {
  const request: EnrolmentRequest = {
    version: 1,
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
    if (size > HTTP_BODY_BYTES_MAX) break;
  }
  return Buffer.concat(chunks).subarray(0, HTTP_BODY_BYTES_MAX).toString("utf8");
}

/**
 * Pins the desk's key. Approver keys that root has added stay, but a trust file that believes another desk is only replaced
 * with --force. Gives the command that is left to do, or null.
 */
async function placeTrust(
  identity: Identity,
  paths: HostPaths,
  force: boolean,
): Promise<Result<string | null, CommandRefusal>> {
  const loaded = force ? ok(null) : await loadCurrentTrust(paths);
  if (!loaded.ok) return loaded;
  const current = loaded.value;
  const believesDesk =
    current?.keys.some(({ role, publicKey }) => role === "desk" && publicKey === identity.deskPublicKey) ??
    false;
  if (current !== null && !believesDesk)
    return refuse({
      reason: "trust-differs",
      sentence: `${paths.trust} trusts another desk: if this host shall obey the new one, run the command again with --force.`,
    });
  if (current?.hostId === identity.hostId) return ok(null);
  const trust: Trust = current === null ? firstTrustOf(identity) : { ...current, hostId: identity.hostId };
  const content = `${JSON.stringify(trust, null, 2)}\n`;
  if (paths.mode === "process" || process.getuid?.() === 0) {
    await ensureDirectory(paths.configDir, 0o755);
    await writeDurably(paths.trust, content, 0o644);
    return ok(null);
  }
  const stagedPath = join(paths.agentStateDir, "trust.json");
  await writeDurably(stagedPath, content, 0o644);
  return ok(`sudo install -D -o root -g root -m 0644 ${stagedPath} ${paths.trust}`);
}

/** The desk's signature for every level; whoever wants approvers' own keys too adds them as root. */
function firstTrustOf({ hostId, deskKeyId, deskPublicKey }: Identity): Trust {
  return {
    version: 1,
    hostId,
    keys: [{ keyId: deskKeyId, role: "desk", algorithm: "ed25519", publicKey: deskPublicKey }],
    rolesRequired: { 1: ["desk"], 2: ["desk"], 3: ["desk"], 4: ["desk"], 5: ["desk"] },
  };
}

async function loadCurrentTrust(paths: HostPaths): Promise<Result<Trust | null, CommandRefusal>> {
  const loaded = await loadTrust(paths.trust, paths.mode);
  if (loaded.ok || loaded.error.reason !== "missing") return loaded;
  return ok(null);
}

function enrolledOf({ hostId, shard, url }: Identity, paths: HostPaths, trustCommand: string | null) {
  return { hostId, shard, url, identity: paths.identity, trust: paths.trust, trustCommand };
}
