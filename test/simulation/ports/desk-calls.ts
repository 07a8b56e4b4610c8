// What the desk of a simulation asks of others: the pager, a signature that costs a hash, and the shards over the network. Each is an effect,
// after which the desk may die.
import { ok } from "@countersign/shared/values/result";
import type { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";
import type { WordToShard } from "../../../control-plane/src/core/words/shard-word.ts";
import type { DeskCalls } from "../../../control-plane/src/shell/desk/desk-ports.ts";
import type { Pager } from "../world/pager.ts";
import type { ShardActor } from "../world/shard-actor.ts";
import { signGrant } from "../world/simulated-signature.ts";
import type { Ask } from "./distant-read-side.ts";

const SIGN_MS = 1;

/** How the life that asks reaches others, and hears of them. */
interface Caller {
  readonly clock: VirtualClock;
  readonly pager: Pager;
  readonly ask: Ask;
  readonly performs: (effect: () => void) => void;
  readonly hears: (answer: () => void) => void;
  readonly shardNamed: (name: string) => ShardActor | null;
}

/** The calls of one life. */
export function deskCallsOf({ ask, clock, hears, pager, performs, shardNamed }: Caller): DeskCalls {
  return {
    sendPage: ({ channel, page }, answered) =>
      performs(() =>
        pager.send({ page, channel }, (result, detail) => hears(() => answered(ok({ result, detail })))),
      ),
    // Its channels only take pages: nothing more comes of one.
    askReceipt: (_delivery, answered) => hears(() => answered(ok({ receipt: null }))),
    settleDelivery: (_delivery, answered) => hears(() => answered(ok({ result: "told" }))),
    signGrant: (approval, standing, answered) => {
      const { grantExpiresAt, grantId, proposal, subject } = approval;
      const grant = {
        grantId: grantId ?? "",
        hostId: subject.hostId,
        service: proposal.service,
        action: proposal.action,
        expiresAt: grantExpiresAt ?? 0,
        envelope: signGrant(approval, approval.proposal.requires.people > 0 ? standing : null),
      };
      clock.after(SIGN_MS, () => hears(() => answered(ok(ok(grant)))));
    },
    deliverGrant: (name, { action: _action, envelope, ...grant }, answered) => {
      const pending = { ...grant, envelope: JSON.stringify(envelope) };
      ask(() => doneBy(shardNamed(name), (shard) => shard.takeGrant(pending)), answered);
    },
    tellShard: (name, word, answered) =>
      ask(() => doneBy(shardNamed(name), (shard) => told(shard, word)), answered),
  };
}

function doneBy(shard: ShardActor | null, act: (shard: ShardActor) => boolean): undefined | null {
  return shard !== null && act(shard) ? undefined : null;
}

function told(shard: ShardActor, word: WordToShard): boolean {
  switch (word.kind) {
    case "pulled":
      return shard.pullFreeze(word);
    case "lifted":
      return shard.liftFreeze(word);
    case "asked":
      return shard.askFor(word);
    case "retired":
      throw new Error("Retire host: nobody does that in a simulation");
  }
}
