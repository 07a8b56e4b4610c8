// How an open incident stands, for every view that lists some: it needs somebody, or somebody or something has it. Pure.
import { useContext } from "hono/jsx";
import type { IncidentNow } from "../../core/desk/incidents-now.ts";
import type { Incident } from "../../core/desk/records/incident.ts";
import { Exact } from "../look/parts.tsx";
import { clockIn, instantIn } from "../look/place-time.ts";
import { State } from "../look/state.tsx";
import { ReaderZone } from "../look/time.tsx";

/**
 * `rings`: nobody has it; `runs`: what was approved is under way; `held`: well again, and must stay so; `told`: told once,
 * nobody is rung; `frozen`: it is the brake itself.
 */
export type Standing = "rings" | "told" | "runs" | "taken" | "frozen" | "silenced" | "held";

/** Of what is open; `isRunning`: what was approved of it is under way. */
export function standingOf(incident: Incident, known: IncidentNow | null, isRunning: boolean): Standing {
  if (incident.clearedAt !== null) return "held";
  if (incident.reason === "automation-frozen") return "frozen";
  // What else broke meanwhile rings, whatever runs.
  if (isRunning && (known === null || known.next === null)) return "runs";
  if (known !== null && known.silence !== null) return "silenced";
  if (incident.state === "acknowledged") return "taken";
  return known !== null && known.next === null && incident.sentCount > 0 ? "told" : "rings";
}

/** How it stands: a shape and a word. */
export function OpenStanding(props: {
  readonly incident: Pick<Incident, "acknowledgedBy">;
  readonly known: IncidentNow | null;
  readonly standing: Standing;
  readonly now: number;
}) {
  const { incident, known, now, standing } = props;
  switch (standing) {
    case "rings":
      return <State kind="rings">Rings now</State>;
    case "told":
      return <State kind="warning">Told once</State>;
    case "runs":
      return <State kind="running">What was approved is under way</State>;
    case "taken":
      return (
        <State kind="taken">
          Taken by <Exact text={known?.takenBy?.name ?? incident.acknowledgedBy?.responder ?? "somebody"} />
        </State>
      );
    case "frozen":
      return <State kind="frozen">Frozen until somebody lifts it</State>;
    case "silenced":
      return (
        <State kind="silenced">
          Silenced until <WholeMinute at={known?.silence?.endsAt ?? now} now={now} />
        </State>
      );
    case "held":
      return <State kind="well">Well again, and must stay so</State>;
  }
}

/** `08:00`: seconds of an end that a person chose say nothing. */
function WholeMinute({ at, now }: { readonly at: number; readonly now: number }) {
  const zone = useContext(ReaderZone);
  return (
    <time datetime={new Date(at).toISOString()} title={instantIn(at, zone)}>
      {clockIn(at, now, zone).replace(/:\d\d$/, "")}
    </time>
  );
}
