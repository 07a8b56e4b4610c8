// Who is told next, and when; and what that waits for. Pure: the desk says it (core/desk/paging/next-sending.ts), this only
// words it.
import { listText } from "@countersign/shared/values/list-text";
import type { NextSending } from "../../core/desk/paging/next-sending.ts";
import type { Incident } from "../../core/desk/records/incident.ts";
import { Icon } from "../look/icons.tsx";
import { Exact } from "../look/parts.tsx";
import { Age } from "../look/time.tsx";
import { upperFirst } from "../look/upper-first.ts";
import { Card } from "./card.tsx";
import { nameOfResponder, type People, whoOf } from "./people-words.ts";
import type { ShownIncident } from "./shown-incident.ts";

/** `Omar is next in 4 min`: the next ring in a line, for the head of the view; nothing where none is to come. */
export function NextInLine({ shown: { found, frame, people } }: { readonly shown: ShownIncident }) {
  const { incident, next } = found;
  const ring = next.find(({ kind }) => kind === "ring");
  if (ring === undefined || incident.state === "resolved" || incident.state === "merged") return null;
  const names = listText(ring.to.map((id) => (id === people.reader ? "you" : nameOfResponder(id, people))));
  if (names === "") return <b class="bad">Nobody who can be told is next.</b>;
  const said = upperFirst(names);
  return (
    <>
      <Exact text={said} /> {ring.to.length === 1 && names !== "you" ? "is" : "are"} next{" "}
      {ring.at <= frame.now ? "now" : <Age at={ring.at} now={frame.now} />}.
    </>
  );
}

/** Nothing for what is over. */
export function WhoIsNext({ shown }: { readonly shown: ShownIncident }) {
  const { found, frame, people } = shown;
  const { incident, next } = found;
  if (incident.state === "resolved" || incident.state === "merged") return null;
  return (
    <Card id="next" heading="Who is next">
      <Taken incident={incident} now={frame.now} people={people} />
      {next.length > 0 && (
        <ol class="steps">
          {next.map((sending) => (
            <Sending sending={sending} now={frame.now} people={people} />
          ))}
        </ol>
      )}
      {next.length === 0 && incident.state === "open" && <p class="soft">{nobodyBecause(incident)}</p>}
      {next.some(({ kind }) => kind === "ring") && (
        <p class="soft small">It stops when somebody takes it or answers, or when it stays well.</p>
      )}
    </Card>
  );
}

interface TakenProps {
  readonly incident: Incident;
  readonly now: number;
  readonly people: People;
}

function Taken({ incident, now, people }: TakenProps) {
  const { acknowledgedBy, acknowledgedUntilAt, state } = incident;
  if (state !== "acknowledged" || acknowledgedUntilAt === null) return null;
  const name = acknowledgedBy === null ? "somebody" : whoOf(acknowledgedBy, people);
  return (
    <p>
      <b>
        <Exact text={name === "you" ? "You" : name} />
      </b>{" "}
      {name === "you" ? "have" : "has"} it; it lapses <Age at={acknowledgedUntilAt} now={now} />.
    </p>
  );
}

function Sending(props: { readonly sending: NextSending; readonly now: number; readonly people: People }) {
  const { now, people, sending } = props;
  const { at, kind, to } = sending;
  const names =
    to.length === 0 ? "nobody who can be told" : listText(to.map((id) => nameOfResponder(id, people)));
  return (
    <li>
      <Icon
        name={kind === "ring" ? "ring" : "todo"}
        {...(kind === "ring" && at <= now ? { tone: "bad" } : {})}
      />
      <div>
        {kind === "ring" ? "Rings " : "A quiet update to "}
        <b>
          <Exact text={names} />
        </b>
        , {at <= now ? "now" : <Age at={at} now={now} />}
      </div>
    </li>
  );
}

function nobodyBecause({ clearedAt, nextStep, sentCount }: Incident): string {
  if (clearedAt !== null) return "Nobody: it is well again, and waits to be over.";
  if (nextStep === null && sentCount > 0) return "Nobody: this is told once.";
  return "Nobody for now: somebody has answered, or an approved act is under way.";
}
