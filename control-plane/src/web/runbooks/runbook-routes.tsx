// The runbooks, and the words of the desk, for signed-in devices: they say nothing about the fleet, but who is not signed in
// sees the same view everywhere. A runbook names what is open for its reason; of one incident alone it fills in the host and
// the unit.
import type { Incident } from "../../core/desk/records/incident.ts";
import { hostNow } from "../../http/host-now.ts";
import type { Reads } from "../../http/reads.ts";
import { type PeopleRoute, view } from "../frame/people-routes.ts";
import { sendNotFound, sendView } from "../frame/respond.tsx";
import { GlossaryView } from "./glossary-view.tsx";
import { knownOf } from "./placeholders.ts";
import { RunbookListView, RunbookView } from "./runbook-view.tsx";
import { runbookOf } from "./runbooks.ts";

export const runbookRoutes: readonly PeopleRoute[] = [
  view("/runbooks", async (c) => {
    const { frame, reads } = c.var;
    return sendView(c, <RunbookListView frame={frame} open={await openIncidents(reads)} />);
  }),

  view("/runbooks/words", (c) => sendView(c, <GlossaryView frame={c.var.frame} />)),

  view("/runbooks/:reason", async (c) => {
    const { frame, reads } = c.var;
    const reason = c.req.param("reason");
    const markdown = runbookOf(reason);
    if (markdown === null) return sendNotFound(c, frame);
    const open = (await openIncidents(reads)).filter((incident) => incident.reason === reason);
    const [only, another] = open;
    const isOne = only !== undefined && another === undefined;
    const known = knownOf(isOne ? only.subject : null, isOne ? await unitOf(reads, only) : null);
    return sendView(c, <RunbookView frame={frame} {...{ reason, markdown, open, known }} />);
  }),
];

async function openIncidents({ desk }: Reads): Promise<readonly Incident[]> {
  const { incidents } = await desk.overview();
  return incidents.filter(({ state }) => state === "open" || state === "acknowledged");
}

/** The systemd unit of what the incident is about; null: it has none, or nobody knows just now. */
async function unitOf(reads: Reads, { subject }: Incident): Promise<string | null> {
  if (subject.kind !== "service") return null;
  const registered = await reads.desk.hostAt(subject.hostId);
  const now = registered === null ? null : await hostNow(reads.shard, registered.host);
  const catalogue = now?.ok === true ? (now.value?.connection?.catalogue ?? []) : [];
  return catalogue.find(({ service }) => service === subject.service)?.unit ?? null;
}
