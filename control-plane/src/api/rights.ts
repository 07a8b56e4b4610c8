// What each right takes: the one place where a request is let through to its answer or not. Each right of the table has its line here, or
// this does not compile.
import type { MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import { isTurnedAway, isUnprovenTooOften, RETRY_AFTER } from "../http/attempts.ts";
import type { Bound } from "../http/context.ts";
import { problem } from "../http/problem.ts";
import { requireAdmin } from "./admin-token.ts";
import type { Right } from "./table/route.ts";

const letPass: MiddlewareHandler<Bound> = (_c, next) => next();

// The proof is in the request, so its answer checks it, spends a token, and counts each that is wrong.
const turnGuessersAway = createMiddleware<Bound>(async (c, next) =>
  isTurnedAway(c) ? problem("too-many-attempts", { headers: RETRY_AFTER }) : next(),
);

const turnFloodsAway = createMiddleware<Bound>(async (c, next) =>
  isUnprovenTooOften(c) ? problem("too-many-attempts", { headers: RETRY_AFTER }) : next(),
);

/** What stands before the answers to a line with this right. */
export function guardOf(right: Right): MiddlewareHandler<Bound> {
  switch (right) {
    case "anyone":
      return letPass;
    case "admin-token":
      return requireAdmin;
    case "enrolment-token":
      return turnGuessersAway;
    // No proof of a provider can be guessed: what is bounded is the work.
    case "provider-proof":
      return turnFloodsAway;
    // On the socket that it is given: the shard hears nothing on it before the proof (platform/shard/shard-entrance.ts).
    case "host-key":
      return letPass;
  }
}
