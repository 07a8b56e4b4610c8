// A conversation with both cores, one command at a time, and every decision as a line of text. Nothing here has latency or a will
// of its own: hosts ping by themselves until told otherwise, alarms ring while time is advanced, everything else is a command.
//
//   host web-1                          enrol and connect a host with a healthy service `demo`
//   advance 10s                         let time pass; alarms ring
//   ping web-1 off|on                   keepalives stop or go on
//   report web-1 demo pass|fail [INVOCATION]
//   proposal web-1 prq_1                the actuator minted it
//   opinion web-1 answers|no-answer     the second opinion
//   outcome web-1 grt_1 STATUS [REFUSAL]
//   page delivered|failed               the oldest attempt that nobody answered
//   approve apr_1 alice, deny apr_1 alice, acknowledge inc_1 alice
//   restart                             the control plane starts anew without sockets
import { boundUnitOf } from "@countersign/shared/host/same-unit";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { formatDuration, parseDuration } from "@countersign/shared/values/duration";
import { named, NONE_NAMED } from "@countersign/shared/values/named";
import { ONE_PERSON } from "@countersign/shared/wire/level-rule";
import type { Outcome, RefusalReason } from "@countersign/shared/wire/outcome";
import type { Proposal } from "@countersign/shared/wire/proposal";
import { standInSignature } from "../../control-plane/replay/world/stand-in.ts";
import { decideDesk } from "../../control-plane/src/core/desk/decide-desk.ts";
import { actBy, type DeskEvent } from "../../control-plane/src/core/desk/desk-event.ts";
import type { Page } from "../../control-plane/src/core/desk/records/pages/page.ts";
import type { DeskEffect } from "../../control-plane/src/core/desk/state/desk-events.ts";
import type { DeskState } from "../../control-plane/src/core/desk/state/desk-state.ts";
import { EMPTY_DESK } from "../../control-plane/src/core/desk/state/empty-desk.ts";
import { decideShard, emptyShard } from "../../control-plane/src/core/shard/decide-shard.ts";
import type { ShardEvent } from "../../control-plane/src/core/shard/host/shard-events.ts";
import type { SecondOpinion } from "../../control-plane/src/core/shard/host/shard-state.ts";
import { shardAlarmAt } from "../../control-plane/src/core/shard/shard-alarm.ts";
import { actorNameOf } from "../../control-plane/src/core/words/actor.ts";
import type { ShardEffect } from "../../control-plane/src/core/words/effects.ts";
import { placeNameOf } from "../../control-plane/src/core/words/subject.ts";
import { Policy } from "../../control-plane/src/policy/policy.ts";
import { describeMessage, describeSignal } from "./describe-decision.ts";

const START_AT = Date.UTC(2026, 10, 22, 2, 0, 0);
const HOST_ID = `host_${"a".repeat(32)}`;
const BOOT_ID = "00000000-0000-4000-8000-000000000001";

export class Conversation {
  readonly #policy = Policy.parse({
    version: 1,
    responders: [{ id: "alice", name: "Alice", channels: ["terminal"] }],
    escalation: { steps: [{ notify: ["alice"], after: "0s" }] },
  });
  #now = START_AT;
  #shard = emptyShard("shard-0", "first");
  #desk: DeskState = EMPTY_DESK;
  #shardAlarmAt: number | null = null;
  #deskAlarmAt: number | null = null;
  #isPinging = true;
  #invocation = "inv-1";
  #attempts: Page[] = [];
  #ids = 0;
  #outcomes = 0;
  #lines: string[] = [];

  /** Runs one command; the answer is what was decided, line by line. */
  run(command: string): readonly string[] {
    this.#lines = [];
    const [verb = "", ...words] = command.split(" ");
    this.#runVerb(verb, words);
    return this.#lines.length === 0 ? ["nothing"] : this.#lines;
  }

  #runVerb(verb: string, words: readonly string[]): void {
    const [first = "", second = "", third = ""] = words;
    switch (verb) {
      case "host":
        this.#connect(first);
        return this.#report("demo", true, this.#invocation, true);
      case "hello":
        return this.#connect(first);
      case "refuse":
        return this.#tellShard({
          kind: "frame-refused",
          hostId: HOST_ID,
          reason: "frame-malformed",
          isDigest: true,
        });
      case "advance":
        return this.#advance(parseDuration(first) ?? 0);
      case "ping":
        this.#isPinging = second === "on";
        return;
      case "report":
        return this.#report(second, third === "pass", words[3] ?? this.#invocation);
      case "proposal":
        return this.#propose(second);
      case "opinion":
        return this.#tellShard({ kind: "second-opinion", hostId: HOST_ID, opinion: second as SecondOpinion });
      case "outcome":
        return this.#end(second, third as Outcome["status"], words[3] as RefusalReason | undefined);
      case "page":
        return this.#answerPage(first as "delivered" | "failed");
      case "approve":
        return this.#approve(first, second);
      case "deny":
        return this.#tellDesk(actBy(second, { kind: "deny", approvalId: first }));
      case "acknowledge":
        return this.#tellDesk(actBy(second, { kind: "acknowledge", incidentId: first }));
      case "restart":
        return this.#tellShard({ kind: "woke", connectedHostIds: [], blindSinceAt: this.#now });
      default:
        throw new Error(`Unknown command "${verb}"`);
    }
  }

  #connect(name: string): void {
    this.#tellShard({ kind: "host-enrolled", hostId: HOST_ID, name });
    const connection = {
      connectionId: `connection-${this.#now}`,
      bootId: BOOT_ID,
      connectedAt: this.#now,
      agentVersion: "0.1.0",
      hostname: name,
      address: "192.0.2.1",
      probePort: 22,
      catalogue: [
        { service: "demo", title: "demo", unit: "demo.service", actions: [{ action: "restart", level: 4 }] },
      ],
      signing: { trust: null },
    };
    this.#tellShard({ kind: "connected", hostId: HOST_ID, connection });
  }

  #advance(durationMs: number): void {
    const untilAt = this.#now + durationMs;
    for (let ringAt = this.#nextRing(); ringAt <= untilAt; ringAt = this.#nextRing()) {
      this.#now = ringAt;
      this.#ring();
    }
    this.#now = untilAt;
  }

  #nextRing(): number {
    return Math.min(
      this.#shardAlarmAt ?? Number.POSITIVE_INFINITY,
      this.#deskAlarmAt ?? Number.POSITIVE_INFINITY,
    );
  }

  #ring(): void {
    if (this.#shardAlarmAt === this.#now) {
      const lastSeenAt = this.#isPinging ? named({ [HOST_ID]: this.#now }) : NONE_NAMED;
      return this.#tellShard({ kind: "sweep", lastSeenAt });
    }
    this.#tellDesk({ kind: "tick" });
  }

  #report(service: string, isPassing: boolean, invocationId: string, isDigest = false): void {
    this.#invocation = invocationId;
    const result = {
      check: "http",
      kind: "http",
      status: isPassing ? "pass" : "fail",
      severity: "error",
      summary: isPassing ? "200" : "connection refused",
      latencyMs: 1,
      finishedAt: this.#now,
      ttlMs: 86_400_000,
    } as const;
    const services = [{ service, unit: unitOf(isPassing, invocationId), results: [result] }];
    this.#tellShard({ kind: "reported", hostId: HOST_ID, digest: isDigest, services });
  }

  #propose(requestId: string): void {
    const invocationId = this.#invocation;
    const proposal: Proposal = {
      version: 2,
      nonce: `nonce-for-${requestId}`.padEnd(22, "0"),
      hostId: HOST_ID,
      bootId: BOOT_ID,
      action: "restart",
      service: "demo",
      level: 4,
      argv: ["/usr/bin/sudo", "-n", "/usr/bin/systemctl", "restart", "--no-block", "demo.service"],
      runAs: "root",
      askedBy: { kind: "rule", rule: "check-failing" },
      reason: "demo is failing on web-1",
      requires: ONE_PERSON,
      precondition: boundUnitOf(unitOf(false, invocationId)),
      unitState: unitOf(false, invocationId),
      verification: { unit: "demo.service", checks: ["http"] },
      mintedAt: this.#now,
      lifetimeMs: 3_600_000,
    };
    const text = encodeBase64(new TextEncoder().encode(JSON.stringify(proposal)));
    this.#tellShard({
      kind: "proposed",
      hostId: HOST_ID,
      requestId,
      proposal: text,
      answered: proposal,
      boundTo: { bootId: BOOT_ID, unit: boundUnitOf(proposal.unitState) },
    });
  }

  #end(grantId: string, status: Outcome["status"], refusal: RefusalReason | undefined): void {
    const outcome: Outcome = {
      nonce: null,
      grantId,
      action: "restart",
      service: "demo",
      status,
      refusal: refusal ?? null,
      detail: "",
      unitBefore: null,
      unitAfter: null,
      startedAt: this.#now,
      finishedAt: this.#now,
      sequence: ++this.#outcomes,
    };
    this.#tellShard({ kind: "outcome", hostId: HOST_ID, outcome });
  }

  #answerPage(result: "delivered" | "failed"): void {
    const page = this.#attempts.shift();
    if (page === undefined) throw new Error("No page waits for an answer");
    this.#tellDesk({ kind: "page-attempted", key: page.key, channel: "terminal", result, detail: "" });
  }

  #approve(approvalId: string, by: string): void {
    const proposalHash = this.#desk.approvals.get(approvalId)?.proposalHash ?? "";
    const signature = standInSignature(by, proposalHash);
    this.#tellDesk(actBy(by, { kind: "approve", approvalId, proposalHash, signature }));
  }

  #tellShard(event: ShardEvent): void {
    const decision = decideShard(this.#shard, event, {
      now: this.#now,
      policy: this.#policy,
      newId: (prefix) => `${prefix}_${++this.#ids}`,
    });
    this.#shard = decision.state;
    this.#shardAlarmAt = shardAlarmAt(this.#shard, { now: this.#now, policy: this.#policy });
    for (const effect of decision.effects) this.#performOfShard(effect);
  }

  #tellDesk(event: DeskEvent): void {
    const decision = decideDesk(this.#desk, event, {
      now: this.#now,
      policy: this.#policy,
      newId: (prefix) => `${prefix}_${++this.#ids}`,
    });
    this.#desk = decision.state;
    this.#deskAlarmAt = decision.alarmAt;
    if (!decision.answer.ok) this.#say("answer", `refused: ${decision.answer.error.reason}`);
    for (const effect of decision.effects) this.#performOfDesk(effect);
  }

  #performOfShard(effect: ShardEffect): void {
    switch (effect.kind) {
      case "signal":
        this.#say("shard → desk", describeSignal(effect.signal));
        return this.#tellDesk({ kind: "signal", signal: effect.signal });
      case "send":
        return this.#say("shard → host", describeMessage(effect.message));
      case "ask-second-opinion":
        return this.#say("shard", `asks for a second opinion at port ${effect.port}`);
      case "offer-trust":
        return this.#say("shard", `offers version ${effect.version} of the trust`);
    }
  }

  #performOfDesk(effect: DeskEffect): void {
    switch (effect.kind) {
      case "audit":
        return this.#say(
          "desk audit",
          `${effect.entry.act} by ${actorNameOf(effect.entry.actor).replace(HOST_ID, "web-1")}`,
        );
      case "deliver-grant":
        return this.#deliverGrant(effect);
      case "freeze-pulled":
        return this.#say(
          "desk → shard",
          `${effect.grants.length} grants recalled, frozen by ${actorNameOf(effect.by)}`,
        );
      case "freeze-lifted":
        return this.#say("desk → shard", `freeze of ${placeNameOf(effect.scope)} lifted`);
      case "ask-host":
        return this.#say("desk → shard", `ask for ${effect.ask.action} of ${effect.ask.service}`);
      case "host-retired":
        return this.#say("desk → shard", "host retired");
      case "ask-receipt":
        return this.#say("desk → provider", `what became of ${effect.delivery.deliveryKey}?`);
      case "settle-delivery":
        return this.#say("desk → provider", `${effect.delivery.deliveryKey} is ${effect.delivery.settle}`);
      case "send-page":
        this.#attempts.push(effect.page);
        return this.#say("desk → alice", `${effect.page.kind} ${effect.page.path} "${effect.page.title}"`);
    }
  }

  #deliverGrant({ approval }: Extract<DeskEffect, { kind: "deliver-grant" }>): void {
    const { approvalId, grantId, grantExpiresAt } = approval;
    this.#say("desk → shard", `grant ${grantId} for ${approvalId}`);
    const envelope = JSON.stringify({ payloadType: "", payload: "", signatures: [] });
    const grant = {
      grantId: grantId ?? "",
      hostId: HOST_ID,
      service: "demo",
      expiresAt: grantExpiresAt ?? 0,
      envelope,
    };
    this.#tellShard({ kind: "grant-issued", grant });
    this.#tellDesk({ kind: "grant-delivered", approvalId });
  }

  #say(who: string, what: string): void {
    this.#lines.push(`+${formatDuration(this.#now - START_AT)} ${who}: ${what}`);
  }
}

function unitOf(isActive: boolean, invocationId: string) {
  return {
    activeState: isActive ? "active" : "failed",
    subState: isActive ? "running" : "failed",
    result: isActive ? "success" : "exit-code",
    restartCount: 0,
    invocationId,
    mainPid: isActive ? 1_001 : 0,
    activeEnterAt: START_AT,
    memoryCurrentBytes: null,
  } as const;
}
