// What was done and written in an incident, newest first: what the desk put down, and what people wrote. Pure.
import type { Child } from "hono/jsx";
import type { Incident } from "../../core/desk/records/incident.ts";
import type { Actor } from "../../core/words/actor.ts";
import { Exact } from "../look/parts.tsx";
import { Age } from "../look/time.tsx";
import { Card } from "./card.tsx";
import { whoOf } from "./people-words.ts";
import type { ShownIncident } from "./shown-incident.ts";

const UNFOLDED_MAX = 10;

export function IncidentTimeline({ shown }: { readonly shown: ShownIncident }) {
  const { found, frame, people } = shown;
  const entries = entriesOf(found.incident).map(({ at, by, isNote, text }) => (
    <>
      <dt>
        <Age at={at} now={frame.now} />
      </dt>
      <dd data-note={isNote ? "true" : undefined}>
        {isNote && (
          <>
            <b>
              <Exact text={whoOf(by, people)} />
            </b>
            {": "}
          </>
        )}
        <Lines written={text} />
        {!isNote && (
          <span class="soft small">
            {" "}
            (<Exact text={whoOf(by, people)} />)
          </span>
        )}
      </dd>
    </>
  ));
  return (
    <Card id="timeline" heading="Timeline">
      {entries.length === 0 && <p class="soft">Nothing is on record yet.</p>}
      <dl class="when">{entries.slice(0, UNFOLDED_MAX)}</dl>
      {entries.length > UNFOLDED_MAX && (
        <details>
          <summary>{entries.length - UNFOLDED_MAX} before</summary>
          <dl class="when">{entries.slice(UNFOLDED_MAX)}</dl>
        </details>
      )}
    </Card>
  );
}

interface Entry {
  readonly at: number;
  readonly by: Actor;
  readonly text: string;
  readonly isNote: boolean;
}

function entriesOf({ notes = [], timeline }: Incident): readonly Entry[] {
  const all = [
    ...timeline.map((entry) => ({ ...entry, isNote: false })),
    ...notes.map((note) => ({ ...note, isNote: true })),
  ];
  return all.toSorted((left, right) => left.at - right.at).toReversed();
}

/** What somebody wrote in lines stands in lines. */
function Lines({ written }: { readonly written: string }): Child {
  return written.split(/\r\n|[\n\r]/).map((line, index) => (
    <>
      {index > 0 && <br />}
      <Exact text={line} />
    </>
  ));
}
