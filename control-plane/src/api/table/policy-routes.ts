// The part of the table about the policy: its versions, and what rules in shadow found.
import * as z from "zod";
import { YAML_FILE_BYTES_MAX } from "@countersign/shared/values/limits";
import type { RouteWarning } from "../../core/desk/paging/route-warning.ts";
import type { PolicyVersion } from "../../platform/desk/desk-policies.ts";
import { ActorShape } from "../../stored/actor-shape.ts";
import { ShadowCountShape, ShadowShape } from "../../stored/desk-shapes.ts";
import { Count, Instant, shapeOf, Text } from "../../stored/read-stored.ts";
import { Person, Why } from "./asked-by.ts";
import { routesOf } from "./route.ts";

const act = {
  expectedVersion: Count.describe("the version that was seen; with another one in force nothing is done"),
  by: Person.optional(),
  why: Why,
  confirm: z.boolean().default(false).describe("done also when nobody who is signed in stays so"),
};

const VersionShape = shapeOf<PolicyVersion>({
  version: Count,
  hash: Text,
  appliedAt: Instant,
  appliedBy: ActorShape,
  why: Text,
  restores: Count.nullable().describe("the version whose text it brought back; null: its own"),
});

type Of<Reason extends RouteWarning["reason"]> = Extract<RouteWarning, { readonly reason: Reason }>;
const WarningShape = z.union([
  shapeOf<Of<"no-channel">>({ reason: z.literal("no-channel") }),
  shapeOf<Of<"person-unreachable">>({ reason: z.literal("person-unreachable"), responder: Text }),
  shapeOf<Of<"channel-broken">>({ reason: z.literal("channel-broken"), channel: Text, problem: Text }),
  shapeOf<Of<"nobody-is-woken">>({ reason: z.literal("nobody-is-woken") }),
  shapeOf<Of<"channel-unheard">>({ reason: z.literal("channel-unheard"), channel: Text, problem: Text }),
  shapeOf<Of<"channel-shared">>({
    reason: z.literal("channel-shared"),
    channel: Text,
    responders: z.array(Text),
  }),
  shapeOf<Of<"channel-insecure">>({ reason: z.literal("channel-insecure"), channel: Text }),
  shapeOf<Of<"public-url-unusable">>({ reason: z.literal("public-url-unusable") }),
  shapeOf<Of<"no-approver">>({ reason: z.literal("no-approver") }),
  shapeOf<Of<"no-administrator">>({ reason: z.literal("no-administrator") }),
  shapeOf<Of<"step-cannot-answer">>({ reason: z.literal("step-cannot-answer"), step: Count }),
]);

const SameShape = z
  .enum(["text", "meaning"])
  .describe("how it is in force already: to the letter, or by what it decides");

const AppliedShape = z.object({
  version: Count,
  hash: Text,
  warnings: z.array(WarningShape).optional().describe("what is wrong with its way to people"),
  losesAccess: z.array(Text).optional().describe("who left the policy, and is signed out"),
  same: SameShape.optional().describe(
    "nothing was done, for it was in force already; absent: it is a new version",
  ),
});

const PlanShape = z.object({
  version: Count.describe("in force now"),
  same: SameShape.nullable().describe("in force already, so that an apply does nothing; null: it differs"),
  restores: Count.nullable().describe("the version whose text would be brought back; null: it is no undo"),
  text: Text,
  losesAccess: z.array(Text).describe("who would leave the policy, and be signed out"),
  leavesNobody: z.boolean().describe("nobody who is signed in would stay so: it wants `confirm`"),
  warnings: z.array(WarningShape).describe("what would be wrong with its way to people"),
  unbound: z
    .array(z.object({ channel: Text, secret: Text }))
    .describe("channels whose secret is not bound here: the names of the bindings alone"),
});

/** JSON may write one byte of text as six. */
const BODY_BYTES_MAX = 6 * YAML_FILE_BYTES_MAX + 4_096;

export const POLICY_ROUTES = routesOf({
  "GET /v1/admin/policy": {
    right: "admin-token",
    says: "Shows the newest version of the policy, and all versions that are kept, newest first.",
    answers: {
      200: z.object({
        version: Count,
        text: Text,
        problem: Text.nullable().describe("why an older one is in force instead; null: it is in force"),
        history: z.array(VersionShape),
      }),
    },
  },
  "PUT /v1/admin/policy": {
    right: "admin-token",
    says: "Puts a policy into force.",
    body: z.strictObject({
      ...act,
      text: z.string().max(YAML_FILE_BYTES_MAX),
      keepText: z
        .boolean()
        .default(false)
        .describe("kept as a version also when it decides as the one in force does, for its comments"),
    }),
    bodyBytesMax: BODY_BYTES_MAX,
    answers: { 200: AppliedShape },
    problems: ["policy-malformed", "policy-version-mismatch", "nothing-to-undo", "nobody-left"],
  },
  "POST /v1/admin/policy/dry-run": {
    right: "admin-token",
    says: "Says what putting a policy into force would do, and does nothing.",
    body: z.strictObject({
      expectedVersion: act.expectedVersion,
      text: z
        .string()
        .max(YAML_FILE_BYTES_MAX)
        .nullable()
        .describe("null: what taking the version in force back would do"),
    }),
    bodyBytesMax: BODY_BYTES_MAX,
    answers: { 200: PlanShape },
    problems: ["policy-malformed", "policy-version-mismatch", "nothing-to-undo"],
  },
  "POST /v1/admin/policy/undo": {
    right: "admin-token",
    says: "Brings back the policy that was in force before.",
    body: z.strictObject(act),
    answers: { 200: AppliedShape },
    problems: ["policy-malformed", "policy-version-mismatch", "nothing-to-undo", "nobody-left"],
  },
  "GET /v1/admin/shadow": {
    right: "admin-token",
    says: "Says what rules in shadow would have done: counts by reason, and the findings.",
    answers: { 200: z.object({ counts: z.array(ShadowCountShape), findings: z.array(ShadowShape) }) },
  },
  "POST /v1/admin/shadow/false-alarms": {
    right: "admin-token",
    says: "Marks what a rule in shadow found as a false alarm.",
    body: z.strictObject({ findingId: z.string().min(1).max(400), by: Person.optional() }),
    answers: { 200: z.object({ ok: z.literal(true) }) },
    problems: ["finding-unknown"],
  },
});
