// What a replay saw: everything that was decided, with its instant, in order. Plain data; the reports and the expectations read it.
import type { Severity } from "@countersign/shared/wire/service-report";
import type { ApprovalState } from "../../src/core/desk/records/approval.ts";
import type { ShadowCount } from "../../src/core/desk/records/shadow-count.ts";
import type { PageReason } from "../../src/core/words/signal.ts";

/** A page, once however many channels carried it. */
export interface RecordedPage {
  /** when it arrived first */
  readonly at: number;
  /** the same on every attempt and channel */
  readonly key: string;
  readonly to: string;
  /** the channel on which it arrived first, and all of them */
  readonly channel: string;
  readonly channels: string[];
  /** it rings, quietly adds to what was told, tells only what is over, or is there to be tried */
  readonly kind: PageKind;
  readonly tells: readonly RecordedTell[];
  /** of the finding that its title is about, as host and service are; null: of none */
  readonly reason: PageReason | null;
  readonly severity: Severity;
  readonly host: string;
  readonly service: string | null;
  readonly title: string;
  readonly body: string;
  readonly incidentId: string;
  readonly approvalId: string | null;
}

export type PageKind = "ring" | "update" | "recovered" | "test";

/** What a page tells of one finding. */
export interface RecordedTell {
  readonly reason: PageReason;
  readonly host: string;
  readonly service: string | null;
  /** no page told of it before */
  readonly isFirst: boolean;
  /** the page's title is about it */
  readonly isTitle: boolean;
  /** that it is over */
  readonly isEnd: boolean;
}

/** What became of a finding: its own severity and title, and the state of the incident that holds it until it has ended. */
export interface FindingTurn {
  readonly findingId: string;
  /** of the incident that holds it now */
  readonly incidentId: string;
  readonly reason: PageReason;
  readonly host: string;
  readonly service: string | null;
  readonly severity: Severity;
  readonly title: string;
  readonly state: "open" | "acknowledged" | "resolved";
}

/** A change of a finding's state, severity or title. */
export interface RecordedTurn extends FindingTurn {
  readonly at: number;
}

/** A drill of the way to a person: its page arrived, or its person said that it came. */
export interface RecordedDrill {
  readonly at: number;
  readonly testId: string;
  readonly to: string;
  readonly state: "sent" | "confirmed";
  readonly title: string;
  readonly body: string;
}

/** A question that was put to people: may this run? Its proposal may be renewed without being put again. */
export interface RecordedQuestion {
  readonly at: number;
  readonly host: string;
  readonly service: string;
  readonly action: string;
  readonly approvalId: string;
}

/** A change of an approval's state. */
export interface RecordedApproval extends RecordedQuestion {
  readonly state: ApprovalState;
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
  readonly drills: RecordedDrill[];
  readonly turns: RecordedTurn[];
  readonly questions: RecordedQuestion[];
  readonly approvals: RecordedApproval[];
  readonly proposals: RecordedProposal[];
  readonly actions: RecordedAction[];
  readonly refusals: RecordedRefusal[];
  readonly findings: RecordedFinding[];
  /** what the rules in shadow have counted so far */
  shadowCounts: readonly ShadowCount[];
  /** at most LINES_MAX of them */
  readonly lines: RecordedLine[];
  /** lines of the story that are not kept */
  linesLeftOut: number;
  /** occurrences of the file's events that happened */
  eventCount: number;
}

/** Lines of the story that are kept; a file can unfold into millions. */
export const LINES_MAX = 5_000;

export function emptyRecord(): ReplayRecord {
  return {
    pages: [],
    drills: [],
    turns: [],
    questions: [],
    approvals: [],
    proposals: [],
    actions: [],
    refusals: [],
    findings: [],
    shadowCounts: [],
    lines: [],
    linesLeftOut: 0,
    eventCount: 0,
  };
}
