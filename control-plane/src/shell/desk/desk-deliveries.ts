// Pages and grants on their way out of the desk, after they were stored. Each has a key, so that the alarm starts no second attempt beside a
// running one. A failure is nothing new: the desk's rows say what is still to do, and the alarm knows when.
import { assert } from "@countersign/shared/values/result";
import type { DeskEvent } from "../../core/desk/desk-event.ts";
import type { Approval } from "../../core/desk/records/approval.ts";
import type { Page } from "../../core/desk/records/page.ts";
import type { StandingApproval } from "../../core/desk/records/standing-approval.ts";
import type { DeskState } from "../../core/desk/state/desk-state.ts";
import type { DeskCalls, SignedGrant } from "./desk-ports.ts";

/** What a delivery asks of its desk. */
interface Sender {
  readonly calls: DeskCalls;
  readonly state: () => DeskState;
  readonly shardOf: (hostId: string) => string | null;
  /** as it is stored, also one that is over */
  readonly standing: (standingId: string) => StandingApproval | null;
  readonly take: (event: DeskEvent) => void;
  /** records that no grant is signed for an approval; it then ends undelivered, which pages */
  readonly refuseGrant: (approval: Approval, why: string) => void;
}

export class DeskDeliveries {
  readonly #desk: Sender;
  readonly #refused = new Set<string>();
  readonly #underWay = new Set<string>();

  constructor(desk: Sender) {
    this.#desk = desk;
  }

  /** Makes one attempt at a page; the receipt is an event. */
  sendPage(page: Page): void {
    const { attempts, channels, channelIndex, key } = page;
    const channel = channels[channelIndex];
    assert(channel !== undefined, "a page is only sent on a channel that it has");
    // An attempt of which nobody hears any more does not stand in the way of the next.
    const delivery = `page:${key}:${attempts}:${channel}`;
    if (!this.#begins(delivery)) return;
    this.#desk.calls.sendPage(page, channel, (answer) => {
      this.#underWay.delete(delivery);
      if (!answer.ok) return;
      const { detail, result } = answer.value;
      this.#desk.take({ kind: "page-attempted", key, channel, result, detail });
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

  #begins(delivery: string): boolean {
    if (this.#underWay.has(delivery)) return false;
    this.#underWay.add(delivery);
    return true;
  }
}
