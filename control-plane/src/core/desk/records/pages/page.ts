// One notification to one person, while it is on its way and as long as its incident is there, with which it goes.
import type { Severity } from "@countersign/shared/wire/service-report";
import type { PageReason } from "../../../words/signal.ts";
import type { Subject } from "../../../words/subject.ts";
import type { DeskRecord } from "../desk-record.ts";

/** What a page says about one finding. */
export interface Told {
  readonly findingId: string;
  readonly reason: PageReason;
  readonly subject: Subject;
  readonly what: "began" | "rose" | "goes-on" | "ended" | "result";
  /** no page told of it before this one */
  readonly isFirst: boolean;
  /** the page's title is about it */
  readonly isTitle: boolean;
}

/** Findings that one page names; a page about more says how many there are. */
export const TOLD_MAX = 20;

/**
 * A ring wants somebody now; an update adds quietly to what was told; `recovered` tells the end, once; a test asks whether
 * it arrives.
 */
export const PAGE_KINDS = ["ring", "update", "recovered", "test"] as const;
export type PageKind = (typeof PAGE_KINDS)[number];

/** How far a page is through its channels. */
export interface PageRound {
  /** rounds through them that are over */
  readonly done: number;
  /** channels that were tried in this one */
  readonly tried: readonly string[];
  /** when it was due, each of them rested. absent: it was tried then */
  readonly isWaiting?: true;
}

export interface Page {
  /** idempotency key, the same on every attempt and channel: `INCIDENT:KIND:NUMBER:RESPONDER` */
  readonly key: string;
  /** of a test or a digest: an id of its own, which no incident has */
  readonly incidentId: string;
  /** the question that it puts; null: none */
  readonly approvalId: string | null;
  readonly kind: PageKind;
  readonly tells: readonly Told[];
  /** it goes to all channels at once: nobody answered the ones before */
  readonly isEverywhere: boolean;
  readonly responder: string;
  /** the responder's channels in order; `channelIndex` is the one to try next */
  readonly channels: readonly string[];
  readonly channelIndex: number;
  readonly attempts: number;
  /** channels on which an attempt may have brought it, and none said so; each once an attempt. absent: there is none */
  readonly unconfirmed?: readonly string[];
  /** absent: as `attempts` and `channelIndex` say */
  readonly round?: PageRound;
  readonly nextAttemptAt: number;
  /**
   * `held`: its person got so much just now, and it waits for a digest (core/desk/outbox/digest.ts); or all has cleared
   * before a channel was free, and it waits until that begins again
   */
  readonly state: "held" | "pending" | "delivered" | "undeliverable";
  readonly severity: Severity;
  readonly title: string;
  readonly body: string;
  /** path below the desk's public URL, such as `/approvals/apr_…` */
  readonly path: string;
  readonly createdAt: number;
  readonly deliveredAt: number | null;
  readonly deliveredBy: string | null;
  readonly lastError: string | null;
  /** of a digest: the keys of the pages that it brings, as it names them; absent: it brings itself */
  readonly covers?: readonly string[];
  /** when it was let go by itself after it was held; absent: it never was */
  readonly releasedAt?: number;
  /** when its own person opened what it leads to, or said that they got it; absent: not yet */
  readonly seenAt?: number;
  /** channels that took it and did not bring it, as far as is known. absent: none did so */
  readonly swallowedBy?: readonly string[];
}

/** A test page, and one that brings several, is of no incident, whatever it is filed under. */
export function isOfNone({ covers, kind }: Pick<Page, "covers" | "kind">): boolean {
  return kind === "test" || covers !== undefined;
}

export const pageRecord: DeskRecord<Page, "page"> = {
  kind: "page",
  keyOf: ({ key }) => key,
  whenOver: { isSettled: ({ state }) => state !== "pending" && state !== "held" },
  unreadable: { name: "page", severity: "critical", meaning: "it may not have reached its person" },
};
