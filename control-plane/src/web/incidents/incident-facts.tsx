// The facts of one incident: what it is about, its reason, and how far it has come. Pure.
import { formatDuration } from "@countersign/shared/values/duration";
import { isFlapping } from "../../core/desk/incidents/flapping.ts";
import type { Finding } from "../../core/desk/records/finding.ts";
import type { Incident } from "../../core/desk/records/incident.ts";
import { actorNameOf } from "../../core/words/actor.ts";
import { isHosted } from "../../core/words/subject.ts";
import { Exact } from "../frame/parts.tsx";
import { Age } from "../frame/time.tsx";
import { factsOfIncident } from "./incident-words.ts";

export interface IncidentFactsProps {
  readonly now: number;
  readonly incident: Incident;
  /** the gravest finding; absent: it cannot be read */
  readonly lead?: Finding | undefined;
  /** when it resolves if it stays well; null: not by time alone */
  readonly resolvesAt: number | null;
}

/** A line for each fact that there is. */
export function IncidentFacts({ incident, lead, now, resolvesAt }: IncidentFactsProps) {
  const { subject } = incident;
  const restarts = (lead?.restarts?.count ?? 0) > 0 ? (lead?.restarts ?? null) : null;
  return (
    <dl class="facts">
      {factsOfIncident(incident).map(([kind, name]) => (
        <>
          <dt>{kind}</dt>
          <dd>
            {kind === "Host" && isHosted(subject) ? (
              <a href={`/hosts/${subject.hostId}`}>
                <Exact text={name} />
              </a>
            ) : (
              <Exact text={name} />
            )}
          </dd>
        </>
      ))}
      <dt>Reason</dt>
      <dd>
        <a href={`/runbooks/${incident.reason}`}>{incident.reason}</a>
      </dd>
      <dt>Began</dt>
      <dd>
        <Age at={incident.happenedAt} now={now} />
      </dd>
      {restarts !== null && <dt>Restarts</dt>}
      {restarts !== null && (
        <dd>
          {restarts.count} of {restarts.max} in {formatDuration(restarts.windowMs)}, by anyone
        </dd>
      )}
      {lead !== undefined && isFlapping(lead) && (
        <>
          <dt>Flapping</dt>
          <dd>it began {lead.beginningsAt.length} times; one incident until it is quiet</dd>
        </>
      )}
      <Progress now={now} incident={incident} resolvesAt={resolvesAt} />
    </dl>
  );
}

function Progress({ incident, now, resolvesAt }: IncidentFactsProps) {
  const { acknowledgedBy, acknowledgedUntilAt, clearedAt, resolvedAt } = incident;
  const isAcknowledged = incident.state === "acknowledged" && acknowledgedUntilAt !== null;
  return (
    <>
      {isAcknowledged && <dt>Acknowledged</dt>}
      {isAcknowledged && (
        <dd>
          by {acknowledgedBy === null ? "somebody" : actorNameOf(acknowledgedBy)}, until{" "}
          <Age at={acknowledgedUntilAt} now={now} />
        </dd>
      )}
      {clearedAt !== null && <dt>Cleared</dt>}
      {clearedAt !== null && (
        <dd>
          <Age at={clearedAt} now={now} />
          {resolvedAt === null &&
            resolvesAt === null &&
            ", holding: resolves when the approved act is proven"}
          {resolvedAt === null && resolvesAt !== null && (
            <>
              , holding: resolves <Age at={resolvesAt} now={now} /> if it stays well
            </>
          )}
        </dd>
      )}
      {resolvedAt !== null && <dt>Resolved</dt>}
      {resolvedAt !== null && (
        <dd>
          <Age at={resolvedAt} now={now} />
        </dd>
      )}
    </>
  );
}
