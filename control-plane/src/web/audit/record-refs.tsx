// What a row of the record names, as links that lead there: an incident, a question, a host, a person, a version of the
// rules. Pure. What is nowhere to be opened (a grant, a device) is told in words; what a row is about is told first, and
// once.
import type { AuditRef } from "../../core/desk/state/audit-ref.ts";
import { refText } from "../../core/desk/state/audit-ref.ts";
import { type Actor, actorNameOf } from "../../core/words/actor.ts";
import { nameOf, type Subject } from "../../core/words/subject.ts";
import { reasonTitleOf } from "../../policy/reason-titles.ts";
import { Exact } from "../look/parts.tsx";
import { byPersonText, recordPath } from "./record-query.ts";

interface Led {
  readonly text: string;
  /** null: it is nowhere to be opened */
  readonly path: string | null;
}

/** What incidents are about, by their ids, as far as the rows that are shown say it. */
export type IncidentNames = ReadonlyMap<string, string>;

/** An incident is called by the service or host that stands beside it in any row. */
export function incidentNamesIn(rows: readonly { readonly refs: readonly AuditRef[] }[]): IncidentNames {
  const names = new Map<string, string>();
  for (const { refs } of rows) {
    const subject = refs.find((ref) => ref.kind === "subject");
    if (subject === undefined) continue;
    for (const ref of refs) if (ref.kind === "incident") names.set(ref.incidentId, nameOf(subject.subject));
  }
  return names;
}

/** What the row names. */
export function Refs(props: {
  readonly refs: readonly AuditRef[];
  readonly subject: string;
  readonly names: IncidentNames;
}) {
  const { names, refs, subject } = props;
  const incident = refs.find((ref) => ref.kind === "incident");
  const about = incident === undefined ? undefined : names.get(incident.incidentId);
  // The incident's own words say it already.
  const told = refs.filter((ref) => ref.kind !== "subject" || about !== nameOf(ref.subject));
  const led = told.map((ref) => ledBy(ref, about)).filter(({ text }) => text !== "");
  if (led.length === 0) return <Exact text={subject} />;
  return (
    <>
      {led.map(({ path, text }, index) => (
        <>
          {index > 0 && ", "}
          {path === null ? (
            <Exact text={text} />
          ) : (
            <a href={path}>
              <Exact text={text} />
            </a>
          )}
        </>
      ))}
    </>
  );
}

/** Who did it: a person by what else they did, a host by its own view. */
export function Doer({ actor }: { readonly actor: Actor }) {
  const path = pathOfActor(actor);
  const text = doerText(actor);
  return path === null ? (
    <Exact text={text} />
  ) : (
    <a href={path}>
      <Exact text={text} />
    </a>
  );
}

function doerText(actor: Actor): string {
  switch (actor.kind) {
    case "rule":
      return `the rule “${reasonTitleOf(actor.reason)}”`;
    case "host":
      return "the host itself";
    case "desk":
      return "the desk";
    case "unknown":
      return "somebody unknown";
    case "person":
    case "admin":
    case "shard":
      return actorNameOf(actor);
  }
}

function pathOfActor(actor: Actor): string | null {
  switch (actor.kind) {
    case "person":
      return recordPath({ by: byPersonText(actor.responder) });
    case "host":
      return hostPath(actor.hostId);
    case "rule":
      return `/runbooks/${encodeURIComponent(actor.reason)}`;
    case "admin":
    case "desk":
    case "shard":
    case "unknown":
      return null;
  }
}

function hostPath(hostId: string): string {
  return `/hosts/${encodeURIComponent(hostId)}`;
}

/** `about`: the service or host of its incident, where that is known. */
function ledBy(ref: AuditRef, about: string | undefined): Led {
  switch (ref.kind) {
    case "incident":
      return {
        text: about === undefined ? "the incident" : `the incident of ${about}`,
        path: `/incidents/${encodeURIComponent(ref.incidentId)}`,
      };
    case "approval":
      return {
        text: about === undefined ? "the question" : `the question about ${about}`,
        path: `/approvals/${encodeURIComponent(ref.approvalId)}`,
      };
    case "trust":
      return { text: `version ${ref.version} of who may sign`, path: null };
    case "policy":
      return ref.version === 0
        ? { text: "the deployment's own rules", path: "/policy" }
        : { text: `version ${ref.version} of the rules`, path: `/policy/${ref.version}` };
    case "silence":
      return { text: "a silence", path: "/silences" };
    case "standing":
      return {
        text: ref.use === null ? "a yes in advance" : `use ${ref.use} of a yes in advance`,
        path: "/standing",
      };
    case "freeze":
      return { text: `freeze of ${nameOf(ref.scope)}`, path: "/brake" };
    case "finding":
      return { text: "", path: null };
    case "subject":
      return ledBySubject(ref.subject);
    case "page":
    case "grant":
    case "sign-in":
      return { text: "", path: null };
    case "device":
    case "matcher":
    case "record":
    case "cut":
      return { text: refText(ref), path: null };
  }
}

function ledBySubject(subject: Subject): Led {
  const text = nameOf(subject);
  switch (subject.kind) {
    case "host":
    case "service":
      return { text, path: hostPath(subject.hostId) };
    case "person":
      return { text, path: recordPath({ by: byPersonText(subject.responder) }) };
    case "channel":
      return { text, path: "/people" };
    case "fleet":
    case "provider":
    case "identity":
    case "part":
    case "external":
      return { text, path: null };
  }
}
