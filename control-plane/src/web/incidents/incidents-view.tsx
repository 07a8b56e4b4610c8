// All incidents, open and over, the newest first: narrowed by how they stand, how bad, why, where and when, and by words.
// Pure.
import type { IncidentNow, NamedPerson } from "../../core/desk/incidents-now.ts";
import { PAGE_REASONS } from "../../core/words/reason-kinds.ts";
import type { DeskPart } from "../../http/desk-lists.ts";
import { isFresh } from "../../read-side/listed-host.ts";
import type { ListedIncident } from "../../read-side/listed-incident.ts";
import { type Frame, Layout } from "../frame/layout.tsx";
import { AsOf } from "../look/as-of.tsx";
import { OwnCard } from "../look/own-card.tsx";
import { Exact } from "../look/parts.tsx";
import { spanOf } from "../look/place-time.ts";
import { State, type StateKind } from "../look/state.tsx";
import { Age } from "../look/time.tsx";
import {
  type AskedIncidents,
  isNarrowed,
  narrowedWords,
  pathOf,
  SEVERITIES,
  STANDING_WORDS,
} from "./incidents-asked.ts";

export interface IncidentsViewProps {
  readonly frame: Frame;
  readonly asked: AskedIncidents;
  readonly part: DeskPart<ListedIncident>;
  /** what the desk knows of those that are open: who has it, and whether it rings */
  readonly known: readonly IncidentNow[];
}

/** Part of the list. */
export function IncidentsView({ asked, frame, known, part }: IncidentsViewProps) {
  const { now } = frame;
  return (
    <Layout title="Incidents" frame={frame} path="/incidents">
      <h1>Incidents</h1>
      <AsOf asOf={part.asOf} now={now} what="list of incidents" />
      {isNarrowed(asked) && (
        <p>
          Only <Exact text={narrowedWords(asked)} />. <a href="/incidents">Show all</a>
        </p>
      )}
      <details>
        <summary>{isNarrowed(asked) ? "Narrow it down otherwise" : "Narrow it down"}</summary>
        <Narrowing asked={asked} />
      </details>
      {part.rows.length === 0 && <Nothing asked={asked} isRead={isFresh(part.asOf, now)} />}
      {part.rows.length > 0 && (
        <ul class="card list">
          {part.rows.map((incident) => (
            <OwnCard as="li" what={`Incident ${incident.incidentId}`}>
              <IncidentLine
                incident={incident}
                known={known.find(({ incidentId }) => incidentId === incident.incidentId) ?? null}
                now={now}
                reader={frame.signIn.responder}
              />
            </OwnCard>
          ))}
        </ul>
      )}
      {part.next !== null && (
        <p>
          <a class="btn plain" href={pathOf(asked, part.next)}>
            Older ones
          </a>
        </p>
      )}
    </Layout>
  );
}

function Nothing({ asked, isRead }: { readonly asked: AskedIncidents; readonly isRead: boolean }) {
  if (!isRead) return <p>The desk itself holds none that fits: nothing of it is open.</p>;
  if (isNarrowed(asked)) return <p>No incident fits.</p>;
  return (
    <p>
      There was none yet. <a href="/people#ways">A test page</a> proves that you would hear of one.
    </p>
  );
}

interface LineProps {
  readonly incident: ListedIncident;
  /** null: it is over, or the desk knows nothing of it */
  readonly known: IncidentNow | null;
  readonly now: number;
  readonly reader: string;
}

/** How it stands comes first: what rings is what somebody looks for. */
function IncidentLine({ incident, known, now, reader }: LineProps) {
  const { happenedAt, incidentId, openedAt, resolvedAt, severity, title } = incident;
  const { kind, words } = standingOf(incident, known, reader);
  const link = (
    <a class="tap" href={`/incidents/${incidentId}`}>
      <Exact text={title} />
    </a>
  );
  return (
    <li>
      <p class="row">
        <State kind={kind}>
          <Exact text={words} />
        </State>
        <Age at={openedAt} now={now} />
      </p>
      <p>{kind === "rings" ? <b>{link}</b> : link}</p>
      <p class="small soft">
        {severity}
        {resolvedAt !== null && ` · over after ${spanOf(resolvedAt - happenedAt)}`}
      </p>
    </li>
  );
}

function standingOf(
  { severity, state }: ListedIncident,
  known: IncidentNow | null,
  reader: string,
): { readonly kind: StateKind; readonly words: string } {
  switch (state) {
    case "open":
      if (known !== null && known.silence !== null)
        return { kind: "silenced", words: `Silenced by ${namedFor(reader, known.silence.by)}` };
      if (known !== null && known.next !== null && known.rung.length > 0)
        return { kind: "rings", words: "Rings now" };
      return { kind: severity === "critical" || severity === "error" ? "failing" : "warning", words: "Open" };
    case "acknowledged":
      return {
        kind: "taken",
        words: known?.takenBy ? `Taken by ${namedFor(reader, known.takenBy)}` : "Taken",
      };
    case "merged":
      return { kind: "done", words: "Taken into another" };
    case "resolved":
      return { kind: "done", words: "Over" };
    case "unknown":
      // A row that a desk which was set back knows no more, or that somebody wrote by hand.
      return { kind: "unknown", words: "Not known" };
  }
}

function namedFor(reader: string, { name, responder }: NamedPerson): string {
  return responder === reader ? "you" : name;
}

function Narrowing({ asked }: { readonly asked: AskedIncidents }) {
  return (
    <form method="get" action="/incidents" role="search">
      <label>
        Words in the title, or in the name of a host or service
        <input type="search" name="q" value={asked.search} autocomplete="off" />
      </label>
      <Choice
        name="state"
        label="How it stands"
        chosen={asked.state}
        options={Object.entries(STANDING_WORDS)}
      />
      <Choice
        name="severity"
        label="How bad"
        chosen={asked.severity}
        options={SEVERITIES.map((name) => [name, name])}
      />
      <Choice
        name="reason"
        label="Reason"
        chosen={asked.reason}
        options={PAGE_REASONS.map((name) => [name, name])}
      />
      <label>
        Host
        <input type="text" name="host" value={asked.host} autocomplete="off" />
      </label>
      <label>
        Service
        <input type="text" name="service" value={asked.service} autocomplete="off" />
      </label>
      <label>
        From (UTC)
        <input type="date" name="from" value={asked.from} />
      </label>
      <label>
        To (UTC, that day included)
        <input type="date" name="to" value={asked.to} />
      </label>
      <button class="btn">Show these</button>
    </form>
  );
}

function Choice(props: {
  readonly name: string;
  readonly label: string;
  readonly chosen: string;
  readonly options: readonly (readonly [value: string, words: string])[];
}) {
  const { chosen, label, name, options } = props;
  return (
    <label>
      {label}
      <select name={name}>
        <option value="">any</option>
        {options.map(([value, words]) => (
          <option value={value} selected={value === chosen}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
