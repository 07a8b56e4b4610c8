// One notification to one person, while it is on its way and as long as its incident is there, with which it goes.
import type { Severity } from "@countersign/shared/wire/service-report";
import type { PageReason } from "../../words/signal.ts";
import type { Subject } from "../../words/subject.ts";
import type { DeskRecord } from "./desk-record.ts";

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
export type PageKind = "ring" | "update" | "recovered" | "test";

export interface Page {
  /** idempotency key, the same on every attempt and channel: `INCIDENT:KIND:NUMBER:RESPONDER` */
  readonly key: string;
  /** of a test: the id of the test page, which no incident has */
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
  readonly nextAttemptAt: number;
  readonly state: "pending" | "delivered" | "undeliverable";
  readonly severity: Severity;
  readonly title: string;
  readonly body: string;
  /** path below the desk's public URL, such as `/approvals/apr_…` */
  readonly path: string;
  readonly createdAt: number;
  readonly deliveredAt: number | null;
  readonly deliveredBy: string | null;
  readonly lastError: string | null;
  /** when its own person opened what it leads to, or said that they got it; absent: not yet */
  readonly seenAt?: number;
}

export const pageRecord: DeskRecord<Page, "page"> = {
  kind: "page",
  keyOf: ({ key }) => key,
  whenOver: { isSettled: ({ state }) => state !== "pending" },
  unreadable: { name: "page", severity: "critical", meaning: "it may not have reached its person" },
};
