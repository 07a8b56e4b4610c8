// The shapes of what the desk stores as JSON, one for each kind of record. Pure. Every field that a decision reads has its line.
import * as z from "zod";
import { Proposal } from "@countersign/shared/wire/grant";
import { Severity } from "@countersign/shared/wire/service-report";
import type { Approval } from "../core/desk/records/approval.ts";
import type { BrokenRoute } from "../core/desk/records/broken-route.ts";
import type { Freeze } from "../core/desk/records/freeze.ts";
import type { Incident, NextStep, TimelineEntry } from "../core/desk/records/incident.ts";
import type { Page } from "../core/desk/records/page.ts";
import { RECORD_KINDS } from "../core/desk/records/record-words.ts";
import type { ShadowCount } from "../core/desk/records/shadow-count.ts";
import type { ShadowFinding } from "../core/desk/records/shadow-finding.ts";
import type { ShardTrouble } from "../core/desk/records/shard-trouble.ts";
import type { Silence, SilenceMatcher } from "../core/desk/records/silence.ts";
import type { StandingApproval, StandingSeal } from "../core/desk/records/standing-approval.ts";
import type { UnreadableRecord } from "../core/desk/records/unreadable-record.ts";
import type { DocumentOf, Kind } from "../core/desk/state/record-kinds.ts";
import { ActorShape, PersonShape } from "./actor-shape.ts";
import { Count, Flag, Instant, PageReasonShape, shapeOf, Text } from "./read-stored.ts";
import { ApprovalEndShape, RefusedShape } from "./refusal-shapes.ts";
import { EvidenceShape, FiringShape, OutcomeShape, RestartsShape } from "./signal-shape.ts";
import { ScopeShape, ServiceShape, SubjectShape } from "./subject-shape.ts";

export const IncidentShape = shapeOf<Incident>({
  incidentId: Text,
  subject: SubjectShape,
  reason: PageReasonShape,
  severity: Severity,
  title: Text,
  state: z.enum(["open", "acknowledged", "resolved"]),
  evidence: EvidenceShape,
  refused: RefusedShape.nullable(),
  restarts: RestartsShape,
  openedAt: Instant,
  happenedAt: Instant,
  clearedAt: Instant.nullable(),
  resolvedAt: Instant.nullable(),
  acknowledgedBy: PersonShape.nullable(),
  acknowledgedUntilAt: Instant.nullable(),
  awaitsProposalUntilAt: Instant.nullable(),
  nextStep: shapeOf<NextStep>({
    round: Count,
    step: Count,
    dueAt: Instant,
    repeats: Count,
  }).nullable(),
  toldSeverity: Severity.nullable(),
  beginningsAt: z.array(Instant),
  approvalId: Text.nullable(),
  timeline: z.array(shapeOf<TimelineEntry>({ at: Instant, by: ActorShape, text: Text })),
});

export const ApprovalShape = shapeOf<Approval>({
  approvalId: Text,
  incidentId: Text,
  requestId: Text,
  subject: ServiceShape,
  proposalBytes: Text,
  proposalHash: Text,
  proposal: Proposal.extend({ action: Text, service: Text }).loose(),
  state: z.enum([
    "requested",
    "delivered",
    "seen",
    "approved",
    "denied",
    "expired",
    "superseded",
    "executing",
    "verified",
    "failed",
  ]),
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
  standingId: Text.optional(),
});

export const PageShape = shapeOf<Page>({
  key: Text,
  incidentId: Text,
  approvalId: Text.nullable(),
  kind: z.enum(["firing", "approval", "recovered", "result"]),
  responder: Text,
  channels: z.array(Text),
  channelIndex: Count,
  attempts: Count,
  nextAttemptAt: Instant,
  state: z.enum(["pending", "delivered", "undeliverable"]),
  severity: Severity,
  title: Text,
  body: Text,
  path: Text,
  createdAt: Instant,
  deliveredAt: Instant.nullable(),
  deliveredBy: Text.nullable(),
  lastError: Text.nullable(),
});

export const FreezeShape = shapeOf<Freeze>({ scope: ScopeShape, at: Instant, by: ActorShape, why: Text });

export const SilenceMatcherShape = shapeOf<SilenceMatcher>({
  hostId: Text.nullable(),
  service: Text.nullable(),
  reason: PageReasonShape.nullable(),
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
  seal: shapeOf<StandingSeal>({ text: Text, hash: Text, keyId: Text, signature: Text }),
});

export const RouteShape = shapeOf<BrokenRoute>({ channel: Text, problem: Text, at: Instant });

export const ShardShape = shapeOf<ShardTrouble>({
  shard: Text,
  silentSinceAt: Instant.nullable(),
  unconfirmedSinceAt: Instant.nullable(),
  unprojectedSinceAt: Instant.nullable(),
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
  approval: ApprovalShape,
  page: PageShape,
  freeze: FreezeShape,
  silence: SilenceShape,
  standing: StandingShape,
  route: RouteShape,
  shard: ShardShape,
  shadow: ShadowShape,
  "shadow-count": ShadowCountShape,
  unreadable: UnreadableShape,
};
