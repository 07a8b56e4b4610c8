// How an open incident stands for a person who looks at all of them: it needs somebody, or somebody or something has it.
// Pure.
import type { IncidentNow } from "../../core/desk/incidents-now.ts";
import type { Approval } from "../../core/desk/records/approval.ts";
import type { Incident } from "../../core/desk/records/incident.ts";
import { statusOf } from "../approvals/approval-words.ts";
import { type Standing, standingOf } from "../incidents/open-standing.tsx";

/** An incident with what is known of it. */
export interface OpenIncident {
  readonly incident: Incident;
  /** null: the desk was not asked about this one */
  readonly known: IncidentNow | null;
  /** the question that waits; null: none does */
  readonly waiting: Approval | null;
  readonly standing: Standing;
}

/** Each with how it stands, those that need somebody first, else in the order given. */
export function standingsOf(
  incidents: readonly Incident[],
  approvals: readonly Approval[],
  { known, now }: { readonly known: readonly IncidentNow[]; readonly now: number },
): readonly OpenIncident[] {
  const byId = new Map(known.map((each) => [each.incidentId, each]));
  const own = Map.groupBy(approvals, ({ incidentId }) => incidentId);
  return incidents
    .map((incident) => {
      const its = own.get(incident.incidentId) ?? [];
      const about = byId.get(incident.incidentId) ?? null;
      return {
        incident,
        known: about,
        waiting: its.find((approval) => statusOf(approval, now).isOpen) ?? null,
        standing: standingOf(
          incident,
          about,
          its.some((approval) => statusOf(approval, now).isMoving),
        ),
      };
    })
    .toSorted((left, right) => ORDER.indexOf(left.standing) - ORDER.indexOf(right.standing));
}

const ORDER: readonly Standing[] = ["rings", "told", "runs", "taken", "frozen", "silenced", "held"];

/** It wants a person now. */
export function needsSomebody({ standing, waiting }: OpenIncident): boolean {
  return standing === "rings" || standing === "told" || (waiting !== null && standing !== "silenced");
}

const REST: readonly (readonly [Standing, string])[] = [
  ["runs", "under way"],
  ["taken", "taken"],
  ["frozen", "a freeze"],
  ["silenced", "silenced"],
  ["held", "well again"],
];

/** How many need somebody, as the title of the view; `isAllKnown`: the desk was asked about all of them. */
export function headlineOf(open: readonly OpenIncident[], isAllKnown = true): string {
  if (!isAllKnown) return headlineOfSome(open);
  const count = open.filter(needsSomebody).length;
  if (count === 0) return "Nothing needs you now";
  return count === 1 ? "1 incident needs you" : `${count} incidents need you`;
}

/** Of whom the desk was not asked somebody may have it. */
function headlineOfSome(open: readonly OpenIncident[]): string {
  const count = open.filter((one) => one.known !== null && needsSomebody(one)).length;
  if (count === 0) return `${open.length} incidents are open`;
  return `At least ${count} of ${open.length} incidents need you`;
}

/** What becomes of the others, in a sentence; null: there are none. */
export function restOf(open: readonly OpenIncident[]): string | null {
  const others = open.filter((one) => !needsSomebody(one));
  if (others.length === 0) return null;
  const parts = REST.flatMap(([standing, word]) => {
    const count = others.filter((one) => one.standing === standing).length;
    return count === 0 ? [] : [`${numberOf(count)} ${count === 1 ? "is" : "are"} ${word}`];
  });
  const more = others.length < open.length ? "more " : "";
  return `${others.length} ${more}${others.length === 1 ? "is" : "are"} open: ${parts.join(", ")}.`;
}

function numberOf(count: number): string {
  return count === 1 ? "one" : String(count);
}
