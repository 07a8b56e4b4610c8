// The part of the table about the fleet's trust: who may approve, and the next version of it. What a reader would get wrong: the admin token only
// carries a version. Whether it counts say the people who signed it, and every host checks that by itself.
import * as z from "zod";
import { TRUST_BYTES_MAX } from "@countersign/shared/values/limits";
import { RelyingParty } from "@countersign/shared/wire/assertion";
import { SignedTrust, TrustMark } from "@countersign/shared/wire/fleet-trust";
import { TRUST_REFUSALS } from "@countersign/shared/wire/trust-chain";
import { routesOf } from "./route.ts";

/** A version in base64, with its signatures. */
const BODY_BYTES_MAX = 3 * TRUST_BYTES_MAX;

export const TRUST_ROUTES = routesOf({
  "GET /v1/admin/trust": {
    right: "admin-token",
    says: "Shows where people sign, and all versions of the fleet's trust, oldest first, each with the signatures that carry it.",
    answers: {
      200: z.object({
        party: RelyingParty.nullable().describe(
          "null: the desk is reached by an address, which has no passkeys",
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
});
