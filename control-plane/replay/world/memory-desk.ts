// The desk of replays and scenarios: its one shell (src/shell/desk) over rows in memory, an alarm on the virtual clock, channels that the story
// can break, and calls that take their time. It keeps a record of every page that a channel took, and of every audit row.
import { encodeBase64 } from "@countersign/shared/values/base64";
import { ok, refuse } from "@countersign/shared/values/result";
import { GRANT_PAYLOAD_TYPE } from "@countersign/shared/wire/envelope";
import { signedStandingOf } from "@countersign/shared/wire/standing";
import { decideDesk } from "../../src/core/desk/decide-desk.ts";
import type { DeskEvent } from "../../src/core/desk/desk-event.ts";
import type { Approval } from "../../src/core/desk/records/approval.ts";
import type { Page } from "../../src/core/desk/records/pages/page.ts";
import type { StandingApproval } from "../../src/core/desk/records/standing-approval.ts";
import type { DeskDecision } from "../../src/core/desk/state/desk-events.ts";
import type { AuditEntry, DeskState } from "../../src/core/desk/state/desk-state.ts";
import type { PendingGrant } from "../../src/core/shard/host/shard-state.ts";
import type { WordToShard } from "../../src/core/words/shard-word.ts";
import type { PageReason, Signal } from "../../src/core/words/signal.ts";
import type { Policy } from "../../src/policy/policy.ts";
import type {
  DeskCalls,
  DeskPorts,
  DeskRecords,
  PageReceipt,
  SignedGrant,
} from "../../src/shell/desk/desk-ports.ts";
import { DeskShell } from "../../src/shell/desk/desk-shell.ts";
import type { Answered } from "../../src/shell/ports.ts";
import { MemoryRows } from "../ports/memory-rows.ts";
import { VirtualAlarm } from "../ports/virtual-alarm.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const CHANNEL_MS = 500;
const RPC_MS = 50;

/**
 * `hangs`: no word ever comes of the attempt; `swallows`: the channel says that it took the page, and nobody ever sees
 * it. With a handle, by which
 * more could be heard: `confirms`, and says that it arrived when it is asked; `loses`, and never says anything.
 * `refuses`: the same is refused again;
 * `asks-to-wait`: for CHANNEL_WAIT_MS
 */
export type ChannelState =
  | "works"
  | "fails"
  | "hangs"
  | "swallows"
  | "confirms"
  | "loses"
  | "refuses"
  | "asks-to-wait";

/** How a channel that asks to wait wants it. */
export const CHANNEL_WAIT_MS = 120_000;

export interface DeliveredPage {
  readonly page: Page;
  readonly channel: string;
  readonly at: number;
  readonly reason: PageReason | null;
}

/** A shard, as far as the desk tells it something. */
export interface ToldShard {
  readonly isRunning: boolean;
  takeGrant(grant: PendingGrant): void;
  takeWord(word: WordToShard): void;
}

export class MemoryDesk {
  readonly pages: DeliveredPage[] = [];
  readonly audit: AuditEntry[] = [];
  /** what channels were told about pages that nobody needs any more, in order: `acknowledged KEY@CHANNEL` */
  readonly settled: string[] = [];
  readonly channels = new Map<string, ChannelState>();
  /** by name */
  readonly shards = new Map<string, ToldShard>();
  isRunning = true;
  policy: Policy;
  /** a decision was made and stored */
  onDecision: () => void = () => {};
  onPage: (delivered: DeliveredPage) => void = () => {};
  /** the name of the shard that holds a host; null: it was never enrolled */
  shardNameOf: (hostId: string) => string | null = () => null;
  readonly #clock: VirtualClock;
  readonly #ports: DeskPorts;
  readonly #alarm: VirtualAlarm;
  #shell: DeskShell;
  /** counts the lives of the desk: what an earlier one asked is answered to nobody */
  #life = 0;
  #ids = 0;

  constructor(parts: { readonly clock: VirtualClock; readonly policy: Policy }) {
    this.#clock = parts.clock;
    this.policy = parts.policy;
    this.#alarm = new VirtualAlarm(parts.clock, () => this.#shell.ring());
    this.#ports = this.#makePorts();
    this.#shell = this.#wakes();
  }

  get state(): DeskState {
    return this.#shell.state;
  }

  shardOf(hostId: string): ToldShard | null {
    return this.shards.get(this.shardNameOf(hostId) ?? "") ?? null;
  }

  take(event: DeskEvent): DeskDecision["answer"] {
    return this.#shell.take([event]);
  }

  /** A shard's call: it keeps what the desk has not taken, and tells it again. */
  receiveSignals(shard: string, signals: readonly Signal[], answered: Answered<void>): void {
    this.#clock.after(RPC_MS, () => {
      const isHeard = this.isRunning;
      if (isHeard) this.#shell.takeSignals(shard, signals);
      const answer = isHeard
        ? ok(undefined)
        : refuse({ reason: "call-failed", cause: "not reached" } as const);
      this.#clock.after(RPC_MS, () => answered(answer));
    });
  }

  stops(): void {
    this.isRunning = false;
    this.#life += 1;
    this.#alarm.pause();
  }

  startsAgain(): void {
    this.isRunning = true;
    this.#shell = this.#wakes();
    this.#alarm.resume();
    this.#shell.tick();
  }

  #wakes(): DeskShell {
    const shell = new DeskShell(this.#ports);
    shell.wake();
    return shell;
  }

  #makePorts(): DeskPorts {
    return {
      clock: this.#clock,
      alarm: this.#alarm,
      rows: new MemoryRows<DeskRecords>(),
      log: {
        error: (what, cause) => {
          throw new Error(what, { cause });
        },
      },
      newId: (prefix) => `${prefix}_${String(++this.#ids).padStart(22, "0")}`,
      audit: {
        append: (entry) => ({ ...entry, sequence: this.audit.push(entry), previousHash: "", hash: "" }),
        cut: () => null,
      },
      archive: { put: () => {}, standing: () => null, cut: () => {} },
      hosts: {
        shardOf: (hostId) => this.shardNameOf(hostId),
        shards: () => [...this.shards.keys()],
        isRetired: () => false,
      },
      policies: { inForce: () => this.policy, unreadableVersion: () => null },
      calls: this.#makeCalls(),
      readSide: null,
      decide: decideDesk,
      onDecided: () => this.onDecision(),
    };
  }

  #makeCalls(): DeskCalls {
    return {
      sendPage: ({ channel, page }, answered) => {
        const state = this.channels.get(channel) ?? "works";
        if (state === "hangs") return;
        const reason = this.state.incidents.get(page.incidentId)?.reason ?? null;
        this.#clock.after(CHANNEL_MS, () => {
          if (state === "works" || state === "confirms")
            this.#arrive({ page, channel, at: this.#clock.now, reason });
          this.#answer(RPC_MS, answered, receiptOf(state, `${page.key}#${page.attempts}`));
        });
      },
      askReceipt: ({ channel }, answered) => {
        const isThere = this.channels.get(channel) === "confirms";
        const receipt = { stage: "delivered", at: this.#clock.now, detail: "on the phone" } as const;
        this.#answer(CHANNEL_MS, answered, { receipt: isThere ? receipt : null });
      },
      settleDelivery: ({ deliveryKey, settle }, answered) => {
        this.settled.push(`${settle} ${deliveryKey}`);
        this.#answer(CHANNEL_MS, answered, { result: "told" });
      },
      signGrant: (approval, standing, answered) =>
        this.#answer(0, answered, ok(unsignedGrantOf(approval, standing))),
      deliverGrant: (shard, { envelope, ...grant }, answered) =>
        this.#ask(shard, answered, (told) => {
          told.takeGrant({ ...grant, envelope: JSON.stringify(envelope) });
        }),
      tellShard: (shard, word, answered) => this.#ask(shard, answered, (told) => told.takeWord(word)),
    };
  }

  #arrive(delivered: DeliveredPage): void {
    this.pages.push(delivered);
    this.onPage(delivered);
  }

  #ask(shard: string, answered: Answered<void>, act: (told: ToldShard) => void): void {
    const life = this.#life;
    this.#clock.after(RPC_MS, () => {
      const told = this.shards.get(shard);
      const isReached = told?.isRunning === true;
      if (isReached) act(told);
      this.#clock.after(RPC_MS, () => {
        if (life !== this.#life) return;
        answered(isReached ? ok(undefined) : refuse({ reason: "call-failed", cause: "not reached" }));
      });
    });
  }

  #answer<T>(afterMs: number, answered: Answered<T>, value: T): void {
    const life = this.#life;
    this.#clock.after(afterMs, () => {
      if (life === this.#life) answered(ok(value));
    });
  }
}

function receiptOf(state: Exclude<ChannelState, "hangs">, handle: string): PageReceipt {
  switch (state) {
    case "works":
    case "swallows":
      return { result: "delivered", detail: "" };
    case "confirms":
    case "loses":
      return { result: "delivered", detail: "", handle };
    case "fails":
      return { result: "failed", detail: "503" };
    case "refuses":
      return { result: "failed", detail: "404", isForGood: true };
    case "asks-to-wait":
      return { result: "failed", detail: "429", retryAfterMs: CHANNEL_WAIT_MS };
  }
}

// With what people have signed beside it, as far as anybody did: hosts of a replay count it, and verify nothing.
function unsignedGrantOf(approval: Approval, standing: StandingApproval | null): SignedGrant {
  const { approvalId, grantExpiresAt, grantId, proposal, signatures = [], subject } = approval;
  if (grantId === null || grantExpiresAt === null)
    throw new Error(`Sign a grant of ${approvalId}: it has none`);
  const { action, nonce, service } = proposal;
  const payload = encodeBase64(new TextEncoder().encode(JSON.stringify({ grantId, nonce })));
  return {
    grantId,
    hostId: subject.hostId,
    service,
    action,
    expiresAt: grantExpiresAt,
    envelope: {
      version: 2,
      payloadType: GRANT_PAYLOAD_TYPE,
      payload,
      signatures: [
        { scheme: "ed25519", keyId: "desk", signature: "" },
        ...signatures.map(({ assertion }) => assertion),
      ],
      ...(standing === null
        ? {}
        : { standing: signedStandingOf(standing.signed.text, [standing.signed.assertion]) }),
    },
  };
}
