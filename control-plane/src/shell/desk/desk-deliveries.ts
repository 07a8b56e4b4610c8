// Pages and grants on their way out of the desk, after they were stored. Each has a key, so that the alarm starts no second attempt beside a
// running one. A failure is nothing new: the desk's rows say what is still to do, and the alarm knows when. What goes
// to providers waits for a place in its channel's lane (lanes.ts). What a reader would get wrong: the desk counts from
// its decision when a page is unconfirmed, and not from the turn in the lane; what waited longer is tried on the next
// channel, and its old attempt is dropped when its turn comes.
import { assert } from "@countersign/shared/values/result";
import type { DeskEvent } from "../../core/desk/desk-event.ts";
import type { Approval } from "../../core/desk/records/approval.ts";
import type { Delivery } from "../../core/desk/records/pages/delivery.ts";
import type { Page } from "../../core/desk/records/pages/page.ts";
import type { StandingApproval } from "../../core/desk/records/standing-approval.ts";
import type { DeskState } from "../../core/desk/state/desk-state.ts";
import type { Clock } from "../ports.ts";
import type { DeskCalls, PageSending, SignedGrant } from "./desk-ports.ts";
import { type Attempt, Lanes } from "./lanes.ts";

/** What a delivery asks of its desk. */
interface Sender {
  readonly calls: DeskCalls;
  readonly clock: Clock;
  readonly state: () => DeskState;
  readonly shardOf: (hostId: string) => string | null;
  /** as it is stored, also one that is over */
  readonly standing: (standingId: string) => StandingApproval | null;
  readonly take: (event: DeskEvent) => void;
  /** records that no grant is signed for an approval; it then ends undelivered, which pages */
  readonly refuseGrant: (approval: Approval, why: string) => void;
}

/** What is under way at most once, and how. */
interface Going extends Pick<Attempt, "begin" | "isWanted" | "lane" | "urgency"> {
  /** names it, so that nothing begins a second time beside itself */
  readonly delivery: string;
}

export class DeskDeliveries {
  readonly #desk: Sender;
  readonly #lanes: Lanes;
  readonly #refused = new Set<string>();
  readonly #underWay = new Set<string>();

  constructor(desk: Sender) {
    this.#desk = desk;
    this.#lanes = new Lanes(() => desk.clock.now);
  }

  /** Lets begin what waits for its turn and may have it; call now and then. */
  move(): void {
    this.#lanes.move();
  }

  /** Makes one attempt at a page; the receipt is an event. */
  sendPage({ earlier, latest, page }: Omit<PageSending, "channel">): void {
    const { attempts, channels, channelIndex, key, kind } = page;
    const channel = channels[channelIndex];
    assert(channel !== undefined, "a page is only sent on a channel that it has");
    // Named one by one: what is handed in is an effect, whose kind is none of a page's.
    const sending = { page, channel, earlier, ...(latest === undefined ? {} : { latest }) };
    this.#go({
      // An attempt of which nobody hears any more does not stand in the way of the next.
      delivery: `page:${key}:${attempts}:${channel}`,
      lane: channel,
      urgency: kind === "ring" ? "ring" : "page",
      isWanted: () => isStillWanted(this.#desk.state(), page),
      begin: (leave) =>
        this.#desk.calls.sendPage(sending, (answer) => {
          leave();
          if (answer.ok) this.#desk.take({ kind: "page-attempted", key, channel, ...answer.value });
        }),
    });
  }

  /** Asks a provider once what became of a page; the answer is an event. */
  askReceipt(asked: Delivery): void {
    const { channel, deliveryKey } = asked;
    this.#go({
      delivery: `receipt:${deliveryKey}`,
      lane: channel,
      urgency: "follow-up",
      isWanted: () => isStillAsked(this.#desk.state(), asked),
      begin: (leave) =>
        this.#desk.calls.askReceipt(asked, (answer) => {
          leave();
          if (answer.ok) this.#desk.take({ kind: "receipt-told", deliveryKey, ...answer.value });
        }),
    });
  }

  /** Tells a provider once that nobody needs a page any more; the desk repeats it until it was told. */
  settleDelivery(settled: Delivery): void {
    const { channel, deliveryKey, settle } = settled;
    this.#go({
      delivery: `settle:${deliveryKey}:${settle}`,
      lane: channel,
      urgency: "follow-up",
      isWanted: () => isStillSettled(this.#desk.state(), settled),
      begin: (leave) =>
        this.#desk.calls.settleDelivery(settled, (answer) => {
          leave();
          if (answer.ok) this.#desk.take({ kind: "delivery-settled", deliveryKey, settle, ...answer.value });
        }),
    });
  }

  /** Signs a grant and hands it to its host's shard; the desk repeats it until the shard has confirmed. */
  deliverGrant(approval: Approval): void {
    const { approvalId, standingId } = approval;
    const delivery = `grant:${approvalId}`;
    if (!this.#begins(delivery)) return;
    const standing = standingId === undefined ? null : this.#desk.standing(standingId);
    this.#desk.calls.signGrant(approval, standing, (answer) => {
      if (answer.ok && answer.value.ok) return this.#handOver(approval, answer.value.value);
      this.#underWay.delete(delivery);
      if (answer.ok && !answer.value.ok) this.#refuseGrant(approval, answer.value.error.reason);
    });
  }

  #handOver({ approvalId, subject }: Approval, grant: SignedGrant): void {
    const delivery = `grant:${approvalId}`;
    const shard = this.#desk.shardOf(subject.hostId);
    // Somebody may have frozen automation meanwhile; what is on its way already, its shard recalls.
    const isRecalled = this.#desk.state().approvals.get(approvalId)?.recalledBy !== undefined;
    if (shard === null || isRecalled) return void this.#underWay.delete(delivery);
    this.#desk.calls.deliverGrant(shard, grant, (answer) => {
      this.#underWay.delete(delivery);
      if (answer.ok) this.#desk.take({ kind: "grant-delivered", approvalId });
    });
  }

  // The alarm asks again until the grant's time is over: said once is enough.
  #refuseGrant(approval: Approval, why: string): void {
    if (this.#refused.has(approval.approvalId)) return;
    this.#refused.add(approval.approvalId);
    this.#desk.refuseGrant(approval, why);
  }

  #go({ delivery, ...attempt }: Going): void {
    // First what nobody hears of any more: it would still have its name.
    this.#lanes.move();
    if (!this.#begins(delivery)) return;
    this.#lanes.enter({ ...attempt, over: () => this.#underWay.delete(delivery) });
  }

  #begins(delivery: string): boolean {
    if (this.#underWay.has(delivery)) return false;
    this.#underWay.add(delivery);
    return true;
  }
}

/**
 * Nobody answered it, no channel took it, and no newer attempt was decided. One that goes everywhere is wanted there
 * though another took it.
 */
function isStillWanted({ incidents, pages }: DeskState, { attempts, key }: Page): boolean {
  const page = pages.get(key);
  if (page === undefined || page.attempts !== attempts) return false;
  if (page.state === "pending") return true;
  return page.isEverywhere && page.state === "delivered" && incidents.get(page.incidentId)?.state === "open";
}

function isStillAsked({ deliveries }: DeskState, { askAt, asks, deliveryKey }: Delivery): boolean {
  const now = deliveries.get(deliveryKey);
  if (now === undefined || now.stage === "acknowledged" || now.stage === "lost") return false;
  // What is due again waited for its turn meanwhile.
  return now.asks !== asks || !isPutOff(askAt, now.askAt);
}

function isStillSettled({ deliveries }: DeskState, settled: Delivery): boolean {
  const now = deliveries.get(settled.deliveryKey);
  if (now === undefined || now.settle !== settled.settle) return false;
  return now.settleAttempts !== settled.settleAttempts || !isPutOff(settled.settleAt, now.settleAt);
}

/** Its provider said meanwhile that it wants to be left alone. */
function isPutOff(before: number | null, now: number | null): boolean {
  return before !== null && now !== null && now > before;
}
