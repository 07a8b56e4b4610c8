// The shell of the IncidentDesk without its platform: the real decideDesk, one alarm, channels that the story can break, and a
// record of every page that a channel took and every audit row.
import type { Policy } from "@countersign/shared/policy/policy";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { GRANT_PAYLOAD_TYPE } from "@countersign/shared/wire/envelope";
import { decideDesk } from "../../src/core/desk/decide-desk.ts";
import type { DeskDecision, DeskEffect, DeskEvent } from "../../src/core/desk/state/desk-events.ts";
import type { Approval, AuditEntry, DeskState, Page } from "../../src/core/desk/state/desk-state.ts";
import { EMPTY_DESK } from "../../src/core/desk/state/empty-desk.ts";
import type { PageReason } from "../../src/core/words/signal.ts";
import type { SimulatedShard } from "./simulated-shard.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const CHANNEL_MS = 500;
const RPC_MS = 50;
const TELL_AGAIN_MS = 1_000;

/** `swallows`: the channel says that it took the page, and nobody ever sees it */
export type ChannelState = "works" | "fails" | "hangs" | "swallows";

export interface DeliveredPage {
  readonly page: Page;
  readonly channel: string;
  readonly at: number;
  readonly reason: PageReason | null;
}

/** A shard, as far as the desk tells it something. */
type ToldShard = Pick<SimulatedShard, "isRunning" | "take" | "takeGrant">;

export class SimulatedDesk {
  state: DeskState = EMPTY_DESK;
  readonly pages: DeliveredPage[] = [];
  readonly audit: AuditEntry[] = [];
  readonly channels = new Map<string, ChannelState>();
  isRunning = true;
  policy: Policy;
  /** a decision was made, and its effects performed */
  onDecision: () => void = () => {};
  onPage: (delivered: DeliveredPage) => void = () => {};
  /** the shard that holds a host */
  shardOf: (hostId: string) => ToldShard | null = () => null;
  /** all shards, for what is told of the fleet */
  shards: () => readonly ToldShard[] = () => [];
  readonly #clock: VirtualClock;
  #ids = 0;
  #cancelAlarm: (() => void) | null = null;
  readonly #waiting: DeskEvent[] = [];

  constructor(parts: { clock: VirtualClock; policy: Policy }) {
    this.#clock = parts.clock;
    this.policy = parts.policy;
  }

  take(event: DeskEvent): DeskDecision["answer"] {
    const decision = decideDesk(this.state, event, {
      now: this.#clock.now,
      policy: this.policy,
      newId: (prefix) => `${prefix}_${String(++this.#ids).padStart(22, "0")}`,
    });
    this.state = decision.state;
    this.#arm(decision.alarmAt);
    for (const effect of decision.effects) this.#perform(effect);
    this.onDecision();
    return decision.answer;
  }

  /** An event that reaches the desk when it runs; its sender keeps it until then. */
  takeSoon(event: DeskEvent): void {
    this.#clock.after(RPC_MS, () => {
      if (this.isRunning) this.take(event);
      else this.#waiting.push(event);
    });
  }

  stops(): void {
    this.isRunning = false;
    this.#cancelAlarm?.();
  }

  startsAgain(): void {
    this.isRunning = true;
    this.take({ kind: "tick" });
    for (const event of this.#waiting.splice(0)) this.take(event);
  }

  #perform(effect: DeskEffect): void {
    switch (effect.kind) {
      case "audit":
        this.audit.push(effect.entry);
        return;
      case "deliver-grant":
        return this.#deliverGrant(effect.approval);
      case "freeze-pulled":
        return this.#tellPulled(effect);
      case "freeze-lifted":
        return this.#tellLifted(effect);
      case "host-retired":
        return this.#tellRetired(effect.hostId);
      case "send-page":
        return this.#sendPage(effect.page);
    }
  }

  #sendPage(page: Page): void {
    const channel = page.channels[page.channelIndex] ?? "";
    const works = this.channels.get(channel) ?? "works";
    if (works === "hangs") return;
    const reason = this.state.incidents.get(page.incidentId)?.reason ?? null;
    this.#clock.after(CHANNEL_MS, () => {
      if (works === "works") this.#arrive({ page, channel, at: this.#clock.now, reason });
      const result = works === "fails" ? "failed" : "delivered";
      const detail = works === "fails" ? "503" : "";
      this.takeSoon({ kind: "page-attempted", key: page.key, channel, result, detail });
    });
  }

  #arrive(delivered: DeliveredPage): void {
    this.pages.push(delivered);
    this.onPage(delivered);
  }

  // Told again until the shard has it, as from the outbox.
  #tellPulled(pulled: Extract<DeskEffect, { kind: "freeze-pulled" }>, inMs = RPC_MS): void {
    for (const grant of pulled.grants)
      this.#clock.after(inMs, () => {
        const shard = this.shardOf(grant.hostId);
        const event = { ...pulled, grants: [grant] };
        if (shard?.isRunning === true) shard.take(event);
        else if (shard !== null) this.#tellPulled(event, TELL_AGAIN_MS);
      });
  }

  #tellRetired(hostId: string): void {
    this.#clock.after(RPC_MS, () => this.shardOf(hostId)?.take({ kind: "host-retired", hostId }));
  }

  #tellLifted({ scope, by }: Extract<DeskEffect, { kind: "freeze-lifted" }>): void {
    this.#clock.after(RPC_MS, () => {
      const told = scope.kind === "fleet" ? this.shards() : [this.shardOf(scope.hostId)];
      for (const shard of told)
        if (shard?.isRunning === true) shard.take({ kind: "freeze-lifted", scope, by });
    });
  }

  #deliverGrant(approval: Approval): void {
    const { approvalId, grantId, grantExpiresAt, proposal } = approval;
    if (grantId === null || grantExpiresAt === null) return;
    const payload = new TextEncoder().encode(JSON.stringify({ grantId, nonce: proposal.nonce }));
    const envelope = {
      payloadType: GRANT_PAYLOAD_TYPE,
      payload: encodeBase64(payload),
      signatures: [{ keyId: "desk", signature: "" }],
    };
    this.#clock.after(RPC_MS, () => {
      const shard = this.shardOf(proposal.hostId);
      if (shard?.isRunning !== true) return;
      shard.takeGrant({
        grantId,
        hostId: proposal.hostId,
        service: proposal.service,
        expiresAt: grantExpiresAt,
        envelope: JSON.stringify(envelope),
      });
      this.takeSoon({ kind: "grant-delivered", approvalId });
    });
  }

  #arm(alarmAt: number | null): void {
    this.#cancelAlarm?.();
    if (alarmAt === null) return;
    this.#cancelAlarm = this.#clock.after(alarmAt - this.#clock.now, () => this.take({ kind: "tick" }));
  }
}
