// The session cookie is closed wherever people reach the desk over https, however the deployment writes that address.
import { Hono } from "hono";
import { expect, it } from "vitest";
import type { Ctx } from "../../control-plane/src/http/context.ts";
import { setSessionCookie } from "../../control-plane/src/http/session.ts";

/** The cookie that a plain-http request is given, as one that comes from a proxy is. */
async function cookieBehind(publicUrl: string | undefined): Promise<string | null> {
  const app = new Hono();
  app.get("/", (c) => {
    setSessionCookie(c as unknown as Ctx, "secret", 0);
    return c.text("");
  });
  const answer = await app.request("http://desk.test/", {}, { PUBLIC_URL: publicUrl });
  return answer.headers.get("set-cookie");
}

it.each(["https://desk.test", "HTTPS://Desk.Test", " https://desk.test/", "https:desk.test"])(
  "behind %j it is secure",
  async (publicUrl) => {
    expect(await cookieBehind(publicUrl)).toMatch(/^__Host-countersign-session=secret;.*; Secure;/);
  },
);

it.each(["http://desk.test", "http://127.0.0.1:8787", "httpsdesk", "", undefined])(
  "behind %j it is not: a browser would not send it",
  async (publicUrl) => {
    expect(await cookieBehind(publicUrl)).toMatch(/^countersign-session=secret;(?!.*Secure)/);
  },
);
