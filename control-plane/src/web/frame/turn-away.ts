// Answers to who failed too often (http/attempts.ts): the same view for every path, before any actor is asked.
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { isTurnedAway, RETRY_AFTER, wasProven } from "../../http/attempts.ts";
import { cookieSecretOf } from "../../http/visitor.ts";
import type { PeopleBound } from "./people-bound.ts";
import { sendRefusal } from "./respond.tsx";

/** Turns a cookie away whose address failed too often; not one that was good here lately. */
export const turnGuessersAway = createMiddleware<PeopleBound>(async (c, next) => {
  const secret = cookieSecretOf(c);
  if (secret === null || wasProven(secret) || !isTurnedAway(c)) return next();
  return sendTurnedAway(c);
});

/** Says that it was too often, and when to come again. */
export function sendTurnedAway(c: Context<PeopleBound>): Promise<Response> {
  c.header("retry-after", RETRY_AFTER["retry-after"]);
  return sendRefusal(c, "too-many-attempts", { frame: null, backPath: null });
}
