// The first lines of an incident's view: how it stands in shape, word and colour, since when, what it is about in a whole
// sentence, and what is to be known before anything else. Pure.
import { isFlapping } from "../../core/desk/incidents/flapping.ts";
import type { Approval } from "../../core/desk/records/approval.ts";
import type { Finding } from "../../core/desk/records/finding.ts";
import type { Incident } from "../../core/desk/records/incident.ts";
import { kindOf } from "../../core/words/reason-kinds.ts";
import { isHosted, nameOf, placeNameOf, serviceOf } from "../../core/words/subject.ts";
import { statusOf } from "../approvals/approval-words.ts";
import { liftPathOf } from "../brakes/brake-paths.ts";
import { Exact, Title } from "../look/parts.tsx";
import { fullSpanOf, spanOf } from "../look/place-time.ts";
import { State, type StateKind } from "../look/state.tsx";
import { Age, Clock } from "../look/time.tsx";
import { becameOf } from "./incident-tried.tsx";
import { type People, whoOf } from "./people-words.ts";
import type { ShownIncident } from "./shown-incident.ts";
import { NextInLine } from "./who-is-next.tsx";

const HEADLINE_CHARS_MAX = 140;
/** Two lines on a phone. */
const SEEN_CHARS_MAX = 110;

/** How an incident stands, in a word or two. */
export interface Standing {
  readonly kind: StateKind;
  readonly words: string;
}

/** What people did about it comes before what it is: taken, silenced, running; then whether it rings. */
export function standingOf({ found, frame, people }: ShownIncident): Standing {
  const { approvals, holds, incident, next } = found;
  if (incident.state === "merged") return { kind: "done", words: "Taken into another incident" };
  if (incident.state === "resolved") return { kind: "done", words: "Over" };
  if (incident.reason === "automation-frozen" && incident.clearedAt === null)
    return { kind: "frozen", words: "Frozen until somebody lifts it" };
  const ring = next.find(({ kind }) => kind === "ring");
  const isMoving = approvals.some((approval) => statusOf(approval, frame.now).isMoving);
  // What else broke meanwhile rings, whatever runs.
  if (isMoving && ring === undefined) return { kind: "running", words: "Runs now" };
  if (incident.clearedAt !== null) return { kind: "well", words: "Well again, not over yet" };
  if (incident.state === "acknowledged") {
    const who = incident.acknowledgedBy === null ? "somebody" : whoOf(incident.acknowledgedBy, people);
    return { kind: "taken", words: `Taken by ${who}` };
  }
  const [silence] = holds.silences;
  if (silence !== undefined) return { kind: "silenced", words: `Silenced by ${whoOf(silence.by, people)}` };
  if (ring !== undefined)
    return {
      kind: "rings",
      words: ring.at <= frame.now || incident.sentCount > 0 ? "Rings now" : "Rings soon",
    };
  if (incident.severity === "warning" || incident.severity === "info")
    return { kind: "warning", words: "To be looked at" };
  return { kind: "failing", words: "Open" };
}

/** The state of the thing in a whole sentence, also once it is well again. */
export function headlineOf({ clearedAt, place, reason, state, subject, title }: Incident): string {
  const isWell = state === "resolved" || (state !== "merged" && clearedAt !== null);
  if (!isWell) return title;
  const isOfOne = place.kind === "trouble" || place.kind === "down" || place.kind === "host";
  if (!isOfOne || !isHosted(subject) || kindOf(reason) !== "trouble")
    return state === "resolved" ? `Over: ${title}` : `Well again: ${title}`;
  return `${place.kind === "host" ? placeNameOf(subject) : nameOf(subject)} is well again`;
}

/** The head of the view. */
export function IncidentHead({ shown }: { readonly shown: ShownIncident }) {
  const { found, frame } = shown;
  const { incident } = found;
  const { kind, words } = standingOf(shown);
  return (
    <div>
      <p class="row head small">
        <State kind={kind}>
          <Exact text={words} />
        </State>
        {shown.serviceTitle !== null && (
          <span class="soft" data-says="service-title">
            <Exact text={shown.serviceTitle} /> (<Exact text={serviceOf(incident.subject) ?? ""} />)
          </span>
        )}
        <span class="soft">
          began <Age at={incident.happenedAt} now={frame.now} />
        </span>
      </p>
      <h1>
        <Title text={shortened(headlineOf(incident))} />
      </h1>
      <Lead shown={shown} />
      <Tried shown={shown} />
    </div>
  );
}

/** A title that a host made long stands whole with its finding. */
function shortened(title: string): string {
  const characters = Array.from(title);
  return characters.length <= HEADLINE_CHARS_MAX
    ? title
    : `${characters.slice(0, HEADLINE_CHARS_MAX).join("")}…`;
}

function Lead({ shown }: { readonly shown: ShownIncident }) {
  const { found, frame, people } = shown;
  const { incident, resolvesAt } = found;
  const { acknowledgedUntilAt, clearedAt, happenedAt, mergedInto, resolvedAt, state } = incident;
  if (state === "merged")
    return (
      <p class="lead">
        It goes on in <a href={`/incidents/${mergedInto ?? ""}`}>another incident</a>, with all that was here.
      </p>
    );
  if (state === "resolved")
    return (
      <p class="lead">
        {clearedAt === null || resolvedAt === null ? (
          "It ended"
        ) : (
          <>
            Not well for {fullSpanOf(clearedAt - happenedAt)}; over after {spanOf(resolvedAt - clearedAt)} of
            quiet,
          </>
        )}{" "}
        {resolvedAt !== null && <Age at={resolvedAt} now={frame.now} />}.
      </p>
    );
  if (clearedAt !== null)
    return (
      <p class="lead" data-says="waits">
        {resolvesAt === null ? (
          "Over as soon as what was approved is known to have helped."
        ) : (
          <>
            Over at <Clock at={resolvesAt} now={frame.now} /> (<Age at={resolvesAt} now={frame.now} />
            ), if it stays well.
          </>
        )}
      </p>
    );
  if (state === "acknowledged" && acknowledgedUntilAt !== null)
    return (
      <p class="lead">
        {holderWords(incident.acknowledgedBy, people)} it until{" "}
        <Clock at={acknowledgedUntilAt} now={frame.now} />: nobody is rung before that, unless it grows worse.
      </p>
    );
  const fault = leadOf(found.findings, incident.title);
  const seen = fault === undefined ? null : seenIn(fault);
  return (
    <>
      {seen !== null && (
        <p class="lead" data-says="fault">
          <Exact text={seen} />
        </p>
      )}
      {fault !== undefined && isFlapping(fault) && (
        <p class="small">It comes and goes: it began {fault.beginningsAt.length} times.</p>
      )}
      <p class="small" data-says="next">
        <NextInLine shown={shown} />
      </p>
    </>
  );
}

/** What was seen failing last, in the words of whoever saw it; null: nothing but the title is known. */
function seenIn({ evidence, title }: Finding): string | null {
  const newest =
    evidence
      .toSorted((left, right) => left.at - right.at)
      .at(-1)
      ?.text.trim() ?? "";
  if (newest === "" || newest === title) return null;
  const characters = Array.from(newest);
  return characters.length <= SEEN_CHARS_MAX ? newest : `${characters.slice(0, SEEN_CHARS_MAX).join("")}…`;
}

/** What was done about it last, here or before, and what came of it: to be known before it is done again. */
function Tried({ shown: { found, frame } }: { readonly shown: ShownIncident }) {
  const { approvals, earlier, incident } = found;
  if (incident.state === "resolved" || incident.state === "merged" || incident.clearedAt !== null)
    return null;
  const tried = [...approvals, ...earlier].filter(({ state }) => state === "failed" || state === "verified");
  const [last] = tried.toSorted((left, right) => instantOf(right) - instantOf(left));
  if (last === undefined) return null;
  const { kind, words } = becameOf(last, frame.now);
  return (
    <p class="small" data-says="tried">
      <a href={`/approvals/${encodeURIComponent(last.approvalId)}`}>
        <Exact text={last.proposal.action} />
      </a>{" "}
      <Age at={instantOf(last)} now={frame.now} />: <State kind={kind}>{words}</State>
    </p>
  );
}

function instantOf({ decidedAt, ranAt, requestedAt }: Approval): number {
  return ranAt ?? decidedAt ?? requestedAt;
}

/** The gravest that goes on, else the first: of which the title speaks. */
export function leadOf(findings: readonly Finding[], title: string): Finding | undefined {
  const open = findings.filter(({ endedAt }) => endedAt === null);
  const among = open.length > 0 ? open : findings;
  return among.find((finding) => finding.title === title) ?? among[0];
}

/** Why nobody is paged, or nothing is offered, just now. */
export function Held({ shown }: { readonly shown: ShownIncident }) {
  const { found, frame, people } = shown;
  const { freeze, silences } = found.holds;
  if (freeze === null && silences.length === 0) return null;
  return (
    <div>
      {silences.map(({ by, endsAt, why }) => (
        <p class="say" data-says="silenced">
          <State kind="silenced">
            Pages are <a href="/silences">silenced</a>
          </State>{" "}
          by <Exact text={whoOf(by, people)} /> until <Clock at={endsAt} now={frame.now} />:{" "}
          <Exact text={why} />
        </p>
      ))}
      {freeze !== null && (
        <p class="say" data-says="frozen">
          <State kind="frozen">
            Automation on <Exact text={nameOf(freeze.scope)} /> is{" "}
            <a href={liftPathOf(freeze.scope)}>frozen</a>
          </State>{" "}
          by <Exact text={whoOf(freeze.by, people)} />: nothing is offered before somebody lifts it.
        </p>
      )}
    </div>
  );
}

function holderWords(by: Incident["acknowledgedBy"], people: People): string {
  if (by === null) return "Somebody has";
  const who = whoOf(by, people);
  return who === "you" ? "You have" : `${who} has`;
}
