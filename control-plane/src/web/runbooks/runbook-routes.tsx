// The runbooks, for signed-in devices: they say nothing about the fleet, but who is not signed in sees the same view everywhere.
import { Hono } from "hono";
import type { Bound } from "../../http/context.ts";
import { visitorOf } from "../../http/visitor.ts";
import { askToSignIn, frameOf, sendNotFound, sendView } from "../frame/respond.tsx";
import { RunbookListView, RunbookView } from "./runbook-view.tsx";
import { runbookOf, runbookReasons } from "./runbooks.ts";

export const runbookRoutes = new Hono<Bound>();

runbookRoutes.get("/runbooks", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  return sendView(c, <RunbookListView frame={await frameOf(visitor)} reasons={runbookReasons()} />);
});

runbookRoutes.get("/runbooks/:reason", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const reason = c.req.param("reason");
  const markdown = runbookOf(reason);
  if (markdown === null) return sendNotFound(c, visitor);
  return sendView(c, <RunbookView frame={await frameOf(visitor)} reason={reason} markdown={markdown} />);
});
