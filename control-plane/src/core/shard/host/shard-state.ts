// What a shard knows, as one immutable value. Only what is unhealthy or unfinished is ever stored: a healthy host writes no row.
// Instants are epoch milliseconds by the shard's clock. Pure types.
import type { BoundUnit } from "@countersign/shared/host/same-unit";
import type { Named } from "@countersign/shared/values/named";
import type { Records } from "@countersign/shared/values/records";
import type { ExaminedFinding } from "@countersign/shared/wire/examined";
import type { FailureClass } from "@countersign/shared/wire/failure-class";
import type { TrustMark } from "@countersign/shared/wire/fleet-trust";
import type { CheckResult, ServiceReport } from "@countersign/shared/wire/service-report";
import type { RemediableReason } from "../../../policy/policy-override.ts";
import type { FactBook } from "../../facts/fact-book.ts";
import type { PersonAsking } from "../../words/signal.ts";

export type Liveness = "up" | "late" | "down" | "unknown";

/** What the TCP connect to the host's declared port said while the host was late. */
export type SecondOpinion = "answers" | "refused" | "no-answer" | "not-asked";

export interface HostState {
  readonly hostId: string;
  readonly name: string;
  /** of its catalogue, from the last connection; they outlive it. absent: none */
  readonly tags?: readonly string[];
  /** names of the services of its catalogue, from the last connection; they outlive it. absent: none */
  readonly listed?: readonly string[];
  /**
   * what people call the services of its catalogue, where that says more than their names; from the last connection. absent:
   * nothing does
   */
  readonly titles?: Named<string>;
  readonly liveness: Liveness;
  /** since when it has been so */
  readonly sinceAt: number;
  /**
   * when it was last heard: the freshest keepalive, or accepted frame, while its newest digest was accepted; where it ended an announced
   * absence, the hello. 0: it never was
   */
  readonly lastSeenAt: number;
  /** it speaks and is not heard; null: it is heard, or says nothing */
  readonly unheard: Unheard | null;
  readonly connection: Connection | null;
  /** where a second opinion is asked, from the last connection; outlives it. null: the host declared no port or has no address */
  readonly probe: { readonly address: string; readonly port: number } | null;
  readonly secondOpinion: SecondOpinion;
  /** bounded return deadline of an announced absence; null: none announced */
  readonly returnDueAt: number | null;
  /** it announced that it is retired, which is only its own word; ends with its next hello. absent: it did not */
  readonly saysRetired?: true;
  /** a second boot tried to use the key while the first was live */
  readonly refusedBoot: RefusedBoot | null;
  /** it sends more than its budget, or did a moment ago: it is throttled. null: it does not */
  readonly flooding: Flooding | null;
  /** outcomes already taken in, oldest first, bounded: a repeated one is only acknowledged again */
  readonly outcomesSeen: readonly OutcomeMark[];
  /** by service name; only services that are not boring (see `isBoring` in core/shard/host/services.ts) are stored */
  readonly services: Named<ServiceState>;
  /** what fires for the host itself, and what the rules remember of facts about it */
  readonly book: FactBook;
  /** what its checks did, for people to look at. absent: nothing is known of it */
  readonly past?: CheckPast;
  /** what its own doctor found last. absent: it has told nothing, which is not that all is well */
  readonly examination?: Examination;
}

/** What a host's doctor found wrong or could not see; none of either: all was proven. */
export interface Examination {
  /** when it was told, by our clock */
  readonly at: number;
  readonly findings: readonly ExaminedFinding[];
  /** findings that were too many to be kept */
  readonly omittedCount: number;
  /** since when something is wrong; null: nothing is */
  readonly wrongSinceAt: number | null;
  /** changes taken since then, within an hour */
  readonly hourAt: number;
  readonly hourCount: number;
}

/** What a host's checks did, as far as it is remembered (core/shard/host/check-past.ts). */
export interface CheckPast {
  /** what was so before is not vouched for: the host was away until then */
  readonly unbrokenSinceAt: number;
  /** the middle of the newest quarter hour of the answer times; 0: there is none */
  readonly quarterAt: number;
  /** when the host last told which actions of its catalogue may be run; absent: not that is remembered */
  readonly auditToldAt?: number;
  /** by service, then by check */
  readonly services: Named<Named<PastOfCheck>>;
}

export interface PastOfCheck {
  readonly kind: CheckResult["kind"];
  readonly status: CheckResult["status"];
  /** since when it is so, by our clock */
  readonly sinceAt: number;
  /** it was so when it was first seen, and may have been before. absent: it was seen to turn */
  readonly isAtLeast?: true;
  /** quarter hours, oldest first (answer-times.ts); absent: none is known */
  readonly answers?: string;
}

/** What a host said since it was last heard: a hello at least, or a digest that was refused. Keepalives do not count meanwhile. */
export interface Unheard {
  /** the first of it; no later hello moves this, or a host that connects again and again would never be due */
  readonly sinceAt: number;
  /** digests that were refused since, counted up to two; `refusedAt` is the last one that was counted */
  readonly refusedCount: 0 | 1 | 2;
  readonly refusedAt: number | null;
  /** why that one was refused; null: none was */
  readonly refusal: string | null;
  /** a part of the digest that is being told was refused, or never came: its last part does not make it accepted */
  readonly isDigestTorn: boolean;
  /** parts of that digest that were accepted, one after the other */
  readonly partsTaken: number;
  /** it is down, and what it said should have been understood by now: its silence has other words from here on */
  readonly isOverdue: boolean;
}

/** A refused hello of another boot; a conflict once the boot it was refused for showed life after `firstAt`. */
export interface RefusedBoot {
  readonly bootId: string;
  /** the boot that held the live connection */
  readonly againstBootId: string;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** What a host sent over its budget, and was dropped unread. */
export interface Flooding {
  readonly sinceAt: number;
  readonly lastAt: number;
  readonly droppedCount: number;
  /** its socket was closed for it: it is not late before; 0: it was not, or it is back */
  readonly returnDueAt: number;
}

/** What a minted proposal holds for: a boot, and the unit's state in it. */
export interface BoundTo {
  readonly bootId: string;
  readonly unit: BoundUnit;
}

/** Tells outcomes apart: a sequence alone starts again when an actuator is installed anew. */
export interface OutcomeMark {
  readonly sequence: number;
  readonly grantId: string | null;
  readonly startedAt: number;
}

export interface Connection {
  readonly connectionId: string;
  readonly bootId: string;
  readonly connectedAt: number;
  readonly agentVersion: string;
  readonly hostname: string;
  readonly address: string | null;
  readonly probePort: number | null;
  readonly catalogue: readonly CatalogueEntry[];
  /** absent: none */
  readonly tags?: readonly string[];
  /** frames on this connection that were refused; absent: none */
  readonly framesRefused?: number;
  /** what it says of signatures; absent: an agent of version 1, of which nothing can be asked */
  readonly signing?: Signing;
}

/** What a host says of the fleet's trust, and what it was offered of it. */
export interface Signing {
  /** the version that its actuator believes; null: none. absent: it could not say */
  readonly trust?: TrustMark | null;
  /** the version that it was offered last on this connection, when, and how often; absent: none was */
  readonly offered?: { readonly version: number; readonly at: number; readonly count: number };
}

export interface CatalogueEntry {
  readonly service: string;
  readonly title: string;
  readonly unit: string | null;
  readonly actions: readonly {
    readonly action: string;
    readonly level: number;
    /** the action that takes it back; absent: none */
    readonly undo?: string | undefined;
  }[];
}

/** What was tried for a service since it was last well for a whole stability window (core/shard/remedy/ladder.ts). */
export interface Ladder {
  /** actions that did not help, in order */
  readonly tried: readonly string[];
  /** the action that must take back the last one; null: none */
  readonly undo: string | null;
  /** runs of ours below restart class, oldest first, within the budget's window */
  readonly ranAt: readonly number[];
  /** when the next rung is asked for; null: nothing waits */
  readonly askAt: number | null;
  /** a freeze, a finding or the unit itself held the last question back: it is put when that is over. absent: none did */
  readonly isHeldBack?: boolean;
  /** the finding that the last question was for; absent: a failing check */
  readonly askedFor?: RemediableReason;
  /** since when no finding fires that may be acted on, after one that was; null: one does. absent: none was acted on */
  readonly wellFromAt?: number | null;
  /** when proposals were asked for, oldest first, within the policy's window; absent: none was */
  readonly askedAt?: readonly number[];
  /** the last proposal lapsed with its state or its age: the next one renews its question. absent: the next one is a new question */
  readonly isRenewal?: true;
  /** since when nothing holds any more that restarting does not mend; null: it holds. absent: nothing did, or that was long ago */
  readonly calmFromAt?: number | null;
  /** when proposals were renewed, oldest first, within the policy's window; absent: none was */
  readonly renewedAt?: readonly number[];
  /** the host said no to the last question, and when: it is put again, and the same no is not told twice. absent: it did not */
  readonly refused?: { readonly code: string; readonly at: number };
}

/** The failures among the last ten results of one check (core/shard/host/tallies.ts). */
export interface Tally {
  /** the first of them that was counted */
  readonly sinceAt: number;
  readonly failed: number;
  readonly of: number;
  /** what was told of them, newest last; true: it failed. It goes on where the host's own count begins anew */
  readonly recent: readonly boolean[];
  /** only what was told since counts: an act of ours ran, or they were over. absent: all of the host's ten count */
  readonly isLate?: true;
  /** why the newest of them failed; absent: it is not known */
  readonly class?: FailureClass;
}

/** A start of a unit that goes on, and that systemd itself did not make after a failure. */
export interface UnitStart {
  /** when it began, by our clock */
  readonly sinceAt: number;
  /** within its own time until then */
  readonly untilAt: number;
  /** the checks that failed before it, with their counts then. absent: none did */
  readonly failing?: ServiceState["failing"];
  /** the run before it was seen to have failed: what fails now is no mere start. absent: it was not */
  readonly isAfterFailure?: true;
}

export interface ServiceState {
  readonly service: string;
  /** last report as received */
  readonly report: ServiceReport;
  readonly reportedAt: number;
  /**
   * checks of severity error or critical that fail: how many results in a row, and since when. One whose last result passed
   * (count 0) comes and goes, and too many of its last ten failed
   */
  readonly failing: Named<{ readonly count: number; readonly sinceAt: number }>;
  /**
   * when all checks of severity error or critical last turned to pass; null while any fails, by its last result or by its
   * last ten, or nothing was reported. This is what "well" means, for every rule (`isWell` in services.ts)
   */
  readonly healthySinceAt: number | null;
  /** since when the last result of each passes, while it is not well because of the ones before; absent: not so */
  readonly passingSinceAt?: number;
  /** checks with failures among their last ten; absent: none has any */
  readonly tallies?: Named<Tally>;
  /** `check-failing` has cleared and is not over, so that one failure brings it back; `back`: one has. absent: neither */
  readonly relapse?: "possible" | "back";
  /** restarts by anyone, oldest first, within the budget's window */
  readonly restartsAt: readonly number[];
  readonly lastInvocationId: string;
  readonly lastRestartCount: number;
  /** its next start is a run by plan, and no restart (shared/src/host/unit-run.ts). absent: it is one */
  readonly isBetweenRuns?: true;
  /** its unit is being started. absent: it is not */
  readonly start?: UnitStart;
  /** the open proposal for this service: requested, or minted for the state that it is bound to */
  readonly proposal: {
    readonly requestId: string;
    readonly requestedAt: number;
    /** null: the host has not answered yet */
    readonly boundTo: BoundTo | null;
    /** what was asked for, and whether the policy lets it run without a person */
    readonly action: string;
    readonly unattended: boolean;
    /** the person who wanted it; absent: the ladder */
    readonly askedBy?: PersonAsking;
    /** why, as the host was told; absent: it was asked before this was told */
    readonly why?: string;
  } | null;
  /** verification in progress after a succeeded outcome */
  readonly verification: {
    readonly grantId: string;
    readonly startedAt: number;
    /** health was reached at, after the action; null: not yet. The window runs from here */
    readonly settledAt: number | null;
    readonly untilAt: number;
    /** what ran; null: the host did not say */
    readonly action: string | null;
    /** what it ran for */
    readonly reason: RemediableReason;
  } | null;
  /** absent: nothing was tried */
  readonly ladder?: Ladder;
  /** what fires for the service, and what the rules remember of facts about it */
  readonly book: FactBook;
}

/** Many hosts silent together, since the last sign of life of the first of them. */
export interface FleetSilence {
  readonly sinceAt: number;
}

export interface ShardState {
  readonly shard: string;
  readonly hosts: Records<HostState>;
  /** until then nobody is blamed for silence (self-doubt after our own gap); 0: no grace */
  readonly graceUntilAt: number;
  /** our own blindness that is not yet over: since when nothing could be seen */
  readonly gapSinceAt: number | null;
  /** grants waiting for their host to be up, by grant id */
  readonly grants: Named<PendingGrant>;
  /** drawn anew with each life of the object: what it said in an earlier one, it cannot say again by the same key */
  readonly epoch: string;
  /** number of the next signal in this epoch */
  readonly nextSequence: number;
  /** the last census that the desk was told (core/shard/silence/census.ts); 0: none */
  readonly censusTold: number;
  /** how many of them it was told to be late. absent: none */
  readonly lateTold?: number;
  /** the desk does not confirm what it is told since then; null: it does */
  readonly deskSilentSinceAt: number | null;
  /** many hosts are silent together while the desk is, so automation is held back (core/shard/silence/own-share.ts); null: they are not */
  readonly fleetSilence: FleetSilence | null;
  /** what fires for the whole shard, and what its rules remember */
  readonly book: FactBook;
}

/** What the hosts of a shard share: the shard without its hosts. */
export type SharedState = Omit<ShardState, "hosts">;

export interface PendingGrant {
  readonly grantId: string;
  readonly hostId: string;
  readonly service: string;
  /** after this it is dropped, undelivered; the desk expires it by itself */
  readonly expiresAt: number;
  /** what was granted; absent: one that was recalled before it came */
  readonly action?: string;
  /** JSON of the envelope; empty for one that was recalled before it came */
  readonly envelope: string;
  /** it was never put on the wire to its host. absent: it was, or may have been */
  readonly isUnsent?: true;
  /** a freeze recalled it: it is not sent (again), and is kept until it expires so that a late copy is known. absent: it holds */
  readonly isRecalled?: true;
}
