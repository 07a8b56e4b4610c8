// Sends views: the security headers of every view stand here, once. No script, no outside resource, no frame, no cache.
import { html } from "hono/html";
import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { visibleMarkup } from "@countersign/shared/values/visible-text";
import type { Ctx } from "../../http/context.ts";
import type { Visitor } from "../../http/visitor.ts";
import { issueCsrfToken, type CsrfAct } from "./csrf.ts";
import type { Frame } from "./layout.tsx";
import { FailureView, NotFoundView, RefusalView, SignInNeededView } from "./refusal-view.tsx";
import { wordsOf, type ViewRefusal } from "./sentences.ts";
import { STYLE_SOURCE } from "./style.ts";

const VIEW_HEADERS = {
  "Content-Security-Policy": [
    "default-src 'none'",
    `style-src '${STYLE_SOURCE}'`,
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join("; "),
  // not `no-referrer`: with it browsers send `Origin: null` with our own forms
  "Referrer-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "X-Robots-Tag": "noindex, nofollow",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
} as const;

/** Sends one view; whatever it shows, nothing in it is there and not seen. */
export async function sendView(c: Ctx, view: Child, status: ContentfulStatusCode = 200): Promise<Response> {
  for (const [name, value] of Object.entries(VIEW_HEADERS)) c.header(name, value);
  const markup = await html`<!doctype html>${view}`;
  return c.html(visibleMarkup(String(markup)), status);
}

/** Answers an act: the browser fetches the view anew, so that reloading repeats nothing. */
export function seeOther(c: Ctx, path: string): Response {
  for (const [name, value] of Object.entries(VIEW_HEADERS)) c.header(name, value);
  return c.redirect(path, 303);
}

/** The same view for every path and id: who is not signed in learns nothing. */
export function askToSignIn(c: Ctx): Promise<Response> {
  return sendView(c, <SignInNeededView />, 401);
}

/** What a signed-in view needs to know about its reader. */
export async function frameOf(visitor: Visitor): Promise<Frame> {
  const signOut = { purpose: "sign-out", subject: visitor.signIn.signInId, proposalHash: "" } as const;
  const { signIn, warnings } = visitor;
  return { signIn, warnings, signOutToken: await csrfTokenOf(visitor, signOut), now: Date.now() };
}

/** A fresh token for one form. */
export function csrfTokenOf(visitor: Visitor, act: CsrfAct): Promise<string> {
  return issueCsrfToken(visitor.secret, act, {
    now: Date.now(),
    randomBytes: crypto.getRandomValues(new Uint8Array(16)),
  });
}

/** Says why an act did nothing, and where to look again. */
export async function sendRefusal(
  c: Ctx,
  reason: ViewRefusal,
  options: { readonly visitor: Visitor | null; readonly backPath: string | null },
): Promise<Response> {
  const words = wordsOf(reason);
  const frame = options.visitor === null ? null : await frameOf(options.visitor);
  return sendView(c, <RefusalView frame={frame} words={words} backPath={options.backPath} />, words.status);
}

/** No such view; for a signed-in device with the way back. */
export async function sendNotFound(c: Ctx, visitor: Visitor | null): Promise<Response> {
  return sendView(c, <NotFoundView frame={visitor === null ? null : await frameOf(visitor)} />, 404);
}

/** We failed. Nothing about the failure is shown, and no sign-in is asked for: the desk itself may be what failed. */
export function sendFailure(c: Ctx): Promise<Response> {
  return sendView(c, <FailureView />, 500);
}
