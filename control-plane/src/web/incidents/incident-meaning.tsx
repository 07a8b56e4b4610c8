// What an incident means in two sentences, commands to look with, and where else to go from it. Pure.
import { hostIdIn } from "../../core/words/subject.ts";
import { May } from "../look/may.tsx";
import { Exact } from "../look/parts.tsx";
import { Card } from "./card.tsx";
import { isShared } from "./incident-hosts.tsx";
import { askPathIn, inAdvancePathOf, silencePathOf } from "./incident-words.ts";
import type { ShownIncident } from "./shown-incident.ts";

export function IncidentMeaning({ shown }: { readonly shown: ShownIncident }) {
  const { sentences, commands } = shown.meaning;
  const { place, reason, state } = shown.found.incident;
  const isGoing = state === "open" || state === "acknowledged";
  return (
    <>
      {isGoing && sentences.length > 0 && (
        <Card id="meaning" heading="What it means">
          <p>{sentences.map(({ kind, text }) => (kind === "name" ? <Exact text={text} /> : text))}</p>
          <p class="links">
            <a href={`/runbooks/${reason}`}>What to look at, and how to tell a false alarm</a>
          </p>
        </Card>
      )}
      {isGoing && commands.length > 0 && (
        <Card id="look" heading={isShared(place) ? "Look on one of them" : "Look for yourself"}>
          <ol class="log" aria-label="Commands to look with">
            {commands.map((command) => (
              <li>
                <Exact text={command} />
              </li>
            ))}
          </ol>
        </Card>
      )}
      <Onward shown={shown} />
    </>
  );
}

function Onward({ shown }: { readonly shown: ShownIncident }) {
  const { approvals, findings, incident } = shown.found;
  const { incidentId, place, reason, severity, state, subject } = incident;
  const hostId = isShared(place) ? null : hostIdIn(subject);
  const isGoing = state === "open" || state === "acknowledged";
  const askPath = isGoing ? askPathIn(incident) : null;
  const inAdvance = inAdvancePathOf(incident, approvals);
  return (
    <Card id="onward" heading="From here">
      <p class="links">
        {hostId !== null && <a href={`/hosts/${hostId}`}>The host</a>}
        <May needs="answer">
          <a href={`/incidents/${incidentId}/note`}>Add a note</a>
          {askPath !== null && <a href={askPath}>Ask for …</a>}
          {isGoing && <a href={silencePathOf(incident, findings)}>Silence it while you know about it</a>}
        </May>
        {inAdvance !== null && (
          <May needs="approve">
            <a href={inAdvance}>Say yes in advance …</a>
          </May>
        )}
        <a href={`/incidents/${incidentId}/post-mortem.md`}>Draft of a post-mortem</a>
      </p>
      <details>
        <summary>For the record</summary>
        <dl class="facts small">
          <dt>Incident</dt>
          <dd class="mono">{incidentId}</dd>
          <dt>Reason</dt>
          <dd>
            <a href={`/runbooks/${reason}`}>{reason}</a>, {severity}
          </dd>
        </dl>
      </details>
    </Card>
  );
}
