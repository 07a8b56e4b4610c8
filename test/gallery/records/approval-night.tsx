// The question of the night as records of the product: nginx on web-1, and what its approval's view is made of. A state of
// the gallery says only what differs.
import { encodeBase64 } from "@countersign/shared/values/base64";
import { NONE_NAMED } from "@countersign/shared/values/named";
import type { Credential } from "@countersign/shared/wire/assertion";
import { ONE_PERSON } from "@countersign/shared/wire/level-rule";
import type { Outcome } from "@countersign/shared/wire/outcome";
import { type Proposal, proposalHashOf } from "@countersign/shared/wire/proposal";
import type { UnitState } from "@countersign/shared/wire/service-report";
import type { Approval, PersonSignature } from "../../../control-plane/src/core/desk/records/approval.ts";
import type { Finding } from "../../../control-plane/src/core/desk/records/finding.ts";
import type { Incident } from "../../../control-plane/src/core/desk/records/incident.ts";
import { EMPTY_BOOK } from "../../../control-plane/src/core/facts/fact-book.ts";
import type { ServiceState } from "../../../control-plane/src/core/shard/host/shard-state.ts";
import { byPerson } from "../../../control-plane/src/core/words/actor.ts";
import type { ServiceSubject } from "../../../control-plane/src/core/words/subject.ts";
import { ApprovalView } from "../../../control-plane/src/web/approvals/approval-view.tsx";
import type { HealthNow } from "../../../control-plane/src/web/approvals/shown-approval.ts";
import type { ShownApproval } from "../../../control-plane/src/web/approvals/shown-approval.ts";
import { signingOf } from "../../../control-plane/src/web/approvals/signing/who-must-sign.ts";
import type { PagingNow } from "../../../control-plane/src/web/approvals/who-is-paged.tsx";
import type { PasskeysNow } from "../../../control-plane/src/web/signing/own-passkeys.ts";
import { PARTY, passkey, trustOf } from "../passkeys.tsx";
import { ALICE, DAY_MS, HOUR_MS, MINUTE_MS, NOW, SECOND_MS, type ShownState } from "../shown-state.ts";

export const WEB_1 = `host_${"7".repeat(32)}`;
export const NGINX: ServiceSubject = { kind: "service", hostId: WEB_1, hostName: "web-1", service: "nginx" };

export const BROKE_AT = NOW - 31 * SECOND_MS;

export const CRASHED: UnitState = {
  activeState: "failed",
  subState: "failed",
  result: "core-dump",
  restartCount: 3,
  invocationId: "1".repeat(32),
  mainPid: 0,
  activeEnterAt: NOW - 9 * MINUTE_MS,
  memoryCurrentBytes: null,
};

export const PROPOSAL: Proposal = {
  version: 2,
  nonce: "n".repeat(22),
  hostId: WEB_1,
  bootId: "00000000-0000-4000-8000-000000000001",
  action: "restart",
  service: "nginx",
  level: 4,
  argv: ["/usr/bin/sudo", "-n", "/usr/bin/systemctl", "restart", "--no-block", "nginx.service"],
  runAs: "root",
  askedBy: { kind: "rule", rule: "check-failing" },
  reason: "nginx is failing on web-1",
  requires: ONE_PERSON,
  precondition: {
    activeState: "failed",
    invocationId: CRASHED.invocationId,
    result: "core-dump",
    isStarting: false,
  },
  unitState: CRASHED,
  verification: { unit: "nginx.service", checks: ["https", "port"] },
  mintedAt: NOW - 27 * SECOND_MS,
  lifetimeMs: HOUR_MS,
};

/** One that waits for Alice, with what is given. */
export function approvalOf(given: Partial<Approval> = {}): Approval {
  const proposal = given.proposal ?? PROPOSAL;
  const bytes = new TextEncoder().encode(JSON.stringify(proposal));
  return {
    approvalId: "apr_nginx",
    incidentId: "inc_nginx",
    findingId: "fnd_nginx",
    requestId: "prq_nginx",
    askedBy: { kind: "rule", reason: "check-failing" },
    subject: NGINX,
    proposalBytes: encodeBase64(bytes),
    proposalHash: proposalHashOf(bytes),
    state: "seen",
    requestedAt: NOW - 27 * SECOND_MS,
    deliveredAt: BROKE_AT + 4 * SECOND_MS,
    seenAt: BROKE_AT + 21 * SECOND_MS,
    expiresAt: NOW + 29 * MINUTE_MS,
    decidedAt: null,
    decidedBy: null,
    grantId: null,
    grantExpiresAt: null,
    isGrantDelivered: false,
    outcome: null,
    end: null,
    settleMs: MINUTE_MS,
    ...given,
    proposal,
  };
}

const PHONES = new Map([
  ["alice", passkey("Alice's Pixel 9", true)],
  ["omar", passkey("Omar's iPhone", true)],
]);

/** What a person's passkey leaves behind; its parts stand for some. */
export function signatureOf(
  by: string,
  { credentialId, isSynced, name }: Credential,
  at: number,
): PersonSignature {
  const parts = { authenticatorData: "data", clientDataJSON: "data", signature: "sign" };
  return {
    by: { kind: "person", responder: by },
    at,
    credentialId,
    credentialName: name,
    isSynced,
    assertion: { scheme: "webauthn", credentialId, ...parts },
  };
}

/** What a yes leaves behind, so long before now. */
export function yesOf(agoMs: number, by = "alice"): Partial<Approval> {
  const decidedAt = NOW - agoMs;
  const grantExpiresAt = decidedAt + 2 * MINUTE_MS;
  const signatures = [signatureOf(by, PHONES.get(by) ?? passkey("A phone"), decidedAt)];
  return {
    state: "approved",
    signatures,
    decidedAt,
    decidedBy: byPerson(by),
    grantId: "grt_1",
    grantExpiresAt,
  };
}

export function outcomeOf(given: Partial<Outcome> = {}): Outcome {
  return {
    nonce: PROPOSAL.nonce,
    grantId: "grt_1",
    action: "restart",
    service: "nginx",
    status: "succeeded",
    refusal: null,
    detail: "the unit runs under a new invocation",
    unitBefore: CRASHED,
    unitAfter: {
      ...CRASHED,
      activeState: "active",
      subState: "running",
      result: "success",
      invocationId: "2".repeat(32),
    },
    startedAt: NOW - 3 * SECOND_MS,
    finishedAt: NOW - 1 * SECOND_MS,
    signers: [
      { scheme: "ed25519", keyId: "desk-1" },
      {
        scheme: "webauthn",
        person: "alice",
        credentialId: passkey("Alice's Pixel 9").credentialId,
        counter: 0,
      },
    ],
    sequence: 1,
    ...given,
  };
}

export function findingOf(given: Partial<Finding> = {}): Finding {
  return {
    findingId: "fnd_nginx",
    incidentId: "inc_nginx",
    subject: NGINX,
    reason: "check-failing",
    alike: "https",
    standing: "own",
    severity: "critical",
    title: "nginx is failing on web-1",
    evidence: [
      { at: BROKE_AT, text: "https failed 2×: connect ECONNREFUSED 127.0.0.1:443" },
      { at: BROKE_AT, text: "nginx.service: failed (result core-dump), no process" },
    ],
    refused: null,
    restarts: { count: 3, max: 6, windowMs: HOUR_MS },
    happenedAt: BROKE_AT,
    beganAt: BROKE_AT + SECOND_MS,
    placedAt: BROKE_AT + SECOND_MS,
    releasesAt: null,
    clearedAt: null,
    endedAt: null,
    endedBecause: null,
    beginningsAt: [BROKE_AT],
    told: "critical",
    newsAt: null,
    askedAt: NOW - 27 * SECOND_MS,
    approvalId: "apr_nginx",
    ...given,
  };
}

export function incidentOf(given: Partial<Incident> = {}): Incident {
  return {
    incidentId: "inc_nginx",
    place: { kind: "trouble", subjectKey: "service" },
    subject: NGINX,
    reason: "check-failing",
    severity: "critical",
    title: "nginx is failing on web-1",
    happenedAt: BROKE_AT,
    clearedAt: null,
    state: "open",
    mergedInto: null,
    openedAt: BROKE_AT + SECOND_MS,
    resolvedAt: null,
    acknowledgedBy: null,
    acknowledgedUntilAt: null,
    nextStep: null,
    resultAt: null,
    lastSentAt: BROKE_AT + 4 * SECOND_MS,
    sentCount: 1,
    rung: ["alice"],
    reached: ["alice"],
    answerers: [],
    membersTold: 1,
    reasonsTold: ["check-failing"],
    joinedAt: BROKE_AT,
    timeline: [],
    ...given,
  };
}

/** Restarts by systemd, so many minutes ago. */
export function restartsAgo(minutes: readonly number[]): Pick<ServiceState, "book" | "restartsAt"> {
  const restarts = minutes.map((ago) => ({ at: NOW - ago * MINUTE_MS, by: "systemd", supervisor: null }));
  return {
    restartsAt: restarts.map(({ at }) => at),
    book: { ...EMPTY_BOOK, slices: { "restart-loop-suspected": restarts } },
  };
}

/** As the shard of web-1 knows nginx: three restarts by systemd within the hour, and failing. */
export function serviceOf(given: Partial<ServiceState> = {}): ServiceState {
  return {
    service: "nginx",
    report: { service: "nginx", unit: CRASHED, results: [] },
    reportedAt: NOW - SECOND_MS,
    failing: NONE_NAMED,
    healthySinceAt: null,
    ...restartsAgo([51, 28, 9]),
    lastInvocationId: CRASHED.invocationId,
    lastRestartCount: 3,
    proposal: null,
    verification: null,
    ...given,
  };
}

export function healthOf(given: Partial<HealthNow> = {}): HealthNow {
  const service = given.service === undefined ? serviceOf() : given.service;
  const isWell = service === null ? null : service.healthySinceAt !== null;
  const heardAt = NOW - SECOND_MS;
  return { liveness: "up", answer: "known", heardAt, isUnheard: false, service, isWell, ...given };
}

/** Six days ago Omar said yes, and it helped. */
export const OMARS: Approval = approvalOf({
  approvalId: "apr_older",
  incidentId: "inc_older",
  findingId: "fnd_older",
  ...yesOf(6 * DAY_MS, "omar"),
  state: "verified",
  ranAt: NOW - 6 * DAY_MS + 2 * SECOND_MS,
  outcome: outcomeOf(),
});

/** All that the view is made of; Alice alone may approve, unless it is said who. */
export function shownOf(
  given: Partial<ShownApproval> & { readonly passkeys?: PasskeysNow } = {},
): ShownApproval {
  const { passkeys = { trust: trustOf(), where: { kind: "here", party: PARTY } }, ...shown } = given;
  const approval = shown.approval ?? approvalOf();
  const credentials = passkeys.trust?.trust.approvers.flatMap((approver) => approver.credentials) ?? [];
  return {
    frame: {
      ...ALICE,
      address: { moving: "/approvals/apr_nginx", still: "/approvals/apr_nginx?still=1", isStill: false },
    },
    approval,
    incident: incidentOf(),
    finding: findingOf(),
    older: null,
    earlier: [OMARS],
    cannotRun: null,
    health: healthOf(),
    lastWords: { hostName: "web-1", words: [] },
    readers: {
      reader: "alice",
      names: new Map([
        ["alice", "Alice"],
        ["omar", "Omar"],
        ["dana", "Dana"],
        ["ben", "Ben"],
      ]),
    },
    signing: signingOf(approval, passkeys, "alice"),
    mayApprove: ["alice", "omar", "ben"],
    passkeyNames: new Map(credentials.map(({ credentialId, name }) => [credentialId, name])),
    stabilityMs: 10 * MINUTE_MS,
    grantValidMs: 2 * MINUTE_MS,
    takenForMs: HOUR_MS,
    ...shown,
  };
}

/** What is shown of one that ran and failed broke 67 seconds ago. */
const FAILING = findingOf({ happenedAt: NOW - 67 * SECOND_MS });
export const TOKENS = { approve: "a-token", deny: "a-token", take: "a-token" };

/**
 * By the steps: Alice at once, Omar after five minutes. Whoever said no or yes holds that off for an hour; while somebody
 * has it nobody is next.
 */
function pagingOf({ approval, health, incident }: ShownApproval): PagingNow {
  const pagedAt = approval.deliveredAt;
  if (incident.resultAt !== null)
    return { next: [{ kind: "ring", at: incident.resultAt + 3 * SECOND_MS, to: ["alice"] }], pagedAt };
  if (health.isWell === true || incident.state === "acknowledged") return { next: [], pagedAt };
  const at = approval.decidedAt === null ? NOW + 4 * MINUTE_MS : approval.decidedAt + HOUR_MS;
  return { next: [{ kind: "ring", at, to: ["omar"] }], pagedAt };
}

/** One state of the view. */
export function state(name: string, given: Parameters<typeof shownOf>[0] = {}): ShownState {
  const isFailed = given.approval?.state === "failed";
  const shown = shownOf({ ...(isFailed ? { finding: FAILING } : {}), ...given });
  return {
    name: `approval-${name}`,
    path: "/approvals/apr_nginx",
    view: <ApprovalView shown={shown} tokens={TOKENS} paging={pagingOf(shown)} />,
  };
}

/** Its shard has it. */
export const HANDED = { isGrantDelivered: true, handedOverAt: NOW - 3 * SECOND_MS };
/** It ran, and has to stay well. */
export const RAN = {
  ...yesOf(8 * SECOND_MS),
  ...HANDED,
  outcome: outcomeOf(),
  ranAt: NOW - SECOND_MS,
  state: "executing",
} as const;
