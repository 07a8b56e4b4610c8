// The part of the table about the fleet's trust: who may approve, the next version of it, beginning anew, and the domain of its passkeys. What a reader
// would get wrong: the admin token only carries a version, or forgets all. Whether one counts say the people who signed it, and every host checks that by itself.
import * as z from "zod";
import { TRUST_BYTES_MAX } from "@countersign/shared/values/limits";
import { RelyingParty } from "@countersign/shared/wire/assertion";
import { SignedTrust, TrustMark } from "@countersign/shared/wire/fleet-trust";
import { TRUST_REFUSALS } from "@countersign/shared/wire/trust-chain";
import { NeededWhy, Person } from "./asked-by.ts";
import { routesOf } from "./route.ts";

/** A version in base64, with its signatures. */
const BODY_BYTES_MAX = 3 * TRUST_BYTES_MAX;

const DoneShape = z.object({ ok: z.literal(true) });

export const TRUST_ROUTES = routesOf({
  "GET /v1/admin/trust": {
    right: "admin-token",
    says: "Shows where people sign, and all versions of the fleet's trust, oldest first, each with the signatures that carry it.",
    answers: {
      200: z.object({
        party: RelyingParty.nullable().describe(
          "null: no domain is chosen yet, or the desk is reached by an address, which has no passkeys",
        ),
        versions: z.array(SignedTrust).describe("none: nobody has a passkey yet"),
      }),
    },
  },
  "POST /v1/admin/trust": {
    right: "admin-token",
    says: "Publishes the next version of the fleet's trust, signed by people of the one before. The admin token adds nobody.",
    body: SignedTrust,
    bodyBytesMax: BODY_BYTES_MAX,
    answers: { 200: TrustMark },
    problems: ["trust-missing", "desk-key-missing", ...TRUST_REFUSALS],
  },
  "POST /v1/admin/trust/begin-anew": {
    right: "admin-token",
    says: "Forgets every version of the fleet's trust, all passkeys and their domain. Hosts keep what they believe until their root accepts another first version.",
    body: z.strictObject({ confirm: z.literal(true), why: NeededWhy, by: Person.optional() }),
    answers: { 200: DoneShape },
    problems: ["trust-missing"],
  },
  "POST /v1/admin/trust/domain": {
    right: "admin-token",
    says: "Chooses the domain that passkeys belong to, before the first of them: the desk's own or one above it.",
    body: z.strictObject({ rpId: RelyingParty.shape.rpId, by: Person.optional() }),
    answers: { 200: DoneShape },
    problems: ["trust-exists", "party-missing", "party-wrong"],
  },
});
