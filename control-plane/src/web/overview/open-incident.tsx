// One open incident on the desk: how it stands, what is wrong, the one thing to do about it, who was paged and who is next.
// Pure.
import { useContext } from "hono/jsx";
import { listText } from "@countersign/shared/values/list-text";
import type { IncidentNow, NamedPerson } from "../../core/desk/incidents-now.ts";
import { isOfferedFirst } from "../../core/desk/records/incident.ts";
import { OpenStanding } from "../incidents/open-standing.tsx";
import { ReaderRoles } from "../look/may.tsx";
import { Exact, Title } from "../look/parts.tsx";
import { spanOf } from "../look/place-time.ts";
import { State } from "../look/state.tsx";
import { Age } from "../look/time.tsx";
import { upperFirst } from "../look/upper-first.ts";
import { needsSomebody, type OpenIncident } from "./incident-standing.ts";

const HOUR_MS = 3_600_000;
/** Two lines on a phone. */
const SEEN_CHARS_MAX = 110;

interface CardProps {
  readonly open: OpenIncident;
  /** the one button of the view that is filled */
  readonly isFirst: boolean;
  /** who reads it */
  readonly reader: string;
  readonly now: number;
}

/** One incident. */
export function IncidentCard(props: CardProps) {
  const { now, open } = props;
  const { incident } = open;
  const isNeeding = needsSomebody(open);
  return (
    <article class={isNeeding ? `card cardlink ${toneOf(open)}` : "card cardlink"}>
      <p class={isNeeding ? "row" : "row small"}>
        <OpenStanding {...open} now={now} />
        <Age at={incident.happenedAt} now={now} />
      </p>
      <h2>
        <a href={`/incidents/${incident.incidentId}`}>
          <Title text={incident.title} />
        </a>
      </h2>
      <Why open={open} isSmall={!isNeeding} />
      <Answer {...props} />
      <Paged {...props} />
    </article>
  );
}

/** Red is for what is broken: a notice is none. */
function toneOf({ incident, standing }: OpenIncident): "no" | "wt" {
  const isGrave = incident.severity === "critical" || incident.severity === "error";
  return standing === "rings" && isGrave ? "no" : "wt";
}

/**
 * What was seen last, and what makes it hard; who silenced it, in their words. Two lines: the rest stands with the incident.
 */
function Why({ isSmall, open }: { readonly isSmall: boolean; readonly open: OpenIncident }) {
  const { known, standing } = open;
  if (known === null) return null;
  const { freeze, silence } = known;
  const said = standing === "silenced" && silence !== null ? quoted(silence) : seenWords(known);
  return (
    <>
      {said !== "" && (
        <p class={isSmall ? "small soft" : undefined}>
          <Exact text={said} />
        </p>
      )}
      {freeze !== null && standing !== "frozen" && (
        <p class="small">
          <State kind="frozen">Frozen: nothing runs here</State>
        </p>
      )}
    </>
  );
}

/** What was seen last, and how often it was restarted. */
export function seenWords({ lastSeen, restarts }: Pick<IncidentNow, "lastSeen" | "restarts">): string {
  const short = shortened((lastSeen ?? "").trim());
  if (restarts === null) return short;
  const { count, windowMs } = restarts;
  const within = windowMs === HOUR_MS ? "an hour" : spanOf(windowMs);
  const often = `Restarted ${count === 1 ? "once" : `${count} times`} within ${within}.`;
  if (short === "") return often;
  return `${short}${/[.…!?]$/.test(short) ? "" : "."} ${often}`;
}

/** Ends after a whole word, unless there is none for long. */
function shortened(seen: string): string {
  const characters = Array.from(seen);
  if (characters.length <= SEEN_CHARS_MAX) return seen;
  const head = characters.slice(0, SEEN_CHARS_MAX).join("");
  const end = characters[SEEN_CHARS_MAX] === " " ? head.length : head.lastIndexOf(" ");
  return `${(end < head.length / 2 ? head : head.slice(0, end)).trimEnd()}…`;
}

function quoted({ by, why }: NonNullable<IncidentNow["silence"]>): string {
  return why === "" ? `By ${by.name}.` : `${by.name}: “${why}”.`;
}

/** Not of what many hosts share, nor where the host is down: what was asked before stands with the incident. */
function Answer({ isFirst, open }: CardProps) {
  const { incident, waiting } = open;
  if (waiting === null || !isOfferedFirst(incident)) return null;
  const { action, service } = waiting.proposal;
  const mayAnswer = useContext(ReaderRoles).includes("answer");
  return (
    <a class={isFirst && mayAnswer ? "btn full" : "btn plain full"} href={`/approvals/${waiting.approvalId}`}>
      <span>
        {mayAnswer ? "Answer" : "Read the question"}: {action} <Exact text={service} />?
      </span>
      <small>opens the question; nothing runs yet</small>
    </a>
  );
}

/** Who was paged, and who is next. */
function Paged({ now, open, reader }: CardProps) {
  const { known, standing } = open;
  if (known === null || standing === "silenced" || standing === "held") return null;
  const [last] = known.rung;
  const { next } = known;
  if (last === undefined && next === null) return null;
  return (
    <p class="small soft">
      {last !== undefined && (
        <>
          {last.responder === reader ? "You were" : <Exact text={`${last.name} was`} />} paged{" "}
          <Age at={last.at} now={now} />
          {last.deliveredBy === null ? ", and it has not arrived yet. " : ". "}
        </>
      )}
      {next !== null && next.to.length > 0 && (
        <>
          <Exact text={listOf(next.to, reader)} /> {next.at <= now ? "now" : <Age at={next.at} now={now} />}.
        </>
      )}
      {next !== null && next.to.length === 0 && <b class="bad">Nobody who can be told is next.</b>}
    </p>
  );
}

function listOf(people: readonly NamedPerson[], reader: string): string {
  const names = people.map(({ name, responder }) => (responder === reader ? "you" : name));
  const said = listText(names);
  const isOne = names.length === 1 && said !== "you";
  return `${upperFirst(said)} ${isOne ? "is" : "are"} next`;
}
