// Facts that only a shard can know: no host reports them, so no host can say them of itself or of another. Pure types.
import type { Fact } from "@countersign/shared/wire/fact";

/** A host answered a question, or told how an act of ours ended, as something else than what was asked; it is about the host itself. */
export interface AnsweredOtherwise {
  readonly kind: "answered-otherwise";
  readonly service: null;
  readonly at: number;
  /** what was asked for, and what was answered, such as `retry of web` */
  readonly asked: string;
  readonly answered: string;
}

/** What rules over facts take in: what hosts report, and what the shard knows by itself. */
export type ShardFact = Fact | AnsweredOtherwise;
