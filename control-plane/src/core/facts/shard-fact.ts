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

/** An attempt of our own, as its outcome told it. */
export type OwnAttempt = Extract<Fact, { kind: "attempt" }> & {
  /** nothing ran, or it ran for what had failed already: it may not have helped, and it broke nothing. absent: it is to blame as any act */
  readonly isBlameless?: true;
};

/**
 * Checks of the service fail by their own rule: as often in a row or of their last ten, and for as long, as `check-failing`
 * wants. Said as long as they do.
 */
export interface CheckFailed {
  readonly kind: "check-failed";
  readonly service: string;
  readonly at: number;
  /** something holds that the service shares with others, and restarting is no fix of that */
  readonly isShared: boolean;
}

/** The unit of a service runs since then, as the shard saw it in reports; null: it runs no longer. */
export interface UnitRun {
  readonly kind: "unit-run";
  readonly service: string;
  readonly at: number;
  readonly startedAt: number | null;
}

/** What rules over facts take in: what hosts report, and what the shard knows by itself. */
export type ShardFact =
  | Exclude<Fact, { kind: "attempt" }>
  | OwnAttempt
  | AnsweredOtherwise
  | CheckFailed
  | UnitRun;
