// Asks the desk what a device that is not signed in may be offered: for a person's own opening alone, and for nobody who failed too often, because the
// desk is woken by it. What a reader would get wrong: who says nothing of where a request comes from, as programs do, is no browser that could sign.
import type { Context } from "hono";
import { isTurnedAway } from "../../http/attempts.ts";
import { type Bound, deskOf } from "../../http/context.ts";
import { trustOf } from "../../http/trust-now.ts";
import { whereToSign } from "../signing/where-to-sign.ts";
import { isOpenedByPerson } from "./opened-by-person.ts";
import { type SignInOffer, signInOptions } from "./sign-in-offer.ts";

/** null: nobody can sign in by passkey here. */
export async function signInOfferOf<E extends Bound>(c: Context<E>): Promise<SignInOffer | null> {
  if (isTurnedAway(c) || !isOpenedByBrowser(c.req.raw)) return null;
  const desk = deskOf(c.env);
  const { party, trust } = await trustOf(desk);
  const where = whereToSign(party, c.req.url, c.env.PUBLIC_URL);
  if (trust === null || where.kind !== "here") return null;
  const { challenge } = await desk.signInChallenge();
  return { challenge, options: signInOptions(challenge, where.party.rpId) };
}

/** Every browser with passkeys says so where they work. */
function isOpenedByBrowser(request: Request): boolean {
  return isOpenedByPerson(request) && request.headers.get("sec-fetch-dest") === "document";
}
