// Signing a device in and out. The link only shows a form; the form's own gesture redeems it. There is no sign-in yet to key a CSRF
// token from, so the origin check guards it: another site cannot sign this device in as somebody else.
// Weakness: a scanner that submits forms and fakes a same-origin request could redeem a link it was sent; such a link lives 15 minutes, works
// once, and is audited when used, so the person sees that theirs is spent.
import { Hono } from "hono";
import { byPerson } from "../../core/words/actor.ts";
import { isTurnedAway, noteFailure } from "../../http/attempts.ts";
import { deskOf, type Bound, type Ctx } from "../../http/context.ts";
import { clearSignInCookie, setSignInCookie } from "../../http/visitor.ts";
import { admitForm, readOwnForm } from "../frame/form.ts";
import { askToSignIn, seeOther, sendView, sendRefusal } from "../frame/respond.tsx";
import { wordsOf, type FormRefusal } from "../frame/sentences.ts";
import { sendTurnedAway } from "../frame/turn-away.ts";
import { DEVICE_NAME_CHARS_MAX, SignInView } from "./sign-in-view.tsx";

export const signInRoutes = new Hono<Bound>();

signInRoutes.get("/sign-in/:token", (c) =>
  sendView(c, <SignInView token={c.req.param("token")} problem={null} />),
);

signInRoutes.post("/sign-in/:token", async (c) => {
  const token = c.req.param("token");
  if (isTurnedAway(c)) return sendTurnedAway(c);
  const form = await readOwnForm(c);
  if (!form.ok) return sendRefusal(c, form.error.reason, { visitor: null, backPath: null });
  const deviceName = deviceNameOf(form.value.get("deviceName") ?? "");
  if (deviceName === null) return askAgain(c, token, "device-name-missing");
  const redeemed = await deskOf(c.env).redeemSignInToken(token, deviceName);
  if (!redeemed.ok) {
    await noteFailure(c);
    return sendRefusal(c, redeemed.error.reason, { visitor: null, backPath: null });
  }
  const { signInSecret, signIn } = redeemed.value;
  setSignInCookie(c, signInSecret, signIn.expiresAt);
  return seeOther(c, "/");
});

signInRoutes.post("/sign-out", async (c) => {
  const admitted = await admitForm(c, { purpose: "sign-out", subject: null });
  if (!admitted.ok) {
    if (admitted.error.reason === "not-signed-in") return askToSignIn(c);
    return sendRefusal(c, admitted.error.reason, { visitor: admitted.error.visitor, backPath: "/" });
  }
  const { responder, signInId } = admitted.value.visitor.signIn;
  await deskOf(c.env).endSignIn({ signInId, by: byPerson(responder), of: responder });
  clearSignInCookie(c);
  return seeOther(c, "/");
});

function askAgain(c: Ctx, token: string, reason: FormRefusal["reason"]): Promise<Response> {
  const { status, sentence } = wordsOf(reason);
  return sendView(c, <SignInView token={token} problem={sentence} />, status);
}

/** A printable name of at most `DEVICE_NAME_CHARS_MAX` characters; null: none. */
function deviceNameOf(text: string): string | null {
  const name = text.replaceAll(/[\p{C}\s\uFFFD]+/gu, " ").trim();
  return name.length >= 1 && name.length <= DEVICE_NAME_CHARS_MAX ? name : null;
}
