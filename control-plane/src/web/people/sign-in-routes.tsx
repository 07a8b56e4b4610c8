// Signing a device in. The link only shows a form; the form's own gesture redeems it. There is no sign-in yet to key a CSRF
// token from, so the origin check guards it: another site cannot sign this device in as somebody else.
// Weakness: a scanner that submits forms and fakes a same-origin request could redeem a link it was sent; such a link lives 15 minutes, works
// once, and is audited when used, so the person sees that theirs is spent.
import type { Context } from "hono";
import { noteFailure } from "../../http/attempts.ts";
import { setSignInCookie } from "../../http/visitor.ts";
import { takeWanted, wantedIn } from "../../http/wanted.ts";
import type { DoorBound } from "../frame/people-bound.ts";
import { door, type PeopleRoute } from "../frame/people-routes.ts";
import { seeOther, sendRefusal, sendView } from "../frame/respond.tsx";
import { DEVICE_NAME_CHARS_MAX, SignInView } from "./sign-in-view.tsx";
import { SIGN_IN_REFUSALS } from "./sign-in-words.ts";

export const signInRoutes: readonly PeopleRoute[] = [
  door("/sign-in/:token", {
    show: (c) => sendView(c, <SignInView token={c.req.param("token")} problem={null} wanted={wantedIn(c)} />),
    take: signIn,
  }),
];

async function signIn(c: Context<DoorBound, "/sign-in/:token">): Promise<Response> {
  const token = c.req.param("token");
  const deviceName = deviceNameOf(c.var.form.get("deviceName") ?? "");
  if (deviceName === null) {
    const [status, , sentence] = SIGN_IN_REFUSALS["device-name-missing"];
    const asked = <SignInView token={token} problem={sentence} wanted={wantedIn(c)} />;
    return sendView(c, asked, status);
  }
  const redeemed = await c.var.desk.redeemSignInToken(token, deviceName);
  if (!redeemed.ok) {
    await noteFailure(c);
    return sendRefusal(c, redeemed.error.reason, { frame: null, backPath: null });
  }
  setSignInCookie(c, redeemed.value.signInSecret, redeemed.value.signIn.expiresAt);
  return seeOther(c, takeWanted(c) ?? "/");
}

/** A printable name of at most `DEVICE_NAME_CHARS_MAX` characters; null: none. */
function deviceNameOf(text: string): string | null {
  const name = text.replaceAll(/[\p{C}\s\uFFFD]+/gu, " ").trim();
  return name.length >= 1 && name.length <= DEVICE_NAME_CHARS_MAX ? name : null;
}
