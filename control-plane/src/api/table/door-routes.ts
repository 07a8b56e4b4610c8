// The part of the table by which hosts and people come in and leave: health, enrolment, connections, one-time tokens, sign-ins.
import * as z from "zod";
import { HostId, ItemName, ShardName } from "@countersign/shared/values/ids";
import { EnrolmentAnswer, EnrolmentRequest, FirstEnrolmentAnswer } from "@countersign/shared/wire/enrolment";
import type { ListedSignIn } from "../../platform/sign-in-shapes.ts";
import { Count, Instant, shapeOf, Text } from "../../stored/read-stored.ts";
import { routesOf } from "./route.ts";

/** What keeps a deployment from doing its work, in words that tell an outsider nothing more. */
export const HealthReason = z.enum([
  "no-channel",
  "policy-invalid",
  "database-down",
  "shard-unreachable",
  "desk-unconfirmed",
  "state-of-another-version",
  "desk-key-invalid",
  "desk-unreachable",
  "public-url-unusable",
]);

const SignInShape = shapeOf<ListedSignIn>({
  signInId: Text,
  deviceName: Text,
  responder: Text,
  openedAt: Instant,
  expiresAt: Instant,
  usedAt: Instant,
});
const EndedShape = z.object({ ended: Count.describe("how many sign-ins ended") });

export const DOOR_ROUTES = routesOf({
  "GET /healthz": {
    right: "anyone",
    says: "Says whether this deployment does its work, and if not, why.",
    answers: {
      200: z.object({ status: z.literal("ok") }),
      503: z.object({ status: z.literal("failing"), reasons: z.array(HealthReason) }),
    },
  },
  "GET /openapi.json": {
    right: "anyone",
    says: "Describes this API, as this version of the control plane answers it.",
    answers: { 200: z.record(z.string(), z.unknown()) },
  },
  "POST /v1/enrol": {
    right: "enrolment-token",
    says: "Enrols one host: a one-time token and a proof of its key for its place in a shard. Answered in the request's version.",
    body: EnrolmentRequest,
    answers: { 200: z.discriminatedUnion("version", [EnrolmentAnswer, FirstEnrolmentAnswer]) },
    problems: [
      "signature-wrong",
      "token-unknown",
      "token-expired",
      "token-used",
      "host-retired",
      "shard-full",
      "part-silent",
    ],
  },
  "GET /v1/agent/connect/:shard/:host": {
    right: "host-key",
    says: "Upgrades to the WebSocket on which an agent proves its host's key and speaks.",
    params: { shard: ShardName, host: HostId },
    answers: { 101: null },
    problems: ["upgrade-required", "too-many-attempts", "part-silent"],
  },
  "POST /v1/admin/enrolment-tokens": {
    right: "admin-token",
    says: "Makes a one-time token by which one host enrols.",
    answers: { 201: z.object({ token: Text, expiresAt: Instant }) },
    problems: ["public-url-unusable"],
  },
  "POST /v1/admin/sign-in-tokens": {
    right: "admin-token",
    says: "Makes a sign-in link: answered (201) while nobody is signed in, else sent to the person (202).",
    body: z.strictObject({ responder: ItemName }),
    answers: {
      201: z.object({ delivery: z.literal("printed"), token: Text, expiresAt: Instant, url: z.url() }),
      202: z.object({ delivery: z.literal("paged"), channel: Text, expiresAt: Instant }),
    },
    problems: [
      "public-url-unusable",
      "responder-unknown",
      "no-channel",
      "link-undelivered",
      "sign-in-links-waiting",
    ],
  },
  "GET /v1/admin/sign-ins": {
    right: "admin-token",
    says: "Lists who is signed in, newest first.",
    answers: { 200: z.object({ signIns: z.array(SignInShape) }) },
  },
  "DELETE /v1/admin/sign-ins/:id": {
    right: "admin-token",
    says: "Ends one sign-in.",
    params: { id: z.string().min(1).max(100) },
    answers: { 200: EndedShape },
    problems: ["sign-in-unknown"],
  },
  "DELETE /v1/admin/responders/:id/sign-ins": {
    right: "admin-token",
    says: "Ends all sign-ins of a person, and voids the links that wait for them.",
    params: { id: z.string().min(1).max(100) },
    answers: { 200: EndedShape },
    problems: ["responder-unknown"],
  },
});
