// POST /v1/enrol: a host trades a one-time token and a proof of possession for its place in a shard and the desk's key. The proof is
// checked before the token is spent, so who only saw the token cannot burn it with a key of somebody else.
import { decodeBase64 } from "@countersign/shared/values/base64";
import { visibleLine } from "@countersign/shared/values/visible-text";
import { EnrolmentAnswer, enrolmentBytesOf, EnrolmentRequest } from "@countersign/shared/wire/enrolment";
import { isSignedBy } from "@countersign/shared/wire/signature";
import { isTurnedAway, noteFailure, RETRY_AFTER } from "../http/attempts.ts";
import { type Ctx, deskOf, shardOf } from "../http/context.ts";
import { readJsonBody } from "../http/json-body.ts";
import { problem, type ProblemReason } from "../http/problem.ts";
import { deskKeyIdOf } from "../platform/desk/grant-signing.ts";

/** Enrols one host. Repeating the request within the token's life gives the same answer. */
export async function enrolHost(c: Ctx): Promise<Response> {
  if (isTurnedAway(c)) return problem("too-many-attempts", { headers: RETRY_AFTER });
  const body = await readJsonBody(c.req.raw, EnrolmentRequest);
  if (!body.ok) return problem(body.error.reason, { detail: body.error.detail });
  const { token, publicKey, hostname, signature } = body.value;
  const signatureBytes = decodeBase64(signature);
  const isProven =
    signatureBytes !== null &&
    (await isSignedBy(publicKey, signatureBytes, enrolmentBytesOf(token, publicKey)));
  if (!isProven) return refuse(c, "signature-wrong");
  const redeemed = await deskOf(c.env).redeemEnrolmentToken(token, publicKey, visibleLine(hostname));
  if (!redeemed.ok) return refuse(c, redeemed.error.reason);
  const { hostId, shard, name } = redeemed.value;
  const enrolled = await shardOf(c.env, shard).enrolHost({ shard, hostId, publicKey, name });
  if (!enrolled.ok) return problem(enrolled.error.reason);
  const deskPublicKey = c.env.DESK_PUBLIC_KEY;
  const deskKeyId = deskKeyIdOf(deskPublicKey);
  return c.json(EnrolmentAnswer.parse({ version: 1, hostId, shard, deskKeyId, deskPublicKey }));
}

async function refuse(c: Ctx, reason: ProblemReason): Promise<Response> {
  await noteFailure(c);
  return problem(reason);
}
