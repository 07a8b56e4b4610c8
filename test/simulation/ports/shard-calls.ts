// What a shard of a simulation asks of others: the desk over the network, and a machine from outside. Each is an effect, after which the shard
// may die.
import { ok } from "@countersign/shared/values/result";
import type { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";
import type { KnownPolicy, ToldPolicy } from "../../../control-plane/src/core/words/shard-word.ts";
import type { Signal } from "../../../control-plane/src/core/words/signal.ts";
import type { Policy } from "../../../control-plane/src/policy/policy.ts";
import type { ShardCalls } from "../../../control-plane/src/shell/shard/shard-ports.ts";
import type { SimulatedVps } from "../world/simulated-vps.ts";
import type { Ask } from "./distant-read-side.ts";

const SECOND_OPINION_MS = 1_000;

/** The policies of a simulation by the texts that name them. */
export class ShardPolicies {
  told: ToldPolicy = { version: 0, hash: "", text: null };
  readonly #own: Policy;
  readonly #applied: Policy[] = [];

  constructor(own: Policy) {
    this.#own = own;
  }

  /** From now on this one is told. */
  apply(policy: Policy): void {
    const version = this.#applied.push(policy);
    this.told = { version, hash: "", text: String(version) };
  }

  of(text: string | null): Policy {
    return text === null ? this.#own : (this.#applied[Number(text) - 1] ?? this.#own);
  }

  /** What a shard that knows this must be told; null: nothing. */
  for(known: KnownPolicy | null): ToldPolicy | null {
    return known?.version === this.told.version ? null : this.told;
  }
}

/** How the life that asks reaches others, and hears of them. */
interface Caller {
  readonly clock: VirtualClock;
  readonly ask: Ask;
  readonly hears: (answer: () => void) => void;
  readonly policies: ShardPolicies;
  readonly receiveSignals: (signals: readonly Signal[]) => boolean;
  readonly vpsAt: (address: string) => SimulatedVps | undefined;
}

/** The calls of one life. */
export function shardCallsOf({ ask, clock, hears, policies, receiveSignals, vpsAt }: Caller): ShardCalls {
  return {
    tellDesk: (_shard, signals, answered) =>
      ask(() => (receiveSignals(signals) ? undefined : null), answered),
    askPolicy: (known, answered) =>
      ask(
        () => ({ told: policies.for(known) }),
        (answer) => answered(answer.ok ? ok(answer.value.told) : answer),
      ),
    // Nobody of a simulation has begun a trust.
    askTrust: (_known, answered) =>
      ask(
        () => ({ told: null }),
        (answer) => answered(answer.ok ? ok(null) : answer),
      ),
    fetchTrust: () => {},
    askSecondOpinion: ({ address }, answered) => {
      const vps = vpsAt(address);
      clock.after(SECOND_OPINION_MS, () => {
        const opinion = vps?.answersProbe === true ? "answers" : "no-answer";
        hears(() => answered(ok(opinion)));
      });
    },
  };
}
