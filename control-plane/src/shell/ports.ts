// What a shell needs of the platform that it runs on; all that it may know of it. Pure types. There are three sets: workerd's (`platform/`), one in
// memory (replay and scenarios) and a faulty one (the simulation). All of them keep the same facts (test/platform-facts).
// What a reader would get wrong: nothing here is awaited. What somebody else answers comes back as an event of its own, by an `Answered`; so
// that what a shell does between two events is one step on each platform, and a virtual clock can run a month without a turn of an event loop.
import type { IdPrefix } from "@countersign/shared/values/ids";
import type { Result } from "@countersign/shared/values/result";

/** The present, epoch milliseconds. */
export interface Clock {
  readonly now: number;
}

/**
 * The one alarm of an actor. It outlives the memory of its actor, and it is gone before its handler runs. A handler that throws is called again,
 * six times, and then the alarm is lost for good.
 */
export interface Alarm {
  /** when it rings next; null: it is not set */
  readonly armedAt: number | null;
  /** sets it, whatever it was set to */
  set(at: number): void;
}

/** A new id, such as `inc_…`: the prefix and chance. */
export type NewId = (prefix: IdPrefix) => string;

export interface Log {
  /** something went wrong that nobody else is told of */
  error(what: string, cause: unknown): void;
}

/** Somebody else did not do what they were asked, or did not say so within the call's bound. */
export interface CallFailure {
  readonly reason: "call-failed";
  readonly cause: unknown;
}

/** Takes the answer of a call: once, in an event of its own, never before the call has returned. A shell that is gone hears nothing. */
export type Answered<T> = (answer: Result<T, CallFailure>) => void;

/** Names a record within its kind. Numbers come before texts, and each in their order: texts by their code points. */
export type RecordId = string | number;

/** Which records of a kind are asked for: those behind an id, so many at most, from the lowest id or from the highest. */
export interface Page {
  readonly after?: RecordId;
  readonly limit?: number;
  readonly isNewestFirst?: true;
}

/** A record as it was found; one that cannot be read is its raw text, and what is wrong with it. */
export type Found<T> =
  | { readonly id: RecordId; readonly isReadable: true; readonly record: T }
  | {
      readonly id: RecordId;
      readonly isReadable: false;
      readonly problem: string;
      readonly text: string;
    };

/**
 * What an actor keeps, by kind and id; `Records` says what a record of each kind is. A record that was put may be held by whoever keeps the rows:
 * it is not changed afterwards.
 */
export interface Rows<Records extends object> {
  /** false: nothing was ever stored here, and nothing may be before `make` */
  exists(): boolean;
  make(): void;
  /** runs writes as one step: all of them, or none when one throws; a step within it goes with it, or is taken back alone where it throws */
  atomically(write: () => void): void;
  /** null: there is none */
  get<Kind extends keyof Records>(kind: Kind, id: RecordId): Found<Records[Kind]> | null;
  /** in the order of their ids, unless the page says otherwise */
  list<Kind extends keyof Records>(kind: Kind, page?: Page): readonly Found<Records[Kind]>[];
  put<Kind extends keyof Records>(kind: Kind, id: RecordId, record: Records[Kind]): void;
  drop(kind: keyof Records, id: RecordId): void;
}
