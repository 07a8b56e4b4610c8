// The part of the table about approvers to be: passkeys that wait to be let in, and next versions that wait for signatures. What a reader would get
// wrong: nothing here makes a host believe anybody. The admin token hands over and drops; it signs nothing.
import * as z from "zod";
import { Sha256Hex } from "@countersign/shared/values/ids";
import { TRUST_BYTES_MAX } from "@countersign/shared/values/limits";
import { Credential, CredentialId, RelyingParty } from "@countersign/shared/wire/assertion";
import { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import { TRUST_REFUSALS } from "@countersign/shared/wire/trust-chain";
import { ROLES } from "../../core/words/roles.ts";
import type { Candidate, PasskeyUse, TrustDraft } from "../../platform/approvers-rpc.ts";
import { ActorShape } from "../../stored/actor-shape.ts";
import { Count, Instant, shapeOf, Text } from "../../stored/read-stored.ts";
import { Person } from "./asked-by.ts";
import { routesOf } from "./route.ts";

/** A version in base64. */
const BODY_BYTES_MAX = 2 * TRUST_BYTES_MAX;

const CandidateShape = shapeOf<Candidate>({
  person: Text,
  credential: Credential,
  deviceName: Text.describe("of the sign-in on which it was made"),
  hash: Sha256Hex.describe("SHA-256 over person and key: its eight words stand on both sides"),
  madeAt: Instant,
  expiresAt: Instant,
});
const DraftShape = shapeOf<Omit<TrustDraft, "trust">>({
  hash: Sha256Hex.describe("SHA-256 over its exact bytes"),
  text: z.base64().describe("its exact bytes"),
  by: ActorShape,
  madeAt: Instant,
  expiresAt: Instant,
  signed: z.array(z.object({ person: Text, credentialName: Text, at: Instant })),
  missing: Count.describe("how many more people must sign it"),
});
const UseShape = shapeOf<PasskeyUse>({
  credentialId: CredentialId,
  usedAt: Instant,
  usedFor: z.enum(["sign-in", "approval", "standing", "trust"]),
});
const DoneShape = z.object({ ok: z.literal(true) });

export const APPROVER_ROUTES = routesOf({
  "GET /v1/admin/approvers": {
    right: "admin-token",
    says: "Shows who may do what, which passkeys and next versions wait, when each passkey signed last, and the domain that passkeys belong to.",
    answers: {
      200: z.object({
        party: RelyingParty.nullable().describe(
          "where people sign; null: no domain is chosen, or none can be",
        ),
        domains: z
          .array(Text)
          .describe("that can be chosen; none: one is chosen, or the desk is reached by an address"),
        people: z
          .array(z.object({ person: Text, name: Text, roles: z.array(z.enum(ROLES)) }))
          .describe("by the policy; none: it cannot be read"),
        candidates: z.array(CandidateShape),
        drafts: z.array(DraftShape),
        uses: z.array(UseShape),
      }),
    },
  },
  "DELETE /v1/admin/candidates/:id": {
    right: "admin-token",
    says: "Takes back a passkey that waits to be let in.",
    params: { id: CredentialId },
    answers: { 200: DoneShape },
    problems: ["candidate-unknown"],
  },
  "POST /v1/admin/trust/drafts": {
    right: "admin-token",
    says: "Hands over a next version without a signature: approvers sign it on the desk, and enough signatures publish it.",
    body: z.strictObject({
      text: SignedTrust.shape.trust.describe("its exact bytes"),
      by: Person.optional(),
    }),
    bodyBytesMax: BODY_BYTES_MAX,
    answers: {
      201: z.object({
        hash: Sha256Hex.describe("SHA-256 over its exact bytes"),
        missing: Count.describe("how many people must sign it"),
      }),
    },
    problems: ["trust-missing", "desk-key-missing", "drafts-full", "responder-unknown", ...TRUST_REFUSALS],
  },
  "DELETE /v1/admin/trust/drafts/:hash": {
    right: "admin-token",
    says: "Drops a next version that waits for signatures.",
    params: { hash: Sha256Hex },
    answers: { 200: DoneShape },
    problems: ["draft-unknown"],
  },
});
