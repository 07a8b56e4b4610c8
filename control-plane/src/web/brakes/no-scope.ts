// The view that says that what a person pointed at cannot be had: it is not there, or its shard alone could say so and does not answer.
import type { Context } from "hono";
import type { ViewBound } from "../frame/people-bound.ts";
import type { ScopeRefusal } from "../frame/refusals.ts";
import { sendNotFound, sendRefusal } from "../frame/respond.tsx";

export function sendNoScope(
  c: Context<ViewBound>,
  { reason }: ScopeRefusal,
  backPath: string,
): Promise<Response> {
  const { frame } = c.var;
  switch (reason) {
    case "scope-unknown":
      return sendNotFound(c, frame);
    case "shard-silent":
      return sendRefusal(c, reason, { frame, backPath });
  }
}
