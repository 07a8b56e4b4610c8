// The operator's bearer token. Both sides are hashed before they are compared, so the time taken tells nothing about the token, not
// even its length. A token that is too short is refused as a whole: better no admin API than a guessable one.
import { createMiddleware } from "hono/factory";
import { isSameText, sha256Hex } from "@countersign/shared/values/digest";
import { isTurnedAway, noteFailure, RETRY_AFTER } from "../http/attempts.ts";
import type { Bound } from "../http/context.ts";
import { problem } from "../http/problem.ts";

const ADMIN_TOKEN_CHARS_MIN = 32;

/** Lets nobody pass without the admin token. */
export const requireAdmin = createMiddleware<Bound>(async (c, next) => {
  const expected = c.env.ADMIN_TOKEN ?? "";
  if (expected.length < ADMIN_TOKEN_CHARS_MIN) return problem("admin-not-configured");
  const given = /^Bearer (.+)$/.exec(c.req.header("authorization") ?? "")?.[1] ?? "";
  if (isSameText(sha256Hex(given), sha256Hex(expected))) return next();
  await noteFailure(c);
  if (isTurnedAway(c)) return problem("too-many-attempts", { headers: RETRY_AFTER });
  return problem("admin-unauthorised", { headers: { "www-authenticate": "Bearer" } });
});
