// What a device that is not signed in may be offered beside a link: to sign in by a passkey of the fleet's list. It says nothing of the fleet but that
// there is such a list. Asked for a person's own opening alone, and for nobody who failed too often: the desk is woken by it.
import type { Context } from "hono";
import { encodeBase64Url } from "@countersign/shared/values/base64";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { challengeOf } from "@countersign/shared/wire/assertion";
import { isTurnedAway } from "../../http/attempts.ts";
import { type Bound, deskOf } from "../../http/context.ts";
import { trustOf } from "../../http/trust-now.ts";
import type { PasskeyOptions } from "../passkeys/passkey-form.tsx";
import { whereToSign } from "../passkeys/where-to-sign.ts";
import { isOpenedByPerson } from "./opened-by-person.ts";

/** A challenge of the desk, good once, and what the device is asked for to answer it: any passkey that it has for this desk. */
export interface SignInOffer {
  readonly challenge: string;
  readonly options: PasskeyOptions;
}

/** null: nobody can sign in by passkey here. */
export async function signInOfferOf<E extends Bound>(c: Context<E>): Promise<SignInOffer | null> {
  if (isTurnedAway(c) || !isOpenedByPerson(c.req.raw)) return null;
  const desk = deskOf(c.env);
  const { party, trust } = await trustOf(desk);
  const where = whereToSign(party, c.req.url);
  if (trust === null || where.kind !== "here") return null;
  const { challenge } = await desk.signInChallenge();
  return { challenge, options: signInOptions(challenge, where.party.rpId) };
}

/** The sheet for a challenge; pure. */
export function signInOptions(challenge: string, rpId: string): PasskeyOptions {
  return {
    challenge: encodeBase64Url(challengeOf("sign-in", encodeUtf8(challenge))),
    rpId,
    allowCredentials: [],
    userVerification: "required",
  };
}
