// All incidents by what is asked of them; one incident, with the forms of its own: taking it, and a note; and the draft of
// its post-mortem.
import type { Context } from "hono";
import { NOTE_CHARS_MAX } from "@countersign/shared/values/limits";
import { ok } from "@countersign/shared/values/result";
import { isHosted, placeNameOf, serviceOf } from "../../core/words/subject.ts";
import { listIncidents } from "../../http/desk-lists.ts";
import { hostNow } from "../../http/host-now.ts";
import { traitsOf } from "../../http/host-traits.ts";
import { wordsOfIncident } from "../../http/last-words-now.ts";
import { type FoundIncident, postMortemOf } from "../../http/post-mortem.ts";
import type { Reads } from "../../http/reads.ts";
import { loadFirstGood, loadPolicy } from "../../policy/load-policy.ts";
import type { Policy } from "../../policy/policy.ts";
import { LINES_FIELD } from "../frame/fields.ts";
import type { ViewBound } from "../frame/people-bound.ts";
import { act, type PeopleRoute, view } from "../frame/people-routes.ts";
import { csrfTokenOf, sendNotFound, sendView } from "../frame/respond.tsx";
import { peopleWith, whoMay } from "../frame/who-may.ts";
import { meaningOf } from "../runbooks/meaning.ts";
import { isShared } from "./incident-hosts.tsx";
import { IncidentView } from "./incident-view.tsx";
import { lookOnOf, unitIn } from "./incident-words.ts";
import { askedIn, filterOf } from "./incidents-asked.ts";
import { IncidentsView } from "./incidents-view.tsx";
import { NoteView } from "./note-view.tsx";
import type { ShownIncident } from "./shown-incident.ts";

const ROWS_PER_VIEW = 50;

export const incidentRoutes: readonly PeopleRoute[] = [
  view("/incidents", async (c) => {
    const { frame, reads } = c.var;
    const asked = askedIn((name) => c.req.query(name));
    const after = c.req.query("after") ?? null;
    const part = await listIncidents(reads, { filter: filterOf(asked), after, limit: ROWS_PER_VIEW });
    const going = part.rows.filter(({ state }) => state === "open" || state === "acknowledged");
    const known =
      going.length === 0 ? [] : await reads.desk.incidentsNow(going.map(({ incidentId }) => incidentId));
    return sendView(c, <IncidentsView frame={frame} asked={asked} part={part} known={known} />);
  }),

  view("/incidents/:id", async (c) => {
    const { frame, reads } = c.var;
    const incidentId = c.req.param("id");
    const found = await reads.desk.incident(incidentId);
    if (found === null) return sendNotFound(c, frame);
    await c.var.noteIncidentSeen(incidentId);
    return sendView(c, <IncidentView shown={await shownOf(c, found)} />);
  }),

  view("/incidents/:id/post-mortem.md", async (c) => {
    const { frame, reads } = c.var;
    const found = await reads.desk.incident(c.req.param("id"));
    if (found === null) return sendNotFound(c, frame);
    return c.text(postMortemOf(found, frame.now), 200, {
      "content-type": "text/markdown; charset=utf-8",
      "x-content-type-options": "nosniff",
      "content-disposition": `attachment; filename="post-mortem-${found.incident.incidentId}.md"`,
    });
  }),

  view("/incidents/:id/note", async (c) => {
    const { frame, reads, visitor } = c.var;
    const incidentId = c.req.param("id");
    const found = await reads.desk.incident(incidentId);
    if (found === null) return sendNotFound(c, frame);
    const token = await csrfTokenOf(visitor, { purpose: "add-note", subject: incidentId });
    const { incident, isArchived } = found;
    const shown = { frame, incident, token, isClosed: isArchived };
    return sendView(c, <NoteView {...shown} whoMay={await whoMay(c, "answer")} />);
  }),

  act("/incidents/:id/note", {
    kind: "add-note",
    subject: (c) => c.req.param("id"),
    backPath: (c) => `/incidents/${encodeURIComponent(c.req.param("id"))}`,
    // One more than may be kept: what is longer is refused, and not cut without a word.
    says: (c) => {
      const text = (c.var.form.get(LINES_FIELD) ?? "").slice(0, NOTE_CHARS_MAX + 1);
      return ok({ incidentId: c.req.param("id"), text });
    },
  }),

  act("/incidents/:id/acknowledge", {
    kind: "acknowledge",
    subject: (c) => c.req.param("id"),
    backPath: (c) => `/incidents/${encodeURIComponent(c.req.param("id"))}`,
    says: (c) => ok({ incidentId: c.req.param("id") }),
  }),
];

async function shownOf(c: Context<ViewBound>, found: FoundIncident): Promise<ShownIncident> {
  const { frame, reads, visitor } = c.var;
  const { incidentId, place, reason, subject } = found.incident;
  const isOfMany = isShared(place);
  const service = serviceOf(subject);
  const [policy, acknowledgeToken, traits, listed, lastWords] = await Promise.all([
    policyInForce(c),
    csrfTokenOf(visitor, { purpose: "acknowledge", subject: incidentId }),
    isOfMany ? traitsFor(reads, found) : null,
    isOfMany ? null : listedService(reads, found),
    wordsOfIncident(reads, found),
  ]);
  const host = isOfMany || !isHosted(subject) ? null : placeNameOf(subject);
  return {
    frame,
    found,
    people: {
      reader: frame.signIn.responder,
      names: new Map(policy.responders.map(({ id, name }) => [id, name])),
    },
    chosenId: c.req.query("finding") ?? null,
    meaning: meaningOf(reason, {
      service,
      host,
      lookOn: isOfMany ? lookOnOf(found) : null,
      unit: listed?.unit ?? unitIn(found),
      isOfMany,
    }),
    serviceTitle: titleOf(listed),
    takenForMs: policy.incident.acknowledgementMs,
    acknowledgeToken,
    whoMayAnswer: frame.roles.includes("answer") ? null : peopleWith("answer", policy),
    traits,
    lastWords,
  };
}

/** Hosts to compare the failing ones with, while that helps. */
function traitsFor(reads: Reads, { incident }: FoundIncident): ReturnType<typeof traitsOf> {
  const { place, state, subject } = incident;
  const isGoing = state === "open" || state === "acknowledged";
  if (!isGoing || !isHosted(subject)) return Promise.resolve(null);
  return traitsOf(reads, place.kind === "wide" ? serviceOf(subject) : null);
}

/** The service as its host's catalogue has it; null: it is none, or its host cannot be asked now. */
async function listedService(reads: Reads, { incident: { subject } }: FoundIncident) {
  if (subject.kind !== "service") return null;
  const at = await reads.desk.hostAt(subject.hostId);
  const asked = at === null ? null : await hostNow(reads.shard, at.host);
  const catalogue = asked?.ok === true ? (asked.value?.connection?.catalogue ?? []) : [];
  return catalogue.find(({ service }) => service === subject.service) ?? null;
}

function titleOf(listed: { readonly service: string; readonly title: string } | null): string | null {
  if (listed === null || listed.title === "" || listed.title === listed.service) return null;
  return listed.title;
}

/** As the desk has it; where it cannot be read, the one that this code was deployed with. */
async function policyInForce(c: Context<ViewBound>): Promise<Policy> {
  const inForce = (await c.var.reads.desk.policyFor(null))?.text ?? c.env.POLICY;
  return loadFirstGood([inForce, c.env.POLICY], loadPolicy).policy;
}
