// The sign-in cookie of an enrolled device, and who a request comes from. The cookie holds the sign-in's secret; the desk keeps only
// its hash and says whose it is. Weakness: cookies know no port, so on plain-http loopback another program of this machine that
// listens on the same address could be sent it; behind https the `__Host-` prefix and `Secure` apply.
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { RouteWarning } from "../core/desk/paging/route-warning.ts";
import type { Role } from "../core/words/roles.ts";
import type { SignIn, SoleApprover } from "../platform/sign-in-shapes.ts";
import { isReachedByTls } from "../public-url.ts";
import { noteFailure, noteProven } from "./attempts.ts";
import { type Asking, type Bound, deskOf } from "./context.ts";

const COOKIE_NAME = "countersign-sign-in";
const SECURE_COOKIE_NAME = `__Host-${COOKIE_NAME}`;
/** The shape of what `newSecret` makes; anything else is none of ours, and the desk is not asked about it. */
const SECRET_PATTERN = /^[A-Za-z0-9_-]{43}$/;

/** A signed-in device and the secret its CSRF tokens are keyed from. */
export interface Visitor {
  readonly signIn: SignIn;
  /** what the policy calls them */
  readonly name: string;
  /** what the policy lets them do */
  readonly roles: readonly Role[];
  /** the one person who may approve, with the one passkey; null: there are more, or none */
  readonly soleApprover: SoleApprover | null;
  /** what every view must say */
  readonly warnings: readonly RouteWarning[];
  /** by whose clock instants are told to them */
  readonly timeZone: string;
  readonly secret: string;
}

/** Who asks; null: not signed in. */
export async function visitorOf<E extends Bound>(c: Context<E>): Promise<Visitor | null> {
  const secret = cookieSecretOf(c);
  if (secret === null) return null;
  const visit = await deskOf(c.env).visitOf(secret);
  if (visit === null) {
    await noteFailure(c);
    return null;
  }
  noteProven(secret);
  return { ...visit, secret };
}

/** The secret in the request's cookie; null: there is none, or what is there cannot be one. */
export function cookieSecretOf<E extends Bound>(c: Context<E>): string | null {
  const secret = getCookie(c, cookieNameOf(c));
  return secret !== undefined && SECRET_PATTERN.test(secret) ? secret : null;
}

/** Hands the device its sign-in. */
export function setSignInCookie<E extends Bound>(c: Context<E>, secret: string, expiresAt: number): void {
  setCookie(c, cookieNameOf(c), secret, {
    ...cookieAttributesOf(c),
    maxAge: Math.max(0, Math.floor((expiresAt - Date.now()) / 1_000)),
  });
}

/** Takes the cookie back. */
export function clearSignInCookie<E extends Bound>(c: Context<E>): void {
  deleteCookie(c, cookieNameOf(c), cookieAttributesOf(c));
}

function cookieAttributesOf(c: Asking) {
  return { path: "/", httpOnly: true, sameSite: "Lax", secure: isSecure(c) } as const;
}

function cookieNameOf(c: Asking): string {
  return isSecure(c) ? SECURE_COOKIE_NAME : COOKIE_NAME;
}

function isSecure(c: Asking): boolean {
  return isReachedByTls(c.req.url, c.env.PUBLIC_URL);
}
