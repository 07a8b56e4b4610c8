// The runbooks, for signed-in devices: they say nothing about the fleet, but who is not signed in sees the same view everywhere.
import { type PeopleRoute, view } from "../frame/people-routes.ts";
import { sendNotFound, sendView } from "../frame/respond.tsx";
import { generalText } from "./meaning.ts";
import { RunbookListView, RunbookView } from "./runbook-view.tsx";
import { runbookOf, runbookReasons } from "./runbooks.ts";

export const runbookRoutes: readonly PeopleRoute[] = [
  view("/runbooks", (c) => sendView(c, <RunbookListView frame={c.var.frame} reasons={runbookReasons()} />)),

  view("/runbooks/:reason", (c) => {
    const reason = c.req.param("reason");
    const markdown = runbookOf(reason);
    if (markdown === null) return sendNotFound(c, c.var.frame);
    return sendView(c, <RunbookView frame={c.var.frame} reason={reason} markdown={generalText(markdown)} />);
  }),
];
