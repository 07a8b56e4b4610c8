// The shapes that the document at /openapi.json names once and refers to: what appears in more than one answer.
import type * as z from "zod";
import { Severity } from "@countersign/shared/wire/service-report";
import { ActorShape, PersonShape } from "../../stored/actor-shape.ts";
import {
  ApprovalShape,
  FreezeShape,
  IncidentShape,
  SilenceMatcherShape,
  SilenceShape,
} from "../../stored/desk-shapes.ts";
import { PageShape } from "../../stored/paging-shapes.ts";
import { Instant, PageReasonShape } from "../../stored/read-stored.ts";
import { ProposalRefusalShape } from "../../stored/refusal-shapes.ts";
import { EvidenceShape, FiringShape, OutcomeShape } from "../../stored/signal-shape.ts";
import { ScopeShape, ServiceShape, SubjectShape } from "../../stored/subject-shape.ts";

/** By the name that they have in the document. */
export const NAMED_SHAPES: readonly (readonly [name: string, shape: z.ZodType])[] = [
  ["Actor", ActorShape],
  ["Approval", ApprovalShape],
  ["Evidence", EvidenceShape],
  ["Finding", FiringShape],
  ["Freeze", FreezeShape],
  ["Incident", IncidentShape],
  ["Instant", Instant],
  ["Outcome", OutcomeShape],
  ["Page", PageShape],
  ["PageReason", PageReasonShape],
  ["Person", PersonShape],
  ["ProposalRefusal", ProposalRefusalShape],
  ["Scope", ScopeShape],
  ["ServiceSubject", ServiceShape],
  ["Severity", Severity],
  ["Silence", SilenceShape],
  ["SilenceMatcher", SilenceMatcherShape],
  ["Subject", SubjectShape],
];
