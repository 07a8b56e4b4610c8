// The policy that a shard judges by: the newest that the desk told it and that it can read, else the one before, else the deployment's.
// What a reader would get wrong: agents keep the pace that their welcome named until they connect again, so after a change of pace the
// slower of both is judged by until they had time to; a policy must not make a fleet look silent.
import type { KnownPolicy, ToldPolicy } from "../../core/words/shard-word.ts";
import { loadFirstGood } from "../../policy/load-policy.ts";
import type { Policy } from "../../policy/policy.ts";
import type { Log } from "../ports.ts";

type Liveness = Policy["liveness"];

/** The policy of a text, null: the deployment's own; throws where that is none. */
export type LoadPolicy = (text: string | null) => Policy;

export class ShardPolicy {
  readonly #load: LoadPolicy;
  readonly #log: Log;
  #told: ToldPolicy | null = null;
  /** null: not loaded yet */
  #loaded: Policy | null = null;
  #paced: { readonly policy: Policy; readonly untilAt: number } | null = null;

  constructor(load: LoadPolicy, log: Log) {
    this.#load = load;
    this.#log = log;
  }

  /** What was told last; null: nothing was. */
  get known(): KnownPolicy | null {
    return this.#told;
  }

  /** Takes up what was stored, after a wake. */
  restore(told: ToldPolicy | null): void {
    this.#told = told;
    this.#loaded = null;
  }

  /** What a welcome may name. */
  announced(): Policy {
    if (this.#loaded !== null) return this.#loaded;
    const told = this.#told?.text ?? null;
    const { policy, problem } = loadFirstGood(told === null ? [null] : [told, null], this.#load);
    if (problem !== null) this.#log.error(`Load policy version ${this.#told?.version}`, problem);
    this.#loaded = policy;
    return policy;
  }

  /** What is judged by now; the same object as long as nothing changes. */
  inForce(now: number): Policy {
    if (this.#paced !== null && now < this.#paced.untilAt) return this.#paced.policy;
    this.#paced = null;
    return this.announced();
  }

  /** Takes a version over: `pace` when the agents must be told a new one, null when it is older, known or cannot be read. */
  take(told: ToldPolicy, now: number): "settings" | "pace" | null {
    return this.#told !== null && told.version <= this.#told.version ? null : this.#takeUp(told, now);
  }

  /** Takes the answer to a question that named `known`, also an older version: then the desk was set back. */
  takeAnswer(told: ToldPolicy, known: KnownPolicy | null, now: number): "settings" | "pace" | null {
    return known === this.known ? this.#takeUp(told, now) : null;
  }

  #takeUp(told: ToldPolicy, now: number): "settings" | "pace" | null {
    const before = this.announced();
    let after: Policy;
    try {
      after = this.#load(told.text);
    } catch (error) {
      // Newer than this code, for the minutes of a deploy: the last good one stays.
      this.#log.error(`Take policy version ${told.version}`, error);
      return null;
    }
    this.#told = told;
    this.#loaded = after;
    if (before.liveness.keepaliveMs === after.liveness.keepaliveMs) return "settings";
    const liveness = slowerOf(before.liveness, after.liveness);
    this.#paced = { policy: { ...after, liveness }, untilAt: now + after.liveness.reconnectGraceMs };
    return "pace";
  }
}

function slowerOf(left: Liveness, right: Liveness): Liveness {
  return left.keepaliveMs > right.keepaliveMs ? left : right;
}
