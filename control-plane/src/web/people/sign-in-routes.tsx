// Signing a device in, by a link or by a passkey. The link only shows a form; the form's own gesture redeems it. There is no sign-in yet to key a CSRF
// token from, so the origin check guards it: another site cannot sign this device in as somebody else.
// Weakness: a scanner that submits forms and fakes a same-origin request could redeem a link it was sent; such a link lives 15 minutes, works
// once, and is audited when used, so the person sees that theirs is spent.
import type { Context } from "hono";
import { refuse } from "@countersign/shared/values/result";
import { rolesOf } from "../../core/words/roles.ts";
import { noteFailure } from "../../http/attempts.ts";
import { policyNow } from "../../http/policy-now.ts";
import { trustOf } from "../../http/trust-now.ts";
import { setSignInCookie } from "../../http/visitor.ts";
import { takeWanted, wantedIn } from "../../http/wanted.ts";
import { assertionIn } from "../frame/gesture.ts";
import { inAppOf } from "../frame/in-app.ts";
import type { DoorBound, OpenBound } from "../frame/people-bound.ts";
import { door, type PeopleRoute } from "../frame/people-routes.ts";
import { seeOther, sendRefusal, sendView } from "../frame/respond.tsx";
import { SignInNeededView } from "../frame/sign-in-needed.tsx";
import { DEVICE_NAME_CHARS_MAX, SignInView } from "./sign-in-view.tsx";
import { SIGN_IN_REFUSALS } from "./sign-in-words.ts";

export const signInRoutes: readonly PeopleRoute[] = [
  door("/sign-in", {
    show: async (c) => {
      const offer = await c.var.offerSignIn();
      return sendView(c, <SignInNeededView offer={offer} inApp={inAppOf(c)} isAsked />);
    },
    take: signInByPasskey,
  }),

  door("/sign-in/:token", {
    show: (c) => sendView(c, <SignInView {...shownTo(c)} problem={null} />),
    take: signIn,
  }),
];

function shownTo<E extends OpenBound | DoorBound>(c: Context<E, "/sign-in/:token">) {
  const at = c as unknown as Context<OpenBound, "/sign-in/:token">;
  return { token: at.req.param("token"), wanted: wantedIn(at), inApp: inAppOf(at) };
}

async function signIn(c: Context<DoorBound, "/sign-in/:token">): Promise<Response> {
  const token = c.req.param("token");
  const deviceName = deviceNameOf(c.var.form.get("deviceName") ?? "");
  if (deviceName === null) {
    const [status, , sentence] = SIGN_IN_REFUSALS["device-name-missing"];
    return sendView(c, <SignInView {...shownTo(c)} problem={sentence} />, status);
  }
  const redeemed = await c.var.desk.redeemSignInToken(token, deviceName);
  if (!redeemed.ok) {
    await noteFailure(c);
    return sendRefusal(c, redeemed.error.reason, {
      frame: null,
      backPath: "/sign-in",
      backWords: "Other ways to sign in",
    });
  }
  const { signIn: opened, signInSecret } = redeemed.value;
  setSignInCookie(c, signInSecret, opened.expiresAt);
  return seeOther(c, takeWanted(c) ?? (await firstPathOf(c, opened.responder)));
}

/** Who was let in to approve makes their passkey first; where nobody has one yet, the desk's own first steps lead there. */
async function firstPathOf(c: Context<DoorBound>, responder: string): Promise<string> {
  const { desk } = c.var;
  const [{ trust }, policy] = await Promise.all([trustOf(desk), policyNow(desk, c.env.POLICY)]);
  if (trust === null || policy === null) return "/";
  const isKnown = trust.trust.approvers.some(({ person }) => person === responder);
  return !isKnown && rolesOf(policy, responder).includes("approve") ? "/passkey" : "/";
}

// The challenge is good once and of this desk alone; that the form is ours says the origin.
async function signInByPasskey(c: Context<DoorBound>): Promise<Response> {
  const assertion = assertionIn(c.var.form);
  const challenge = c.var.form.get("csrf") ?? "";
  const opened =
    assertion === null
      ? refuse({ reason: "passkey-wrong" } as const)
      : await c.var.desk.signInByPasskey({ challenge, assertion });
  if (!opened.ok) {
    await noteFailure(c);
    const { reason } = opened.error;
    const back = { frame: null, backPath: "/sign-in", backWords: "Try again" };
    return sendRefusal(c, reason === "passkey-wrong" ? "sign-in-unsigned" : reason, back);
  }
  setSignInCookie(c, opened.value.signInSecret, opened.value.signIn.expiresAt);
  return seeOther(c, takeWanted(c) ?? "/");
}

/** A printable name of at most `DEVICE_NAME_CHARS_MAX` characters; null: none. */
function deviceNameOf(text: string): string | null {
  const name = text.replaceAll(/[\p{C}\s\uFFFD]+/gu, " ").trim();
  return name.length >= 1 && name.length <= DEVICE_NAME_CHARS_MAX ? name : null;
}
