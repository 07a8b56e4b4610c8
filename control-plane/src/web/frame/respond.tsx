// Sends views, each with the policy for what it holds. Their other headers are the middleware's (people-app.ts).
import type { Context } from "hono";
import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Visitor } from "../../http/visitor.ts";
import type { InApp } from "../look/in-app-browser.ts";
import { policyOf } from "../look/view-policy.ts";
import { issueCsrfToken, type CsrfAct } from "./csrf.ts";
import type { Frame } from "./layout.tsx";
import { markupOf } from "./markup.ts";
import { addressOf, isHeldStill, refreshOf, STILL } from "./refreshing.ts";
import { FailureView, NotFoundView, RefusalView } from "./refusal-view.tsx";
import type { Refusals, ViewRefusal } from "./refusals.ts";
import { SignInNeededView } from "./sign-in-needed.tsx";
import type { SignInOffer } from "./sign-in-offer.ts";

/** What an answer is made with, whatever a route may do beside. */
type Answering = Pick<Context, "header" | "html" | "redirect" | "req">;
/** … when it may be a no: with the words of each reason. */
type Refusing = Answering & Pick<Context<{ Variables: { readonly refusals: Refusals } }>, "var">;

/**
 * Sends one view; whatever it shows, nothing in it is there and not seen. Where something moves, the browser fetches it
 * again.
 */
export async function sendView(
  c: Answering,
  view: Child,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  const markup = await markupOf(view);
  const refresh = status === 200 ? refreshOf(markup, c.req.url) : null;
  if (refresh !== null) c.header("refresh", refresh);
  c.header("content-security-policy", policyOf(markup));
  return c.html(markup, status);
}

/** Answers an act: the browser fetches the view anew, so that reloading repeats nothing. */
export function seeOther(c: Answering, path: string): Response {
  return c.redirect(path, 303);
}

/** The same view for every path and id: who is not signed in learns nothing. */
export function askToSignIn(
  c: Answering,
  shown: { readonly offer: SignInOffer | null; readonly inApp: InApp | null },
): Promise<Response> {
  return sendView(c, <SignInNeededView {...shown} />, 401);
}

/**
 * What a signed-in view needs to know about its reader; `url`: where it can be opened again, null: it answers a form. `inApp`: whether it was opened
 * inside another app, as far as that is asked.
 */
export async function frameOf(
  visitor: Visitor,
  url: string | null,
  inApp: Frame["inApp"] = null,
): Promise<Frame> {
  const { name, roles, signIn, soleApprover, timeZone, warnings } = visitor;
  const signOutToken = await csrfTokenOf(visitor, { purpose: "sign-out", subject: signIn.signInId });
  const address =
    url === null
      ? null
      : { moving: addressOf(url, null), still: addressOf(url, STILL), isStill: isHeldStill(url) };
  const known = { signIn, name, roles, soleApprover, timeZone, warnings };
  return { ...known, inApp, signOutToken, now: Date.now(), address };
}

/** A fresh token for one form; without a hash: of an act that has no proposal. */
export function csrfTokenOf(
  visitor: Visitor,
  act: Omit<CsrfAct, "proposalHash"> & Partial<CsrfAct>,
): Promise<string> {
  return issueCsrfToken(
    visitor.secret,
    { proposalHash: "", ...act },
    { now: Date.now(), randomBytes: crypto.getRandomValues(new Uint8Array(16)) },
  );
}

/** Says why an act did nothing, and where to look again. */
export function sendRefusal(
  c: Refusing,
  reason: ViewRefusal,
  options: { readonly frame: Frame | null; readonly backPath: string | null; readonly backWords?: string },
): Promise<Response> {
  const words = c.var.refusals[reason];
  return sendView(c, <RefusalView {...options} words={words} />, words[0]);
}

/** No such view; for a signed-in device with the way back. */
export function sendNotFound(c: Answering, frame: Frame | null): Promise<Response> {
  return sendView(c, <NotFoundView frame={frame} />, 404);
}

/** We failed. Nothing about the failure is shown, and no sign-in is asked for: the desk itself may be what failed. */
export function sendFailure(c: Answering): Promise<Response> {
  return sendView(c, <FailureView />, 500);
}
