// What a device that is not signed in wanted to see: its path waits in a cookie of its own, so that whoever signs it in next
// comes to where they were going. It is no answer to a stranger: it holds what they asked for themselves, whether anything
// is there or not.
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Env } from "../env.ts";
import { isReachedByTls } from "../public-url.ts";
import { safePathOf } from "./safe-path.ts";

const COOKIE_NAME = "countersign-wanted";
/** A sign-in link lives shorter. */
const KEPT_S = 3_600;

interface OpenBound {
  Bindings: Pick<Env, "PUBLIC_URL">;
}

/** Remembers where a person wanted to go. */
export function rememberWanted<E extends OpenBound>(c: Context<E>, wanted: string): void {
  const path = safePathOf(wanted);
  if (path !== null && path !== "/") setCookie(c, nameIn(c), path, { ...attributesIn(c), maxAge: KEPT_S });
}

/** Where they wanted to go; null: nowhere that is known. */
export function wantedIn<E extends OpenBound>(c: Context<E>): string | null {
  return safePathOf(getCookie(c, nameIn(c)) ?? "");
}

/** The same, once. */
export function takeWanted<E extends OpenBound>(c: Context<E>): string | null {
  const path = wantedIn(c);
  if (path !== null) deleteCookie(c, nameIn(c), attributesIn(c));
  return path;
}

function attributesIn<E extends OpenBound>(c: Context<E>) {
  return { path: "/", httpOnly: true, sameSite: "Lax", secure: isSecure(c) } as const;
}

function nameIn<E extends OpenBound>(c: Context<E>): string {
  return isSecure(c) ? `__Host-${COOKIE_NAME}` : COOKIE_NAME;
}

function isSecure<E extends OpenBound>(c: Context<E>): boolean {
  return isReachedByTls(c.req.url, c.env.PUBLIC_URL);
}
