// What a rule over facts is: a bounded memory (its slice) that takes facts in, and a judgement over it. Each rule is one file and has one
// page reason. The engine (core/facts/fact-rules.ts) holds slices; core/facts/firing.ts compares judgements with what fires, and makes signals.
// Pure types. A rule never sees log text as a cause: `log` facts are evidence for people only.
import type { Fact } from "@countersign/shared/wire/fact";
import type { FailureClass } from "@countersign/shared/wire/failure-class";
import type { Severity } from "@countersign/shared/wire/service-report";
import type { Policy } from "../../policy/policy.ts";
import type { Evidence, PageReason } from "../words/signal.ts";
import type { Shared, Subject } from "../words/subject.ts";
import type { ShardFact } from "./shard-fact.ts";

/** What is wrong, as the page will say it. */
export interface Finding {
  readonly severity: Severity;
  /** begins as a sentence does, or with a name as it is */
  readonly title: string;
  /** how much there is of it, where only more of it is told again. absent: each other title is */
  readonly count?: number;
  /** newest last, at most ten lines */
  readonly evidence: readonly Evidence[];
  /** since when it has been so */
  readonly happenedAt: number;
  /** the failure's class sets the ceiling of the ladder: `auth` and `memory` are never answered by a restart */
  readonly isRestartPointless: boolean;
  /** the class behind `isRestartPointless`, for the words; absent: the reason speaks for itself */
  readonly failureClass?: FailureClass;
  /** automation on the subject is to freeze until a person lifts it */
  readonly freezes: boolean;
  /** scope `shard`: what of the shard is wrong; each has an incident of its own. absent: the shard */
  readonly about?: Shared;
  /** what of the subject it is about, by name: the same on other hosts is one trouble. absent: nothing more */
  readonly alike?: string;
  /** scope `shard`: whom it is about, so that only their automation is held; absent: every subject of the shard */
  readonly affects?: readonly Subject[];
}

/** A judgement: what is wrong now (null: nothing), and the later instant when time alone may change the answer (null: never). */
export interface Judgement {
  readonly finding: Finding | null;
  /** scope `shard`: what else is wrong, told apart by `about`; absent: nothing */
  readonly also?: readonly Finding[];
  readonly nextAt: number | null;
}

/** What a rule may look at beside its slice. */
export interface RuleScene {
  readonly now: number;
  readonly policy: Policy;
  readonly subject: Subject;
  /** since when the host has been up without a break; null: it is not up, and its silence explains what is missing; absent: always */
  readonly seenSinceAt?: number | null;
  /** the level of an action of the subject's catalogue; null: it is not in it, or its host is not connected. absent: nothing is known of any */
  readonly levelOf?: (action: string) => number | null;
  /** another rule has found that the subject does not work: what is done to it now is a remedy. absent: none has */
  readonly isAiling?: true;
  /** since when the subject's checks all pass; null: one fails, hangs, or has no result. absent: it has no checks */
  readonly wellSinceAt?: number | null;
  /** since when the subject's unit runs, by our clock; null: it does not. absent: it has none */
  readonly unitRunsSinceAt?: number | null;
}

/** A rule over facts: which it listens to, what it remembers of them, and what it makes of that. */
export interface FactRule<Slice> {
  readonly reason: PageReason;
  /** what the slice is kept for: one service (or the host itself, for facts without one), or the whole shard */
  readonly scope: "service" | "shard";
  readonly kinds: readonly ShardFact["kind"][];
  /** nothing noteworthy is known: it is neither stored nor judged, so `absorb` and `prune` return to it whenever they can */
  readonly initial: Slice;
  /** must return the very same slice when nothing changed, and keep it bounded; the scene's `subject` is whom the fact is about */
  readonly absorb: (slice: Slice, fact: Fact, scene: RuleScene) => Slice;
  readonly judge: (slice: Slice, scene: RuleScene) => Judgement;
  /** forgets what time has made irrelevant, before a judgement by time; the very same slice when nothing is. absent: nothing ages */
  readonly prune?: (slice: Slice, scene: RuleScene) => Slice;
  /** a person who lifts the freeze of the subject ends the finding too: the next fact is a new one. absent: it goes on */
  readonly isLiftedByPeople?: true;
  /** for a slice that changes while all is well, or goes on changing while it fires. absent: every change is stored at once */
  readonly learned?: Learned<Slice>;
}

/** Which part of a slice is stored at once, and what becomes of the rest when it is lost. */
export interface Learned<Slice> {
  /** what must not be lost: the slice is stored when this changes, as plain data */
  readonly keeps: (slice: Slice) => unknown;
  /** the slice as it is taken up when newer ones of it were lost */
  readonly resume: (slice: Slice) => Slice;
}

/** Nothing wrong, and time alone changes nothing. */
export const QUIET: Judgement = { finding: null, nextAt: null };
