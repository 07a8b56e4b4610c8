// The shapes of what the desk stores as JSON, one for each kind of record. Pure. Every field that a decision reads has its line.
import * as z from "zod";
import { Assertion } from "@countersign/shared/wire/assertion";
import { Proposal } from "@countersign/shared/wire/proposal";
import { Severity } from "@countersign/shared/wire/service-report";
import { type Approval, APPROVAL_STATES, type PersonSignature } from "../core/desk/records/approval.ts";
import type { Ask, AskAnswer } from "../core/desk/records/ask.ts";
import type { Census } from "../core/desk/records/census.ts";
import type { Finding } from "../core/desk/records/finding.ts";
import type { FleetHost } from "../core/desk/records/fleet-host.ts";
import type { Freeze } from "../core/desk/records/freeze.ts";
import type {
  Incident,
  IncidentNote,
  NextStep,
  Place,
  TimelineEntry,
} from "../core/desk/records/incident.ts";
import type { BrokenRoute } from "../core/desk/records/pages/broken-route.ts";
import { RECORD_KINDS } from "../core/desk/records/record-words.ts";
import type { Recurrence } from "../core/desk/records/recurrence.ts";
import type { ShadowCount } from "../core/desk/records/shadow-count.ts";
import type { ShadowFinding } from "../core/desk/records/shadow-finding.ts";
import type { ShardTrouble } from "../core/desk/records/shard-trouble.ts";
import type { Silence, SilenceMatcher } from "../core/desk/records/silence.ts";
import type { SignedYes, StandingApproval } from "../core/desk/records/standing-approval.ts";
import type { UnreadableRecord } from "../core/desk/records/unreadable-record.ts";
import type { DocumentOf, Kind } from "../core/desk/state/record-kinds.ts";
import { ActorShape, OperatorShape, PersonShape } from "./actor-shape.ts";
import { AskedByShape } from "./asked-shape.ts";
import { DrillShape } from "./drill-shape.ts";
import {
  ChannelStateShape,
  ContactShape,
  DeliveryShape,
  PageShape,
  SentLatelyShape,
  TestPageShape,
} from "./paging-shapes.ts";
import { Count, Flag, Instant, PageReasonShape, shapeOf, Text } from "./read-stored.ts";
import { ApprovalEndShape, AskRefusalShape, RefusedShape } from "./refusal-shapes.ts";
import { EvidenceShape, FiringShape, OutcomeShape, RestartsShape } from "./signal-shape.ts";
import { ScopeShape, ServiceShape, SubjectShape } from "./subject-shape.ts";

const PlaceShape: z.ZodType<Place> = z.union([
  z.looseObject({ kind: z.enum(["alone", "fleet", "many"]) }),
  z.looseObject({ kind: z.enum(["trouble", "notice"]), subjectKey: Text }),
  z.looseObject({ kind: z.enum(["down", "host"]), hostId: Text }),
  z.looseObject({ kind: z.literal("wide"), alikeKey: Text }),
]);
type AnsweredAs<Kind extends AskAnswer["kind"]> = Extract<AskAnswer, { kind: Kind }>;

export const IncidentShape = shapeOf<Incident>({
  incidentId: Text,
  place: PlaceShape,
  subject: SubjectShape,
  reason: PageReasonShape,
  severity: Severity,
  title: Text,
  happenedAt: Instant,
  clearedAt: Instant.nullable(),
  state: z.enum(["open", "acknowledged", "merged", "resolved"]),
  mergedInto: Text.nullable(),
  openedAt: Instant,
  resolvedAt: Instant.nullable(),
  acknowledgedBy: PersonShape.nullable(),
  acknowledgedUntilAt: Instant.nullable(),
  nextStep: shapeOf<NextStep>({
    round: Count,
    step: Count,
    dueAt: Instant,
    repeats: Count,
  }).nullable(),
  resultAt: Instant.nullable(),
  lastSentAt: Instant.nullable(),
  sentCount: Count,
  rung: z.array(Text),
  reached: z.array(Text),
  answerers: z.array(Text),
  membersTold: Count,
  reasonsTold: z.array(PageReasonShape),
  joinedAt: Instant,
  timeline: z.array(shapeOf<TimelineEntry>({ at: Instant, by: ActorShape, text: Text })),
  firstTaken: shapeOf<NonNullable<Incident["firstTaken"]>>({ at: Instant, by: PersonShape }).optional(),
  notes: z.array(shapeOf<IncidentNote>({ at: Instant, by: OperatorShape, text: Text })).optional(),
});

export const FindingShape = shapeOf<Finding>({
  findingId: Text,
  incidentId: Text,
  subject: SubjectShape,
  reason: PageReasonShape,
  alike: Text.nullable(),
  standing: z.enum(["own", "wide", "beneath"]),
  severity: Severity,
  title: Text,
  evidence: EvidenceShape,
  refused: RefusedShape.nullable(),
  restarts: RestartsShape,
  happenedAt: Instant,
  beganAt: Instant,
  placedAt: Instant,
  releasesAt: Instant.nullable(),
  clearedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
  endedBecause: Text.nullable(),
  beginningsAt: z.array(Instant),
  told: Severity.nullable(),
  newsAt: Instant.nullable(),
  askedAt: Instant.nullable(),
  approvalId: Text.nullable(),
});

export const RecurrenceShape = shapeOf<Recurrence>({
  findingKey: Text,
  beginningsAt: z.array(Instant),
  endedAt: Instant,
});

export const ApprovalShape = shapeOf<Approval>({
  approvalId: Text,
  incidentId: Text,
  findingId: Text,
  requestId: Text,
  askedBy: AskedByShape,
  subject: ServiceShape,
  proposalBytes: Text,
  proposalHash: Text,
  proposal: Proposal.extend({ action: Text, service: Text }).loose(),
  state: z.enum(APPROVAL_STATES),
  requestedAt: Instant,
  deliveredAt: Instant.nullable(),
  seenAt: Instant.nullable(),
  expiresAt: Instant,
  decidedAt: Instant.nullable(),
  decidedBy: ActorShape.nullable(),
  decidedWhy: Text.optional(),
  grantId: Text.nullable(),
  grantExpiresAt: Instant.nullable(),
  isGrantDelivered: Flag,
  outcome: OutcomeShape.nullable(),
  end: ApprovalEndShape.nullable(),
  settleMs: Count,
  recalledBy: ActorShape.optional(),
  signatures: z
    .array(
      shapeOf<PersonSignature>({
        by: PersonShape,
        at: Instant,
        credentialId: Text,
        credentialName: Text,
        isSynced: Flag,
        assertion: Assertion.loose(),
      }),
    )
    .optional(),
  standingId: Text.optional(),
  handedOverAt: Instant.optional(),
  ranAt: Instant.optional(),
  wellAt: Instant.optional(),
  endedAt: Instant.optional(),
});

export const FreezeShape = shapeOf<Freeze>({ scope: ScopeShape, at: Instant, by: ActorShape, why: Text });

export const SilenceMatcherShape = shapeOf<SilenceMatcher>({
  hostId: Text.nullable(),
  service: Text.nullable(),
  reason: PageReasonShape.nullable(),
  subject: SubjectShape.optional(),
});

export const SilenceShape = shapeOf<Silence>({
  silenceId: Text,
  matcher: SilenceMatcherShape,
  by: PersonShape,
  why: Text,
  startsAt: Instant,
  endsAt: Instant,
});

export const StandingShape = shapeOf<StandingApproval>({
  standingId: Text,
  by: PersonShape,
  subject: ServiceShape,
  action: Text,
  usesMax: Count,
  usesCount: Count,
  givenAt: Instant,
  untilAt: Instant,
  why: Text,
  signed: shapeOf<SignedYes>({
    text: Text,
    hash: Text,
    credentialId: Text,
    credentialName: Text,
    isSynced: Flag,
    assertion: Assertion.loose(),
  }),
});

export const AskShape = shapeOf<Ask>({
  requestId: Text,
  incidentId: Text,
  subject: ServiceShape,
  action: Text,
  why: Text,
  by: PersonShape,
  askedAt: Instant,
  answer: z
    .union([
      shapeOf<AnsweredAs<"proposed">>({ kind: z.literal("proposed"), approvalId: Text }),
      shapeOf<AnsweredAs<"refused">>({ kind: z.literal("refused"), refusal: AskRefusalShape }),
      shapeOf<AnsweredAs<"dropped">>({
        kind: z.literal("dropped"),
        why: z.enum(["frozen", "unreadable", "incident-over", "under-way"]),
      }),
    ])
    .nullable(),
});

export const RouteShape = shapeOf<BrokenRoute>({ channel: Text, problem: Text, at: Instant });

export const ShardShape = shapeOf<ShardTrouble>({
  shard: Text,
  silentSinceAt: Instant.nullable(),
  unconfirmedSinceAt: Instant.nullable(),
  unprojectedSinceAt: Instant.nullable(),
});

export const CensusShape = shapeOf<Census>({ shard: Text, connected: Count, late: Count.optional() });

export const FleetHostShape = shapeOf<FleetHost>({
  hostId: Text,
  hostName: Text,
  startedAt: Instant,
  joinedAt: Instant,
  fellAt: Instant,
  backAt: Instant.nullable(),
  setAside: shapeOf<NonNullable<FleetHost["setAside"]>>({
    at: Instant,
    by: ActorShape,
    why: Text,
  }).nullable(),
});

export const ShadowShape = shapeOf<ShadowFinding>({
  findingId: Text,
  signal: FiringShape,
  wouldPropose: Text.nullable(),
  firedAt: Instant,
  endedAt: Instant.nullable(),
  falseAlarmBy: ActorShape.nullable(),
});

export const ShadowCountShape = shapeOf<ShadowCount>({
  reason: PageReasonShape,
  sinceAt: Instant,
  wouldHavePaged: Count,
  wouldHaveActed: Count,
  falseAlarms: Count,
});

export const UnreadableShape = shapeOf<UnreadableRecord>({
  recordKey: Text,
  kind: z.enum(RECORD_KINDS),
  id: Text,
  subject: SubjectShape,
  problem: Text,
  at: Instant,
});

/** By which shape the records of each kind are read. */
export const DOCUMENT_SHAPES: { readonly [K in Kind]: z.ZodType<DocumentOf[K]> } = {
  incident: IncidentShape,
  finding: FindingShape,
  approval: ApprovalShape,
  page: PageShape,
  freeze: FreezeShape,
  silence: SilenceShape,
  standing: StandingShape,
  ask: AskShape,
  contact: ContactShape,
  "sent-lately": SentLatelyShape,
  "test-page": TestPageShape,
  drill: DrillShape,
  delivery: DeliveryShape,
  "channel-state": ChannelStateShape,
  route: RouteShape,
  shard: ShardShape,
  recurrence: RecurrenceShape,
  census: CensusShape,
  "fleet-host": FleetHostShape,
  shadow: ShadowShape,
  "shadow-count": ShadowCountShape,
  unreadable: UnreadableShape,
};
