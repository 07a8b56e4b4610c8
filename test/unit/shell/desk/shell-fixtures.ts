// The desk's shell over rows in memory and ports that a test looks into: what the alarm was set to, whom it called. A call is answered when
// the test says so; `restarts` begins another life over the same rows.
import { ok, refuse } from "@countersign/shared/values/result";
import { GRANT_PAYLOAD_TYPE } from "@countersign/shared/wire/envelope";
import { MemoryRows } from "../../../../control-plane/replay/ports/memory-rows.ts";
import { decideDesk } from "../../../../control-plane/src/core/desk/decide-desk.ts";
import type { Receipt } from "../../../../control-plane/src/core/desk/desk-event.ts";
import type { Approval } from "../../../../control-plane/src/core/desk/records/approval.ts";
import type { Delivery } from "../../../../control-plane/src/core/desk/records/pages/delivery.ts";
import type { Page } from "../../../../control-plane/src/core/desk/records/pages/page.ts";
import type { WordToShard } from "../../../../control-plane/src/core/words/shard-word.ts";
import type { Signal } from "../../../../control-plane/src/core/words/signal.ts";
import type {
  DecidedStep,
  DeskPorts,
  DeskRecords,
  SignedGrant,
} from "../../../../control-plane/src/shell/desk/desk-ports.ts";
import { DeskShell } from "../../../../control-plane/src/shell/desk/desk-shell.ts";
import type { Answered } from "../../../../control-plane/src/shell/ports.ts";
import { Desk, POLICY, SERVICE, START_AT } from "../../core/desk/desk-fixtures.ts";

export const SHARD = "shard-0";

/** A call that is on its way. */
interface Call<Asked, Answer> {
  readonly asked: Asked;
  readonly succeed: (answer: Answer) => void;
  readonly fail: () => void;
}

/** What the shell said to its platform. */
export class ShellOnPorts {
  readonly clock = { now: START_AT };
  readonly rows = new MemoryRows<DeskRecords>();
  readonly steps: DecidedStep[] = [];
  /** to what the alarm was set, in order, and what it was set to before; null: it was not */
  readonly alarmSets: { readonly at: number; readonly before: number | null }[] = [];
  readonly receipts: Call<Delivery, Receipt | null>[] = [];
  readonly settlings: Call<Delivery, "told" | "failed">[] = [];
  readonly pages: Call<{ readonly page: Page; readonly channel: string }, "delivered" | "failed">[] = [];
  readonly words: Call<{ readonly shard: string; readonly word: WordToShard }, void>[] = [];
  readonly grants: Call<string, void>[] = [];
  readonly signatures: Call<string, void>[] = [];
  readonly errors: string[] = [];
  armedAt: number | null = null;
  decide: typeof decideDesk = decideDesk;
  shell = this.restarts();
  readonly #signals = new Desk();
  #ids = 0;

  restarts(): DeskShell {
    this.shell = new DeskShell(this.#ports());
    this.shell.wake();
    return this.shell;
  }

  /** The alarm rings at its time. */
  rings(): void {
    this.clock.now = Math.max(this.clock.now, this.armedAt ?? 0);
    this.armedAt = null;
    this.shell.ring();
  }

  /** A signal that a service of a host fails. */
  firing(service = "demo"): Signal {
    this.#signals.now = this.clock.now;
    const subject = { ...SERVICE, service };
    return {
      ...this.#signals.signalBase(),
      kind: "firing",
      subject,
      reason: "check-failing",
      severity: "error",
      title: `${service} is failing`,
      evidence: [],
      proposalRequestId: null,
      restarts: null,
    };
  }

  cleared(): Signal {
    const base = this.#signals.signalBase();
    return { ...base, kind: "cleared", subject: SERVICE, reason: "check-failing", evidence: [] };
  }

  #ports(): DeskPorts {
    const alarm = {
      armedAt: () => this.armedAt,
      set: (at: number) => {
        this.alarmSets.push({ at, before: this.armedAt });
        this.armedAt = at;
      },
    };
    return {
      clock: this.clock,
      alarm: {
        get armedAt() {
          return alarm.armedAt();
        },
        set: alarm.set,
      },
      rows: this.rows,
      log: { error: (what) => this.errors.push(what) },
      newId: (prefix) => `${prefix}_${++this.#ids}`,
      audit: {
        append: (entry) => ({ ...entry, sequence: 1, previousHash: "", hash: "" }),
        cut: () => null,
      },
      archive: { put: () => {}, standing: () => null, cut: () => {} },
      hosts: { shardOf: () => SHARD, shards: () => [SHARD], isRetired: () => false },
      policies: { inForce: () => POLICY, unreadableVersion: () => null },
      calls: {
        sendPage: ({ channel, page }, answered) =>
          this.pages.push(
            callOf({ page, channel }, (result: "delivered" | "failed") => ({ result, detail: "" }), answered),
          ),
        askReceipt: (delivery, answered) =>
          this.receipts.push(callOf(delivery, (receipt: Receipt | null) => ({ receipt }), answered)),
        settleDelivery: (delivery, answered) =>
          this.settlings.push(callOf(delivery, (result: "told" | "failed") => ({ result }), answered)),
        signGrant: (approval, _standing, answered) => {
          this.signatures.push(callOf(approval.approvalId, () => ok(grantOf(approval)), answered));
        },
        deliverGrant: (_shard, { grantId }, answered) =>
          this.grants.push(callOf(grantId, () => undefined, answered)),
        tellShard: (shard, word, answered) =>
          this.words.push(callOf({ shard, word }, () => undefined, answered)),
      },
      readSide: null,
      decide: (...asked) => this.decide(...asked),
      onDecided: (step) => this.steps.push(step),
    };
  }
}

function callOf<Asked, Given, Answer>(
  asked: Asked,
  answerOf: (given: Given) => Answer,
  answered: Answered<Answer>,
): Call<Asked, Given> {
  return {
    asked,
    succeed: (given) => answered(ok(answerOf(given))),
    fail: () => answered(refuse({ reason: "call-failed", cause: "down" })),
  };
}

function grantOf({ grantExpiresAt, grantId, subject }: Approval): SignedGrant {
  return {
    grantId: grantId ?? "",
    hostId: subject.hostId,
    service: subject.service,
    action: "restart",
    expiresAt: grantExpiresAt ?? 0,
    envelope: { version: 2, payloadType: GRANT_PAYLOAD_TYPE, payload: "", signatures: [] },
  };
}
