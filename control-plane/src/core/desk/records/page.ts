// One notification to one person, while it is on its way and as long as its incident is there, with which it goes.
import type { Severity } from "@countersign/shared/wire/service-report";
import type { DeskRecord } from "./desk-record.ts";

export interface Page {
  /**
   * idempotency key, the same on every attempt: `INCIDENT:firing:ROUND:STEP:RESPONDER`, `INCIDENT:recovered:0:0:RESPONDER`,
   * `INCIDENT:approval:APPROVAL:RESPONDER` or `INCIDENT:result:APPROVAL:RESPONDER`
   */
  readonly key: string;
  readonly incidentId: string;
  readonly approvalId: string | null;
  readonly kind: "firing" | "approval" | "recovered" | "result";
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
}

export const pageRecord: DeskRecord<Page, "page"> = {
  kind: "page",
  keyOf: ({ key }) => key,
  whenOver: { isSettled: ({ state }) => state !== "pending" },
  unreadable: { name: "page", severity: "critical", meaning: "it may not have reached its person" },
};
