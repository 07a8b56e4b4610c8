// The shape of a signal, as it lies in a shard's outbox and as the desk takes it in. Pure.
import * as z from "zod";
import { Outcome } from "@countersign/shared/wire/outcome";
import { Severity } from "@countersign/shared/wire/service-report";
import type { Evidence, Signal } from "../core/words/signal.ts";
import { OTHER_RECORD_KINDS } from "../core/words/unreadable-record.ts";
import { ActorShape } from "./actor-shape.ts";
import { AskedByShape } from "./asked-shape.ts";
import { Count, Flag, Instant, PageReasonShape, shapeOf, Text } from "./read-stored.ts";
import { AskRefusalShape, ProposalEndShape, ProposalRefusalShape } from "./refusal-shapes.ts";
import { FleetShape, HostedShape, ServiceShape, SubjectShape } from "./subject-shape.ts";

export const EvidenceShape = z.array(
  shapeOf<Evidence>({ at: Instant, text: Text, isCommand: Flag.optional() }),
);
export const RestartsShape = z.looseObject({ count: Count, max: Count, windowMs: Count }).nullable();

const base = { key: Text, happenedAt: Instant, noticedAt: Instant };
type Of<Kind extends Signal["kind"]> = Extract<Signal, { kind: Kind }>;

// Names as they were taken in: what the wire allows of them may be narrower by now.
export const OutcomeShape = Outcome.extend({ action: Text.nullable(), service: Text.nullable() }).loose();

export const FiringShape = shapeOf<Of<"firing">>({
  ...base,
  kind: z.literal("firing"),
  subject: SubjectShape,
  reason: PageReasonShape,
  severity: Severity,
  title: Text,
  evidence: EvidenceShape,
  proposalRequestId: Text.nullable(),
  restarts: RestartsShape,
  freezes: Flag.optional(),
  shadow: z.looseObject({ tags: z.array(Text) }).optional(),
  refusal: ProposalRefusalShape.optional(),
  alike: Text.optional(),
});

export const SignalShape = z.union([
  FiringShape,
  shapeOf<Of<"cleared">>({
    ...base,
    kind: z.literal("cleared"),
    subject: SubjectShape,
    reason: PageReasonShape,
    evidence: EvidenceShape,
  }),
  shapeOf<Of<"proposed">>({
    ...base,
    kind: z.literal("proposed"),
    subject: ServiceShape,
    requestId: Text,
    proposal: Text,
    asked: z.looseObject({ action: Text, level: Count, reason: Text.optional() }),
    unattended: z.looseObject({ action: Text, tags: z.array(Text) }).optional(),
    reason: PageReasonShape,
    askedBy: AskedByShape,
    settleMs: Count,
  }),
  shapeOf<Of<"proposal-refused">>({
    ...base,
    kind: z.literal("proposal-refused"),
    subject: HostedShape,
    requestId: Text,
    refusal: AskRefusalShape,
    reason: PageReasonShape,
    askedBy: AskedByShape,
  }),
  shapeOf<Of<"superseded">>({
    ...base,
    kind: z.literal("superseded"),
    subject: ServiceShape,
    end: ProposalEndShape,
  }),
  shapeOf<Of<"outcome">>({
    ...base,
    kind: z.literal("outcome"),
    subject: HostedShape,
    outcome: OutcomeShape,
  }),
  shapeOf<Of<"verification">>({
    ...base,
    kind: z.literal("verification"),
    subject: HostedShape,
    grantId: Text,
    result: z.enum(["verified", "ineffective"]),
    evidence: EvidenceShape,
    wellAt: Instant.optional(),
  }),
  shapeOf<Of<"grant-recalled">>({
    ...base,
    kind: z.literal("grant-recalled"),
    subject: HostedShape,
    grantId: Text,
    by: ActorShape,
  }),
  shapeOf<Of<"unreadable">>({
    ...base,
    kind: z.literal("unreadable"),
    part: Text,
    subject: SubjectShape.optional(),
    record: z.enum(OTHER_RECORD_KINDS),
    id: Text,
    problem: Text,
  }),
  shapeOf<Of<"census">>({
    ...base,
    kind: z.literal("census"),
    subject: FleetShape,
    connected: Count,
    late: Count.optional(),
  }),
  shapeOf<Of<"note">>({ ...base, kind: z.literal("note"), subject: SubjectShape.nullable(), text: Text }),
]);
