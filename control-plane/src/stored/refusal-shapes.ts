// The shapes of refusals, and of how proposals and approvals ended: of each reason with what is known of it. Pure.
import * as z from "zod";
import { Outcome } from "@countersign/shared/wire/outcome";
import type { ApprovalEnd } from "../core/desk/records/approval-end.ts";
import type { Refused } from "../core/words/proposal-refusal.ts";
import type { AskRefusal, ProposalEnd } from "../core/words/signal.ts";
import { ActorShape } from "./actor-shape.ts";
import { Count, Flag, Instant, PageReasonShape, shapeOf, Text } from "./read-stored.ts";

type Asked<Reason extends AskRefusal["reason"]> = Extract<AskRefusal, { reason: Reason }>;
type Ended<Reason extends ApprovalEnd["reason"]> = Extract<ApprovalEnd, { reason: Reason }>;

const ceilings = [
  shapeOf<Asked<"frozen">>({ reason: z.literal("frozen"), by: PageReasonShape }),
  shapeOf<Asked<"restart-pointless">>({
    reason: z.literal("restart-pointless"),
    finding: PageReasonShape,
    failureClass: Text.nullable(),
  }),
] as const;

/** A `ProposalRefusal`. */
export const ProposalRefusalShape = z.union([
  ...ceilings,
  shapeOf<Asked<"no-action">>({ reason: z.literal("no-action"), isTried: Flag }),
  shapeOf<Asked<"not-observed">>({ reason: z.literal("not-observed"), watchMs: Count, askAt: Instant }),
  shapeOf<Asked<"only-just-over">>({ reason: z.literal("only-just-over"), askAt: Instant }),
  shapeOf<Asked<"starting">>({ reason: z.literal("starting"), askAt: Instant }),
  shapeOf<Asked<"not-loaded">>({
    reason: z.literal("not-loaded"),
    loadState: z.enum(["not-found", "masked", "bad-setting", "error"]),
  }),
  shapeOf<Asked<"budget-used-up">>({
    reason: z.literal("budget-used-up"),
    count: Count,
    max: Count,
    windowMs: Count,
    askAt: Instant,
  }),
  shapeOf<Asked<"asked-too-often">>({
    reason: z.literal("asked-too-often"),
    count: Count,
    windowMs: Count,
    askAt: Instant,
  }),
  shapeOf<Asked<"under-way">>({ reason: z.literal("under-way") }),
  shapeOf<Asked<"install-again">>({ reason: z.literal("install-again") }),
  shapeOf<Asked<"in-shadow">>({ reason: z.literal("in-shadow"), action: Text }),
]);

/** A `Refused`. */
export const RefusedShape = shapeOf<Refused>({ at: Instant, refusal: ProposalRefusalShape });

/** An `AskRefusal`. */
export const AskRefusalShape = z.union([
  ProposalRefusalShape,
  shapeOf<Asked<"host-not-up">>({
    reason: z.literal("host-not-up"),
    liveness: z.enum(["up", "late", "down", "unknown"]),
  }),
  shapeOf<Asked<"action-unknown">>({ reason: z.literal("action-unknown"), action: Text }),
  shapeOf<Asked<"asked-too-late">>({ reason: z.literal("asked-too-late") }),
  shapeOf<Asked<"no-answer">>({ reason: z.literal("no-answer") }),
  shapeOf<Asked<"asked-otherwise">>({ reason: z.literal("asked-otherwise") }),
  shapeOf<Asked<"host-refused">>({ reason: z.literal("host-refused"), code: Text, detail: Text }),
  shapeOf<Asked<"answered-otherwise">>({
    reason: z.literal("answered-otherwise"),
    asked: Text,
    answered: Text,
  }),
  shapeOf<Asked<"catalogue-changed">>({
    reason: z.literal("catalogue-changed"),
    action: Text,
    level: Count,
    announced: Count.nullable(),
  }),
]);

/** A `ProposalEnd`. */
export const ProposalEndShape = z.union([
  ...ceilings,
  shapeOf<Ended<"recovered">>({ reason: z.literal("recovered") }),
  shapeOf<Ended<"reset">>({ reason: z.literal("reset") }),
  shapeOf<Ended<"started-anew">>({ reason: z.literal("started-anew") }),
  shapeOf<Ended<"turned">>({ reason: z.literal("turned") }),
  shapeOf<Ended<"rebooted">>({ reason: z.literal("rebooted") }),
  shapeOf<Ended<"check-first">>({ reason: z.literal("check-first") }),
  shapeOf<Extract<ProposalEnd, { reason: "asked-otherwise" }>>({ reason: z.literal("asked-otherwise") }),
]);

/** An `ApprovalEnd`. */
export const ApprovalEndShape = z.union([
  ProposalEndShape,
  shapeOf<Pick<ApprovalEnd, "reason">>({
    reason: z.enum([
      "incident-cleared",
      "incident-resolved",
      "newer-proposal",
      "ineffective",
      "grant-undelivered",
      "no-outcome",
      "verification-missing",
    ] satisfies ApprovalEnd["reason"][]),
  }),
  shapeOf<Ended<"host-retired">>({
    reason: z.enum(["brake-pulled", "host-retired", "recalled"] satisfies ApprovalEnd["reason"][]),
    by: ActorShape,
  }),
  shapeOf<Ended<"outcome">>({
    reason: z.literal("outcome"),
    status: Outcome.shape.status,
    refusal: Outcome.shape.refusal,
  }),
]);
