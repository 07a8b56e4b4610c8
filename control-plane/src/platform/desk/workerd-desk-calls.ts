// What the desk asks of others on workerd: pages on their channels, signatures, words and grants to the shards. Each is waited for no longer
// than a bound; a page's own bound is its channel's (send-page.ts).
import { ok, type Result } from "@countersign/shared/values/result";
import type { ReceiptAnswer, SettleAnswer } from "../../core/desk/desk-event.ts";
import type { Approval } from "../../core/desk/records/approval.ts";
import type { Delivery } from "../../core/desk/records/pages/delivery.ts";
import type { StandingApproval } from "../../core/desk/records/standing-approval.ts";
import type { ToldPolicy, ToldTrust, WordToShard } from "../../core/words/shard-word.ts";
import type { Policy } from "../../policy/policy.ts";
import type { DeskCalls, PageReceipt, PageSending, SignedGrant } from "../../shell/desk/desk-ports.ts";
import type { Answered } from "../../shell/ports.ts";
import type { ActorEnv } from "../actor-env.ts";
import type { HostShardRpc } from "../rpc.ts";
import type { WorkerdCalls } from "../workerd-ports.ts";
import { SEND_TIMEOUT_MS } from "./exchange.ts";
import { issueGrant } from "./grant-signing.ts";
import { askReceipt, sendableOf, type SendingBy, sendPage, settleDelivery } from "./send-page.ts";
import { checkSigned, type Signers } from "./signed-acts.ts";

const SHARD_TIMEOUT_MS = 5_000;
const SIGN_TIMEOUT_MS = 5_000;
/** A channel gives up by itself; this is for when it does not. */
const PAGE_TIMEOUT_MS = SEND_TIMEOUT_MS + 5_000;

export class WorkerdDeskCalls implements DeskCalls {
  readonly #calls: WorkerdCalls;
  readonly #env: () => ActorEnv;
  readonly #policy: () => Policy;
  readonly #signers: () => Signers | null;

  /** `env`, `policy` and `signers` are asked each time: they may be others by then. */
  constructor(
    calls: WorkerdCalls,
    env: () => ActorEnv,
    known: { readonly policy: () => Policy; readonly signers: () => Signers | null },
  ) {
    this.#calls = calls;
    this.#env = env;
    this.#policy = known.policy;
    this.#signers = known.signers;
  }

  sendPage({ channel, earlier, latest, page }: PageSending, answered: Answered<PageReceipt>): void {
    const call = { what: `Send page ${page.key}`, timeoutMs: PAGE_TIMEOUT_MS };
    const sent = sendableOf(page, { earlier, ...(latest === undefined ? {} : { latest }) });
    this.#calls.answer(call, () => sendPage(sent, channel, this.#by()), answered);
  }

  askReceipt(delivery: Delivery, answered: Answered<ReceiptAnswer>): void {
    const call = { what: `Ask what became of ${delivery.deliveryKey}`, timeoutMs: PAGE_TIMEOUT_MS };
    this.#calls.answer(call, () => askReceipt(delivery, this.#by()), answered);
  }

  settleDelivery(delivery: Delivery, answered: Answered<SettleAnswer>): void {
    const call = { what: `Settle ${delivery.deliveryKey}`, timeoutMs: PAGE_TIMEOUT_MS };
    this.#calls.answer(call, () => settleDelivery(delivery, this.#by()), answered);
  }

  signGrant(
    approval: Approval,
    standing: StandingApproval | null,
    answered: Answered<Result<SignedGrant, { readonly reason: string }>>,
  ): void {
    const call = { what: `Sign grant of ${approval.approvalId}`, timeoutMs: SIGN_TIMEOUT_MS };
    const signing = { env: this.#env(), signers: this.#signers() };
    this.#calls.answer(call, () => sign(approval, standing, signing), answered);
  }

  deliverGrant(shard: string, grant: SignedGrant, answered: Answered<void>): void {
    this.#tell(
      shard,
      { what: "Deliver grant to", ask: async (asked) => asked.deliverGrant(grant) },
      answered,
    );
  }

  tellShard(shard: string, word: WordToShard, answered: Answered<void>): void {
    this.#tell(shard, { what: `Tell ${word.kind} to`, ask: async (asked) => told(asked, word) }, answered);
  }

  /** Tells every shard another policy, once: one that is not reached asks for it within a minute. */
  tellPolicy({ version, hash, text }: ToldPolicy, shards: readonly string[]): void {
    const ask = async (shard: HostShardRpc) => shard.takePolicy({ version, hash, text });
    for (const shard of shards) this.#tell(shard, { what: "Tell policy to", ask }, () => {});
  }

  /** Tells every shard the fleet's trust, once: one that is not reached asks for it within a minute. */
  tellTrust({ credentialIds, hashes, party }: ToldTrust, shards: readonly string[]): void {
    const ask = async (shard: HostShardRpc) => shard.takeTrust({ credentialIds, hashes, party });
    for (const shard of shards) this.#tell(shard, { what: "Tell trust to", ask }, () => {});
  }

  #by(): SendingBy {
    return { policy: this.#policy(), bindings: this.#env(), now: Date.now() };
  }

  #tell(
    name: string,
    { ask, what }: { readonly what: string; readonly ask: (shard: HostShardRpc) => Promise<void> },
    answered: Answered<void>,
  ): void {
    const call = { what: `${what} ${name}`, timeoutMs: SHARD_TIMEOUT_MS };
    this.#calls.answer(call, () => ask(this.#shard(name)), answered);
  }

  #shard(name: string): HostShardRpc {
    const { HOST_SHARD } = this.#env();
    return HOST_SHARD.get(HOST_SHARD.idFromName(name));
  }
}

async function sign(
  approval: Approval,
  standing: StandingApproval | null,
  { env, signers }: { readonly env: ActorEnv; readonly signers: Signers | null },
): Promise<Result<SignedGrant, { readonly reason: string }>> {
  const checked = await checkSigned(approval, standing, signers);
  if (!checked.ok) return checked;
  // Where the desk's key alone will do, a yes in advance is the desk's own matter, and a host without approvers could not read it.
  const isForHost = approval.standingId !== undefined && approval.proposal.requires.people > 0;
  return ok(await issueGrant(approval, env, isForHost ? standing : null));
}

async function told(shard: HostShardRpc, word: WordToShard): Promise<void> {
  switch (word.kind) {
    case "retired":
      return shard.retireHost(word);
    case "pulled":
      return shard.pullFreeze(word);
    case "lifted":
      return shard.liftFreeze(word);
    case "asked":
      return shard.askFor(word);
  }
}
