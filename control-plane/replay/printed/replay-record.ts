// What a replay saw: everything that was decided, with its instant, in order. Plain data; the reports and the expectations read it.
import type { Severity } from "@countersign/shared/wire/service-report";
import type { Page } from "../../src/core/desk/records/page.ts";
import type { ShadowCount } from "../../src/core/desk/records/shadow-count.ts";
import type { PageReason } from "../../src/core/words/signal.ts";

export interface RecordedPage {
  readonly at: number;
  readonly to: string;
  readonly channel: string;
  readonly kind: Page["kind"];
  readonly reason: PageReason | null;
  readonly severity: Severity;
  readonly host: string;
  readonly service: string | null;
  readonly title: string;
  readonly body: string;
  readonly incidentId: string;
  readonly approvalId: string | null;
}

/** A change of an incident's state, severity or title. */
export interface RecordedTurn {
  readonly at: number;
  readonly incidentId: string;
  readonly reason: PageReason;
  readonly host: string;
  readonly service: string | null;
  readonly severity: Severity;
  readonly title: string;
  readonly state: "open" | "acknowledged" | "resolved";
}

/** What a rule in shadow found: it would have paged. */
export interface RecordedFinding {
  readonly at: number;
  readonly findingId: string;
  readonly reason: PageReason;
  readonly host: string;
  readonly service: string | null;
  readonly severity: Severity;
  readonly title: string;
}

export interface RecordedProposal {
  readonly at: number;
  readonly host: string;
  readonly service: string | null;
  readonly action: string;
  readonly argv: readonly string[];
}

/** Something that was run on a host by us. */
export interface RecordedAction {
  readonly at: number;
  readonly host: string;
  readonly service: string;
  readonly action: string;
}

/** An expected no, whoever said it. */
export interface RecordedRefusal {
  readonly at: number;
  readonly host: string | null;
  readonly service: string | null;
  /** `shard`, `actuator`, `desk` */
  readonly by: string;
  /** kebab-case, such as `budget-used-up` */
  readonly reason: string;
  /** the same in words, with all that is known */
  readonly text: string;
}

export interface RecordedLiveness {
  readonly at: number;
  readonly host: string;
  readonly liveness: "up" | "late" | "down" | "unknown";
}

/** A line of the story: what happened in the world, or who did what. */
export interface RecordedLine {
  readonly at: number;
  readonly who: "world" | "person" | "note" | "history";
  readonly text: string;
}

export interface ReplayRecord {
  readonly pages: RecordedPage[];
  readonly turns: RecordedTurn[];
  readonly proposals: RecordedProposal[];
  readonly actions: RecordedAction[];
  readonly refusals: RecordedRefusal[];
  readonly findings: RecordedFinding[];
  /** what the rules in shadow have counted so far */
  shadowCounts: readonly ShadowCount[];
  readonly lines: RecordedLine[];
  /** occurrences of the file's events that happened */
  eventCount: number;
}

/** Lines of the story that are kept; a file can unfold into millions. */
export const LINES_MAX = 5_000;

export function emptyRecord(): ReplayRecord {
  return {
    pages: [],
    turns: [],
    proposals: [],
    actions: [],
    refusals: [],
    findings: [],
    shadowCounts: [],
    lines: [],
    eventCount: 0,
  };
}
