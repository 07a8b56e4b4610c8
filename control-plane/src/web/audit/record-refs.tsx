// What a row of the record names, as links that lead there: an incident, a question, a host, a person, a version of the rules. Pure. What is nowhere
// to be opened (a grant, a device) is told in words; what a row is about is told first, and once.
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

/** What the row names. */
export function Refs({ refs, subject }: { readonly refs: readonly AuditRef[]; readonly subject: string }) {
  const led = refs.map(ledBy).filter(({ text }) => text !== "");
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

function ledBy(ref: AuditRef): Led {
  switch (ref.kind) {
    case "incident":
      return { text: "incident", path: `/incidents/${encodeURIComponent(ref.incidentId)}` };
    case "approval":
      return { text: "question", path: `/approvals/${encodeURIComponent(ref.approvalId)}` };
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
