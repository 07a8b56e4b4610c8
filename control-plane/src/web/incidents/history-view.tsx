// Incidents that are over, the newest end first, part by part. Pure.
import type { DeskPart } from "../../http/desk-lists.ts";
import type { IncidentRow } from "../../read-side/queries/incident-rows.ts";
import { AsOf } from "../frame/as-of.tsx";
import { Layout, type Frame } from "../frame/layout.tsx";
import { OwnCard } from "../frame/own-card.tsx";
import { ResolvedLine } from "./resolved-line.tsx";

export interface HistoryViewProps {
  readonly frame: Frame;
  readonly part: DeskPart<IncidentRow>;
}

/** Part of the history. */
export function HistoryView({ frame, part }: HistoryViewProps) {
  return (
    <Layout title="What is over" frame={frame} path="/incidents">
      <h1>What is over</h1>
      <AsOf asOf={part.asOf} now={frame.now} what="history" />
      {part.asOf !== null && part.rows.length === 0 && <p>No incident to show.</p>}
      <ul class="list">
        {part.rows.map((incident) => (
          <OwnCard as="li" what={`Incident ${incident.incidentId}`}>
            <ResolvedLine incident={incident} now={frame.now} />
          </OwnCard>
        ))}
      </ul>
      {part.next !== null && (
        <p>
          <a class="btn plain" href={`/incidents?after=${encodeURIComponent(part.next)}`}>
            Older ones
          </a>
        </p>
      )}
    </Layout>
  );
}
