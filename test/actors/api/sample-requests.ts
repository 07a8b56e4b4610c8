// For each line of the table of routes: a request that is good in the world that is made here, one that names what is not there, and one that
// names what cannot be. A line without its samples does not compile.
import { decodeBase64, encodeBase64 } from "@countersign/shared/values/base64";
import { sha256Hex } from "@countersign/shared/values/digest";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { enrolmentBytesOf } from "@countersign/shared/wire/enrolment";
import type { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import { generateKeyPair, signBytes } from "@countersign/shared/wire/signature";
import type { Call } from "../../../control-plane/src/api/table/routes.ts";
import { byAdmin } from "../../../control-plane/src/core/words/actor.ts";
import { openApproval, signedInDevice } from "../people/device.ts";
import { bindings, desk, type EnrolledHost, enrolledHost } from "../world/fleet.ts";
import { credentialOf, deviceOf, firstPasskey, nextTrust, PARTY, passkey } from "../world/passkeys.ts";
import { fallSilentTogether } from "../world/silent-fleet.ts";

/** Parts of a request, as they are sent. */
export interface Given {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Samples {
  readonly own: Given;
  /** absent: the line names nothing that could be there or not */
  readonly foreign?: Given;
  readonly malformed?: Given;
}

/** What there is before anything is asked: a person who is signed in, two hosts, an incident, a finding in shadow, a record put aside. */
export interface World {
  readonly cookie: string;
  readonly enrolmentToken: string;
  readonly host: EnrolledHost;
  readonly otherHost: EnrolledHost;
  readonly incidentId: string;
  readonly signInId: string;
  readonly findingId: string;
  readonly recordKey: string;
  readonly testId: string;
  /** a good enrolment, with a token that nobody has used */
  readonly enrolment: object;
  /** a passkey that waits to be let in */
  readonly candidateId: string;
  /** of a next version that waits for signatures */
  readonly draftHash: string;
  /** the next version of the fleet's trust, signed by who must */
  readonly nextTrust: SignedTrust;
}

const NOW = new Date().toISOString();
const LATER = new Date(Date.now() + 60_000).toISOString();
const text = () => `${bindings.POLICY ?? ""}\nretention: { auditFor: 40d }`;

export async function makeWorld(): Promise<World> {
  const { cookie } = await signedInDevice();
  const [host, otherHost] = [await enrolledHost("web-1"), await enrolledHost("web-2")];
  const { incidentId } = await openApproval({}, otherHost);
  const at = { happenedAt: Date.now(), noticedAt: Date.now() };
  const subject = { kind: "host", hostId: otherHost.hostId, hostName: "web-2" } as const;
  const firing = { kind: "firing", subject, severity: "error", evidence: [], restarts: null } as const;
  await desk().receiveSignals("shard-0", [
    {
      ...at,
      ...firing,
      key: "w:1",
      reason: "stale-code",
      title: "x",
      proposalRequestId: null,
      shadow: { tags: [] },
    },
    {
      ...at,
      kind: "unreadable",
      key: "w:2",
      part: "shard-0",
      record: "history",
      id: "7",
      problem: "not JSON",
    },
  ]);
  await fallSilentTogether(otherHost);
  const testId = `tst_${"B".repeat(22)}`;
  const act = { kind: "send-test-page", testId, responder: "operator", channel: null } as const;
  await desk().act({ act, by: byAdmin() });
  const [signIn] = await desk().signIns(null);
  const [finding] = (await desk().shadow()).findings;
  const [record] = (await desk().unreadable()).records;
  const own = await firstPasskey();
  const { token: enrolmentToken } = await desk().createEnrolmentToken(byAdmin());
  return {
    cookie,
    enrolmentToken,
    host,
    otherHost,
    incidentId,
    signInId: signIn?.signInId ?? "",
    findingId: finding?.findingId ?? "",
    recordKey: record?.recordKey ?? "",
    testId,
    candidateId: await candidate(),
    draftHash: await draft(),
    nextTrust: await nextTrust([own]),
    enrolment: await enrolmentOf((await desk().createEnrolmentToken(byAdmin())).token),
  };
}

/** The operator's second passkey, which waits; its id. */
async function candidate(): Promise<string> {
  const credential = credentialOf(await passkey(), "a second key");
  const offer = { kind: "offer-passkey", credential, deviceName: "Phone" } as const;
  const offered = await desk().trustAct(offer, deviceOf("operator"));
  if (!offered.ok) throw new Error(offered.error.reason);
  return credential.credentialId;
}

/** A next version that waits for signatures; its hash. */
async function draft(): Promise<string> {
  const { trust } = await nextTrust([], { levels: {} });
  const drafted = await desk().trustAct({ kind: "draft-trust", text: trust }, byAdmin());
  if (!drafted.ok) throw new Error(drafted.error.reason);
  return sha256Hex(decodeBase64(trust) ?? new Uint8Array());
}

/** What a host sends to enrol, with a key of its own. */
export async function enrolmentOf(token: string): Promise<object> {
  const { privateKey, publicKey } = await generateKeyPair();
  const signature = encodeBase64(await signBytes(privateKey, enrolmentBytesOf(token, publicKey)));
  return { version: 1, token, publicKey, hostname: "web-3", signature };
}

const NO_HOST = `host_${"0".repeat(32)}`;
const window = { from: NOW, to: LATER };

export const SAMPLES: { readonly [C in Call]: (world: World) => Samples } = {
  "GET /healthz": () => ({ own: {} }),
  "GET /openapi.json": () => ({ own: {} }),
  "POST /v1/enrol": ({ enrolment }) => ({
    own: { body: enrolment },
    foreign: { body: { ...enrolment, token: `cse_${"A".repeat(43)}.${"0".repeat(32)}` } },
    malformed: { body: { ...enrolment, token: "none" } },
  }),
  "POST /v1/channels/:channel": () => ({
    own: { params: { channel: "terminal" }, body: "Digits=1" },
    foreign: { params: { channel: "nothing" }, body: "Digits=1" },
    malformed: { params: { channel: "x".repeat(65) } },
  }),
  "GET /v1/agent/connect/:shard/:host": ({ host }) => ({
    own: { params: { shard: host.shard, host: host.hostId } },
    malformed: { params: { shard: host.shard, host: "web-1" } },
  }),
  "POST /v1/admin/enrolment-tokens": () => ({ own: {} }),
  "POST /v1/admin/sign-in-tokens": () => ({
    own: { body: { responder: "operator" } },
    foreign: { body: { responder: "nobody" } },
    malformed: { body: { responder: "No Body" } },
  }),
  "GET /v1/admin/sign-ins": () => ({ own: {} }),
  "DELETE /v1/admin/sign-ins/:id": ({ signInId }) => ({
    own: { params: { id: signInId } },
    foreign: { params: { id: `sgn_${"A".repeat(22)}` } },
    malformed: { params: { id: "x".repeat(101) } },
  }),
  "DELETE /v1/admin/responders/:id/sign-ins": () => ({
    own: { params: { id: "operator" } },
    foreign: { params: { id: "nobody" } },
    malformed: { params: { id: "x".repeat(101) } },
  }),
  "GET /v1/admin/reach": () => ({ own: {} }),
  "POST /v1/admin/test-pages": () => ({
    own: { body: { responder: "operator", channel: "terminal" } },
    foreign: { body: { responder: "operator", channel: "nothing" } },
    malformed: { body: { responder: "No Body" } },
  }),
  "GET /v1/admin/test-pages/:id": ({ testId }) => ({
    own: { params: { id: testId } },
    foreign: { params: { id: `tst_${"A".repeat(22)}` } },
    malformed: { params: { id: "x".repeat(101) } },
  }),
  "GET /v1/admin/trust": () => ({ own: {} }),
  "POST /v1/admin/trust": ({ nextTrust }) => ({
    own: { body: nextTrust },
    foreign: { body: { ...nextTrust, signatures: [] } },
    malformed: { body: { trust: "no base64" } },
  }),
  "POST /v1/admin/trust/begin-anew": () => ({
    own: { body: { confirm: true, why: "the desk moves" } },
    malformed: { body: { confirm: false, why: "the desk moves" } },
  }),
  // ours is asked for last, once all is forgotten
  "POST /v1/admin/trust/domain": () => ({
    own: { body: { rpId: PARTY.rpId } },
    foreign: { body: { rpId: PARTY.rpId } },
    malformed: { body: { rpId: "127.0.0.1" } },
  }),
  "GET /v1/admin/approvers": () => ({ own: {} }),
  "DELETE /v1/admin/candidates/:id": ({ candidateId }) => ({
    own: { params: { id: candidateId } },
    foreign: { params: { id: "AAAA" } },
    malformed: { params: { id: "no id" } },
  }),
  "POST /v1/admin/trust/drafts": ({ nextTrust }) => ({
    own: { body: { text: nextTrust.trust } },
    foreign: { body: { text: encodeBase64(encodeUtf8("{}")) } },
    malformed: { body: { text: "no base64" } },
  }),
  "DELETE /v1/admin/trust/drafts/:hash": ({ draftHash }) => ({
    own: { params: { hash: draftHash } },
    foreign: { params: { hash: "0".repeat(64) } },
    malformed: { params: { hash: "x".repeat(64) } },
  }),
  "GET /v1/admin/hosts": () => ({
    own: { query: { q: "web", limit: "1" } },
    malformed: { query: { limit: "201" } },
  }),
  "GET /v1/admin/hosts/:id": ({ host }) => ({
    own: { params: { id: host.hostId } },
    foreign: { params: { id: NO_HOST } },
    malformed: { params: { id: "x".repeat(101) } },
  }),
  "GET /v1/admin/hosts/:id/ask": ({ host }) => ({
    own: { params: { id: host.hostId } },
    foreign: { params: { id: NO_HOST } },
    malformed: { params: { id: "x".repeat(101) } },
  }),
  "POST /v1/admin/hosts/:id/retire": ({ host }) => ({
    own: { params: { id: host.hostId }, body: { why: "sold" } },
    foreign: { params: { id: NO_HOST } },
    malformed: { params: { id: "x".repeat(101) } },
  }),
  "POST /v1/admin/hosts/:id/set-aside": ({ otherHost }) => ({
    own: { params: { id: otherHost.hostId }, body: { why: "its disk died" } },
    foreign: { params: { id: NO_HOST }, body: { why: "its disk died" } },
    malformed: { params: { id: "x".repeat(101) }, body: { why: "its disk died" } },
  }),
  "GET /v1/admin/incidents": () => ({ own: {} }),
  "GET /v1/admin/incidents/:id": ({ incidentId }) => ({
    own: { params: { id: incidentId } },
    foreign: { params: { id: `inc_${"A".repeat(22)}` } },
    malformed: { params: { id: "x".repeat(101) } },
  }),
  "POST /v1/admin/incidents/:id/notes": ({ incidentId }) => ({
    own: { params: { id: incidentId }, body: { text: "the disk is full", by: "dana" } },
    foreign: { params: { id: `inc_${"A".repeat(22)}` }, body: { text: "the disk is full" } },
    malformed: { params: { id: "x".repeat(101) }, body: { text: "the disk is full" } },
  }),
  "GET /v1/admin/incidents/:id/post-mortem": ({ incidentId }) => ({
    own: { params: { id: incidentId } },
    foreign: { params: { id: `inc_${"A".repeat(22)}` } },
    malformed: { params: { id: "x".repeat(101) } },
  }),
  "GET /v1/admin/history": ({ host }) => ({
    own: { query: { host: host.hostId, state: "going", from: "2026-04-03T23:25:00Z", limit: "3" } },
    malformed: { query: { state: "acknowledged" } },
  }),
  "GET /v1/admin/resolved": ({ host }) => ({
    own: { query: { host: host.hostId, limit: "3" } },
    malformed: { query: { limit: "0" } },
  }),
  "GET /v1/admin/pages": ({ incidentId }) => ({
    own: { query: { incident: incidentId } },
    malformed: { query: { limit: "201" } },
  }),
  "GET /v1/admin/policy": () => ({ own: {} }),
  "PUT /v1/admin/policy": () => ({
    own: { body: { text: text(), expectedVersion: 0 } },
    foreign: { body: { text: text(), expectedVersion: 7 } },
    malformed: { body: { text: text(), expectedVersion: -1 } },
  }),
  "POST /v1/admin/policy/dry-run": () => ({
    own: { body: { text: text(), expectedVersion: 1 } },
    foreign: { body: { text: text(), expectedVersion: 7 } },
    malformed: { body: { text: 7, expectedVersion: 1 } },
  }),
  "POST /v1/admin/policy/undo": () => ({
    own: { body: { expectedVersion: 1 } },
    foreign: { body: { expectedVersion: 7 } },
    malformed: { body: { expectedVersion: "one" } },
  }),
  "GET /v1/admin/shadow": () => ({ own: {} }),
  "POST /v1/admin/shadow/false-alarms": ({ findingId }) => ({
    own: { body: { findingId } },
    foreign: { body: { findingId: "stale-code:nothing:1" } },
    malformed: { body: { findingId: "" } },
  }),
  "GET /v1/admin/unreadable": ({ host }) => ({
    own: { query: { part: host.shard } },
    foreign: { query: { part: "shard-9" } },
    malformed: { query: { part: "no part" } },
  }),
  "POST /v1/admin/unreadable/discard": ({ recordKey }) => ({
    own: { body: { recordKey } },
    foreign: { body: { recordKey: "desk/page/nothing" } },
    malformed: { body: { recordKey: "" } },
  }),
  "GET /v1/admin/recorded": ({ host }) => ({
    own: { query: { ...window, after: `${host.shard}:0` } },
    foreign: { query: { ...window, after: "shard-9:0" } },
    malformed: { query: { ...window, after: "shard-0" } },
  }),
  "GET /v1/admin/recorded/hosts": ({ host }) => ({
    own: { query: { after: host.shard } },
    foreign: { query: { after: "shard-9" } },
    malformed: { query: { after: "no shard" } },
  }),
  "GET /v1/admin/recorded/settings": () => ({
    own: { query: window },
    malformed: { query: { ...window, from: "yesterday" } },
  }),
  "GET /v1/admin/recorded/policies/:version": () => ({
    own: { params: { version: "0" } },
    foreign: { params: { version: "7" } },
    malformed: { params: { version: "one" } },
  }),
  "GET /v1/admin/audit": () => ({ own: { query: { limit: "3" } }, malformed: { query: { before: "0" } } }),
  "GET /v1/admin/audit/verify": () => ({ own: {} }),
  "GET /v1/admin/audit/copies": () => ({
    own: { query: { from: "1", through: "3" } },
    malformed: { query: { from: "1", through: "502" } },
  }),
};
