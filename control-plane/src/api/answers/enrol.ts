// POST /v1/enrol: a host trades a one-time token and a proof of possession for its place in a shard and the desk's key. The proof is
// checked before the token is spent, so who only saw the token cannot burn it with a key of somebody else.
import { decodeBase64 } from "@countersign/shared/values/base64";
import { refuse } from "@countersign/shared/values/result";
import { visibleLine } from "@countersign/shared/values/visible-text";
import { enrolmentBytesOf } from "@countersign/shared/wire/enrolment";
import { isSignedBy } from "@countersign/shared/wire/signature";
import { noteFailure } from "../../http/attempts.ts";
import { type Ctx, deskOf, shardOf } from "../../http/context.ts";
import { deskKeyIdOf } from "../../platform/desk/grant-signing.ts";
import type { EnrolmentRefusal } from "../../platform/rpc.ts";
import type { RouteOf } from "../table/routes.ts";
import { type Answer, reply } from "./answer.ts";
import { askPart } from "./part.ts";

/** Enrols one host. Repeating the request within the token's life gives the same answer. */
export const enrolHost: Answer<RouteOf<"POST /v1/enrol">> = async ({ body }, c) => {
  const { token, publicKey, hostname, signature, version } = body;
  const signatureBytes = decodeBase64(signature);
  const isProven =
    signatureBytes !== null &&
    (await isSignedBy(publicKey, signatureBytes, enrolmentBytesOf(token, publicKey)));
  if (!isProven) return failed(c, "signature-wrong");
  const redeemed = await deskOf(c.env).redeemEnrolmentToken(token, publicKey, visibleLine(hostname));
  if (!redeemed.ok) return failed(c, redeemed.error.reason);
  const { hostId, shard, name } = redeemed.value;
  const asked = await askPart(`Ask ${shard} to enrol a host`, () =>
    shardOf(c.env, shard).enrolHost({ shard, hostId, publicKey, name }),
  );
  if (!asked.ok) return asked;
  const enrolled = asked.value;
  if (!enrolled.ok) return enrolled;
  const deskPublicKey = c.env.DESK_PUBLIC_KEY;
  const told = { hostId, shard, deskKeyId: deskKeyIdOf(deskPublicKey), deskPublicKey };
  if (version === 1) return reply(200, { version, ...told });
  const { party, versions } = await deskOf(c.env).trustNow();
  return reply(200, { version, ...told, party, trust: versions.at(-1) ?? null });
};

async function failed(c: Ctx, reason: EnrolmentRefusal["reason"] | "signature-wrong") {
  await noteFailure(c);
  return refuse({ reason });
}
