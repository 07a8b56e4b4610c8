// What goes out of the desk after it was stored: pages, grants, policies. Each runs in the background under a key, so
// that the alarm starts no second attempt beside a running one. A failure is nothing new: the desk's rows say what is still to do, and
// the alarm knows when.
import type { Policy } from "@countersign/shared/policy/policy";
import { assert } from "@countersign/shared/values/result";
import type { DeskEvent } from "../../core/desk/state/desk-events.ts";
import type { Approval, Page, StandingApproval } from "../../core/desk/state/desk-state.ts";
import type { ToldPolicy } from "../../core/words/shard-word.ts";
import { sendPage } from "../../notify/send-page.ts";
import type { ActorEnv } from "../actor-env.ts";
import { bounded } from "../bounded.ts";
import type { HostShardRpc } from "../rpc.ts";
import { issueGrant } from "./grant-signing.ts";
import { checkSeal } from "./standing-seal.ts";

const SHARD_TIMEOUT_MS = 5_000;

/** What a delivery asks of its desk. */
interface Sender {
  readonly env: () => ActorEnv;
  readonly policy: () => Policy;
  readonly shardOf: (hostId: string) => string | null;
  readonly take: (event: DeskEvent) => void;
  /** says whether automation was frozen after the approval */
  readonly isRecalled: (approvalId: string) => boolean;
  /** a standing approval, also one that is over */
  readonly standing: (standingId: string) => StandingApproval | null;
  /** records that no grant is signed for an approval; it then ends undelivered, which pages */
  readonly refuseGrant: (approval: Approval, why: string) => void;
}

export class DeskDeliveries {
  readonly #desk: Sender;
  readonly #refused = new Set<string>();
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(desk: Sender) {
    this.#desk = desk;
  }

  /** Settles when nothing is on its way any more. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay.values());
  }

  /** Tries one page on its next channel; the receipt is an event. */
  sendPage(page: Page): void {
    this.#start(`page:${page.key}`, async () => {
      const { key, channels, channelIndex } = page;
      const channel = channels[channelIndex];
      assert(channel !== undefined, "a page is only sent on a channel that it has");
      const context = { policy: this.#desk.policy(), bindings: this.#desk.env(), now: Date.now() };
      const { result, detail } = await sendPage(page, channel, context);
      // Before the receipt is taken in, which may start the next channel's attempt under the same key.
      this.#underWay.delete(`page:${key}`);
      this.#desk.take({ kind: "page-attempted", key, channel, result, detail });
    });
  }

  /** Signs a grant and hands it to its host's shard; the desk repeats it until the shard has confirmed. */
  deliverGrant(approval: Approval): void {
    const { approvalId, subject } = approval;
    this.#start(`grant:${approvalId}`, async () => {
      const name = this.#desk.shardOf(subject.hostId);
      assert(name !== null, "a grant is for an enrolled host");
      if (approval.standingId !== undefined) {
        const standing = this.#desk.standing(approval.standingId);
        const checked = await checkSeal(approval, standing, this.#desk.env().DESK_PUBLIC_KEY);
        if (!checked.ok) return this.#refuseGrant(approval, checked.error.reason);
      }
      const grant = await issueGrant(approval, this.#desk.env());
      // Somebody may have frozen automation meanwhile; what is on its way already, its shard recalls.
      if (this.#desk.isRecalled(approvalId)) return;
      await bounded(this.#shard(name).deliverGrant(grant), SHARD_TIMEOUT_MS, "Deliver grant");
      this.#desk.take({ kind: "grant-delivered", approvalId });
    });
  }

  /** Tells every shard a new policy; one that is not reached asks for it within a minute. */
  tellPolicy({ version, hash, text }: ToldPolicy, shards: readonly string[]): void {
    for (const name of shards)
      this.#start(`policy:${version}:${name}`, () =>
        bounded(this.#shard(name).takePolicy({ version, hash, text }), SHARD_TIMEOUT_MS, "Tell policy"),
      );
  }

  // The alarm asks again until the grant's time is over: said once is enough.
  #refuseGrant(approval: Approval, why: string): void {
    if (this.#refused.has(approval.approvalId)) return;
    this.#refused.add(approval.approvalId);
    this.#desk.refuseGrant(approval, why);
  }

  #start(key: string, deliver: () => Promise<void>): void {
    if (this.#underWay.has(key)) return;
    const delivery = deliver()
      .catch((error: unknown) => console.error("Deliver", key, error))
      .finally(() => {
        // The receipt may have started the next attempt under this key already.
        if (this.#underWay.get(key) === delivery) this.#underWay.delete(key);
      });
    this.#underWay.set(key, delivery);
  }

  #shard(name: string): Pick<HostShardRpc, "deliverGrant" | "takePolicy"> {
    const { HOST_SHARD } = this.#desk.env();
    return HOST_SHARD.get(HOST_SHARD.idFromName(name));
  }
}
