// A desk on a virtual clock for the unit tests of its core: takes events, keeps the state, remembers the effects. Ids are counted by
// their prefix, so expectations can name them.
import { boundUnitOf } from "@countersign/shared/host/same-unit";
import { decodeBase64, encodeBase64 } from "@countersign/shared/values/base64";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { FIRST_RULES, ONE_PERSON } from "@countersign/shared/wire/level-rule";
import type { Outcome } from "@countersign/shared/wire/outcome";
import { parseProposal, type Proposal, proposalHashOf } from "@countersign/shared/wire/proposal";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { standInSignature } from "../../../../control-plane/replay/world/stand-in.ts";
import type { ReadyAct } from "../../../../control-plane/src/core/desk/acts/act-list.ts";
import { decideDesk } from "../../../../control-plane/src/core/desk/decide-desk.ts";
import { actBy, type DeskEvent } from "../../../../control-plane/src/core/desk/desk-event.ts";
import { LIKE_WAIT_MS } from "../../../../control-plane/src/core/desk/paging/stream.ts";
import type { Page } from "../../../../control-plane/src/core/desk/records/pages/page.ts";
import { refOf } from "../../../../control-plane/src/core/desk/state/audit-ref.ts";
import type { DeskDecision, DeskEffect } from "../../../../control-plane/src/core/desk/state/desk-events.ts";
import type { DeskState } from "../../../../control-plane/src/core/desk/state/desk-state.ts";
import { EMPTY_DESK } from "../../../../control-plane/src/core/desk/state/empty-desk.ts";
import { type Asking, isSameAsker, wireAskerOf } from "../../../../control-plane/src/core/words/asking.ts";
import type { PageReason, Signal } from "../../../../control-plane/src/core/words/signal.ts";
import {
  type HostSubject,
  type ServiceSubject,
  type Subject,
  subjectKeyOf,
} from "../../../../control-plane/src/core/words/subject.ts";
import { Policy } from "../../../../control-plane/src/policy/policy.ts";
import { assertReadableDesk } from "../../stored/readable-records.ts";

export const START_AT = Date.UTC(2026, 10, 22, 2, 0, 0);
export const HOST_ID = `host_${"a".repeat(32)}`;
export const SERVICE: ServiceSubject = {
  kind: "service",
  hostId: HOST_ID,
  hostName: "web-1",
  service: "demo",
};
export const HOST: HostSubject = { kind: "host", hostId: HOST_ID, hostName: "web-1" };

/** Alice has two channels, Bob one; Bob is paged five minutes after Alice; all again after fifteen. */
export const POLICY: Policy = Policy.parse({
  version: 1,
  channels: {
    push: { kind: "ntfy", topic: "push" },
    text: { kind: "ntfy", topic: "text" },
  },
  responders: [
    { id: "alice", name: "Alice", channels: ["push", "text"] },
    { id: "bob", name: "Bob", channels: ["push"] },
  ],
  escalation: {
    steps: [
      { notify: ["alice"], after: "0s" },
      { notify: ["bob"], after: "5m" },
    ],
    repeat: "15m",
  },
});

/** Somebody was told that it is down. */
export function isTold({ state }: Desk, incidentId: string): boolean {
  return state.pages
    .values()
    .some((page) => page.incidentId === incidentId && page.kind === "ring" && page.state === "delivered");
}

/** A ring about it came to its person, or may have, alone or in a digest; of what merged, what took it in tells the end. */
export function mayKnow(desk: Desk, about: Pick<Page, "incidentId" | "responder">): boolean {
  const isRing = (key: string) => {
    const [incidentId = "", kind, , responder] = key.split(":");
    return kind === "ring" && responder === about.responder && heldIn(desk, incidentId) === about.incidentId;
  };
  const cameToThem = desk.state.pages.values().some(({ key, state }) => state === "delivered" && isRing(key));
  return (
    cameToThem ||
    sentBy(desk).some(({ covers = [], key }) => [key, ...covers].some(isRing) && mayHaveCome(desk, key))
  );
}

/** A channel was tried with a page more often than it refused that. */
function mayHaveCome(desk: Desk, pageKey: string): boolean {
  const tried = sentBy(desk).flatMap(({ channelIndex, channels, key }) =>
    key === pageKey ? (channels[channelIndex] ?? []) : [],
  );
  const refused = desk.effects.flatMap((effect) =>
    effect.kind === "audit" &&
    effect.entry.act === "page-failed" &&
    refOf(effect.entry, "page")?.key === pageKey
      ? (/^[^:,]*/.exec(effect.entry.why ?? "")?.[0] ?? [])
      : [],
  );
  const countIn = (all: readonly string[], channel: string) => all.filter((one) => one === channel).length;
  return tried.some((channel) => countIn(tried, channel) > countIn(refused, channel));
}

function sentBy({ effects }: Desk): readonly Page[] {
  return effects.flatMap((effect) => (effect.kind === "send-page" ? [effect.page] : []));
}

function heldIn(desk: Desk, incidentId: string): string {
  const mergedInto = desk.state.incidents.get(incidentId)?.mergedInto ?? null;
  return mergedInto === null ? incidentId : heldIn(desk, mergedInto);
}

type Proposed = Extract<Signal, { kind: "proposed" }>;

export class Desk {
  now = START_AT;
  state: DeskState = EMPTY_DESK;
  readonly effects: DeskEffect[] = [];
  last: DeskDecision | null = null;
  /** a policy apply: set it between two events */
  policy: Policy;
  readonly #idCounts = new Map<string, number>();
  #keyCount = 0;

  constructor(policy: Policy = POLICY) {
    this.policy = policy;
  }

  take(event: DeskEvent): DeskDecision {
    this.last = decideDesk(this.state, event, {
      now: this.now,
      policy: this.policy,
      newId: (prefix) => this.#newId(prefix),
    });
    assertReadableDesk(this.state, this.last.state);
    if (this.last.isLeftUndone) throw new Error("something due was left undone");
    this.state = this.last.state;
    this.effects.push(...this.last.effects);
    return this.last;
  }

  #newId(prefix: string): string {
    const count = (this.#idCounts.get(prefix) ?? 0) + 1;
    this.#idCounts.set(prefix, count);
    return `${prefix}_${count}`;
  }

  /** Moves the clock and ticks. */
  tickAfter(durationMs: number): DeskDecision {
    this.now += durationMs;
    return this.take({ kind: "tick" });
  }

  /** Signal fields that every test would repeat. */
  signalBase() {
    return { key: `shard-0:${++this.#keyCount}`, happenedAt: this.now, noticedAt: this.now };
  }

  fire(options: Partial<Extract<Signal, { kind: "firing" }>> = {}): DeskDecision {
    const reason: PageReason = options.reason ?? "check-failing";
    return this.take({
      kind: "signal",
      signal: {
        ...this.signalBase(),
        kind: "firing",
        subject: reason === "check-failing" ? SERVICE : HOST,
        reason,
        severity: "error",
        title: "demo is failing",
        evidence: [{ at: this.now, text: "http: 500" }],
        proposalRequestId: null,
        restarts: null,
        ...options,
      },
    });
  }

  clear(
    reason: PageReason = "check-failing",
    subject: Subject = reason === "check-failing" ? SERVICE : HOST,
  ): DeskDecision {
    return this.take({
      kind: "signal",
      signal: { ...this.signalBase(), kind: "cleared", subject, reason, evidence: [] },
    });
  }

  /** By default a restart was asked for, and is what is answered. */
  propose(options: Partial<Proposed> = {}): DeskDecision {
    const { subject = SERVICE, requestId = "prq_1", proposal = PROPOSAL_TEXT } = options;
    const { asked = { action: "restart", level: 4 }, reason = "check-failing", settleMs = 60_000 } = options;
    const { askedBy = { kind: "rule", reason } } = options;
    const why = askedBy.kind === "person" ? askedBy.why : PROPOSAL.reason;
    const told = {
      ...options,
      subject,
      requestId,
      proposal: answered(proposal, { askedBy: wireAskerOf(askedBy), reason: asked.reason ?? why }),
      asked: { reason: why, ...asked },
      reason,
      askedBy,
      settleMs,
    };
    return this.take({ kind: "signal", signal: { ...this.signalBase(), kind: "proposed", ...told } });
  }

  /** A responder does something. */
  act(responder: string, act: ReadyAct): DeskDecision {
    return this.take(actBy(responder, act));
  }

  /** By a passkey of theirs, over what is named. */
  approve(options: { approvalId?: string; by?: string; proposalHash?: string } = {}): DeskDecision {
    const { approvalId = this.approvalId(), by = "alice" } = options;
    const { proposalHash = this.state.approvals.get(approvalId)?.proposalHash ?? PROPOSAL_HASH } = options;
    const signature = standInSignature(by, proposalHash);
    return this.act(by, { kind: "approve", approvalId, proposalHash, signature });
  }

  end(outcome: Partial<Outcome>): DeskDecision {
    const grantId = this.approval().grantId;
    return this.take({
      kind: "signal",
      signal: {
        ...this.signalBase(),
        kind: "outcome",
        subject: SERVICE,
        outcome: { ...OUTCOME, grantId, ...outcome },
      },
    });
  }

  verify(result: "verified" | "ineffective", seen: { readonly wellAt?: number } = {}): DeskDecision {
    const grantId = this.approval().grantId ?? "";
    const said = { subject: SERVICE, grantId, result, evidence: [], ...seen };
    return this.take({ kind: "signal", signal: { ...this.signalBase(), kind: "verification", ...said } });
  }

  receipt(key: string, channel: string, result: "delivered" | "failed"): DeskDecision {
    return this.take({ kind: "page-attempted", key, channel, result, detail: "" });
  }

  /** Every page tried and not yet answered is delivered. */
  deliverPages(): void {
    for (const page of this.state.pages.values())
      if (page.state === "pending") this.receipt(page.key, page.channels[0] ?? "", "delivered");
  }

  incident() {
    const incident = this.state.incidents.values().at(-1);
    if (incident === undefined) throw new Error("there is no incident");
    return incident;
  }

  /** The newest finding for a reason, about whom it is asked. */
  findingOf(reason: PageReason, subject?: Subject) {
    const finding = this.state.findings
      .values()
      .findLast(
        (one) =>
          one.reason === reason &&
          (subject === undefined || subjectKeyOf(one.subject) === subjectKeyOf(subject)),
      );
    if (finding === undefined) throw new Error(`there is no finding of ${reason}`);
    return finding;
  }

  /** The incident that holds it. */
  incidentOf(reason: PageReason, subject?: Subject) {
    const incident = this.state.incidents.get(this.findingOf(reason, subject).incidentId);
    if (incident === undefined) throw new Error(`nothing holds ${reason}`);
    return incident;
  }

  /** Whom which ring, update or end went to, in the order in which they were queued. */
  sent(): readonly string[] {
    return this.state.pages.values().map(({ key }) => key);
  }

  /** Lets time pass by the desk's own alarms, with channels that take every page; what was decided is told until then. */
  liveFor(durationMs: number): void {
    const endsAt = this.now + durationMs;
    for (;;) {
      this.deliverPages();
      const alarmAt = this.tickAfter(0).alarmAt ?? Infinity;
      if (alarmAt > endsAt) break;
      this.now = alarmAt;
      this.take({ kind: "tick" });
    }
    this.now = endsAt;
    this.take({ kind: "tick" });
    this.deliverPages();
  }

  /** The newest finding. */
  finding() {
    const finding = this.state.findings.values().at(-1);
    if (finding === undefined) throw new Error("there is no finding");
    return finding;
  }

  /** Lets what waits for its like go out. */
  settle(): DeskDecision {
    return this.tickAfter(LIKE_WAIT_MS);
  }

  approval() {
    const approval = this.state.approvals.values().at(-1);
    if (approval === undefined) throw new Error("there is no approval");
    return approval;
  }

  approvalId(): string {
    return this.approval().approvalId;
  }

  /** Keys of all attempts so far, in order, with their channel. */
  attempts(): readonly string[] {
    return this.effects.flatMap((effect) =>
      effect.kind === "send-page"
        ? [`${effect.page.key} ${effect.page.channels[effect.page.channelIndex]}`]
        : [],
    );
  }

  audited(): readonly string[] {
    return this.effects.flatMap((effect) => (effect.kind === "audit" ? [effect.entry.act] : []));
  }
}

export const UNIT_STATE: UnitState = {
  activeState: "failed",
  subState: "failed",
  result: "exit-code",
  restartCount: 0,
  invocationId: "1".repeat(32),
  mainPid: 0,
  activeEnterAt: START_AT - 60_000,
  memoryCurrentBytes: null,
};

export const PROPOSAL: Proposal = {
  version: 2,
  nonce: "n".repeat(22),
  hostId: HOST_ID,
  bootId: "00000000-0000-4000-8000-000000000001",
  action: "restart",
  service: "demo",
  level: 4,
  argv: ["/usr/bin/sudo", "-n", "/usr/bin/systemctl", "restart", "--no-block", "demo.service"],
  runAs: "root",
  askedBy: { kind: "rule", rule: "check-failing" },
  reason: "demo is failing on web-1",
  requires: ONE_PERSON,
  precondition: boundUnitOf(UNIT_STATE),
  unitState: UNIT_STATE,
  verification: { unit: "demo.service", checks: ["http"] },
  mintedAt: START_AT,
  lifetimeMs: 3_600_000,
};

/** A proposal as it travels. */
export function proposalText(proposal: Partial<Proposal> = {}): string {
  return encodeBase64(proposalBytes(proposal));
}

/** Its hash. */
export function hashOf(proposal: Partial<Proposal> = {}): string {
  return proposalHashOf(proposalBytes(proposal));
}

// As an honest host answers: by whom it was asked, and why. What a test says of either stays.
function answered(text: string, asking: Asking): string {
  const parsed = parseProposal(decodeBase64(text) ?? new Uint8Array());
  if (!parsed.ok || parsed.value.reason !== PROPOSAL.reason) return text;
  if (!isSameAsker(parsed.value.askedBy, PROPOSAL.askedBy)) return text;
  const isAlike = isSameAsker(asking.askedBy, PROPOSAL.askedBy) && asking.reason === PROPOSAL.reason;
  return isAlike ? text : encodeBase64(encodeUtf8(JSON.stringify({ ...parsed.value, ...asking })));
}

function proposalBytes(proposal: Partial<Proposal>): Uint8Array {
  const requires = FIRST_RULES[proposal.level ?? PROPOSAL.level];
  return encodeUtf8(JSON.stringify({ ...PROPOSAL, requires, ...proposal }));
}

export const PROPOSAL_TEXT = proposalText();
export const PROPOSAL_HASH = hashOf();

export const OUTCOME: Outcome = {
  nonce: PROPOSAL.nonce,
  grantId: null,
  action: "restart",
  service: "demo",
  status: "succeeded",
  refusal: null,
  detail: "",
  unitBefore: null,
  unitAfter: null,
  startedAt: START_AT,
  finishedAt: START_AT,
  sequence: 1,
};
