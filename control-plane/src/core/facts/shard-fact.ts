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

/** What a host said of the fleet's trust: which version it believes, beside what the control plane knows; it is about the host itself. */
export interface TrustSaid {
  readonly kind: "trust-said";
  readonly service: null;
  readonly at: number;
  /** `newest`: it believes the newest; `strange`: one that is none of the fleet's; `fine`: an older one, or none */
  readonly belief: "newest" | "strange" | "fine";
  /** its number; null: it believes none */
  readonly version: number | null;
  /** why it does not take the one that it was offered, as the host said; null: it takes it, or none was offered */
  readonly refusal: string | null;
}

/** What a host has verified of a passkey that signed what ran there; it is about the host itself. */
export interface PasskeyUsed {
  readonly kind: "passkey-used";
  readonly service: null;
  readonly at: number;
  readonly person: string;
  readonly credentialId: string;
  readonly counter: number;
  /** the highest count seen there before, where this one is not higher; null: it moved on */
  readonly counterBefore: number | null;
}

/** Which passkeys are in the fleet's trust now; it is about the host itself. */
export interface PasskeysKnown {
  readonly kind: "passkeys-known";
  readonly service: null;
  readonly at: number;
  readonly credentialIds: readonly string[];
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
  | TrustSaid
  | PasskeyUsed
  | PasskeysKnown
  | CheckFailed
  | UnitRun;
