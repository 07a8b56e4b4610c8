// Inside which app's browser a request was made, with the address that its person opens instead: the desk's own, for behind a proxy the request's is
// not what they see.
import type { Context } from "hono";
import type { Env } from "../../env.ts";
import { parsePublicUrl } from "../../public-url.ts";
import { appOf, type InApp } from "../look/in-app-browser.ts";

/** null: in none that says so. */
export function inAppOf<E extends { Bindings: Pick<Env, "PUBLIC_URL"> }>(c: Context<E>): InApp | null {
  const app = appOf(c.req.header("user-agent") ?? null);
  if (app === null) return null;
  const { origin, pathname, search } = new URL(c.req.url);
  const base = parsePublicUrl(c.env.PUBLIC_URL);
  return { app, address: `${base.ok ? base.value : origin}${pathname}${search}` };
}
