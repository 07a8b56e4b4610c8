// When something about each incident is due, where that depends on more than the incident: on its approvals, on the incidents that say it
// already, on silences and freezes. Pure: the instants are kept up from each state to the next, and only those are made anew of which
// something has changed.
// What a reader would get wrong: an instant is kept as it would be at the beginning of time. It is never later than what the same state
// would say now, so what may be due is asked once more with the present instant by whoever acts on it.
import { DueList } from "@countersign/shared/values/due-list";
import { type KeptUp, keptUp, type Placed } from "@countersign/shared/values/records";
import type { Policy } from "../../../policy/policy.ts";
import type { Approval } from "../records/approval.ts";
import type { Incident } from "../records/incident.ts";
import { type ChangedOwners, changedOwners } from "./changed-owners.ts";
import type { DeskContext } from "./desk-events.ts";
import { heldBy, openIncidentsOf, reachOf } from "./desk-index.ts";
import type { DeskState } from "./desk-state.ts";

/** When something is due by itself; null: never, as things are. */
export type IncidentDueAt = (state: DeskState, incident: Incident, policy: Policy) => number | null;

/** Incidents by when something about them is due. */
export interface DueIncidents {
  /** those that may be due, in the order of the incidents */
  dueAt(state: DeskState, context: Pick<DeskContext, "now" | "policy">): readonly Incident[];
  /** the first instant, which may have been; null: there is none */
  earliestAt(state: DeskState, context: Pick<DeskContext, "policy">): number | null;
  /** the first instant after now; null: there is none */
  nextAfter(state: DeskState, context: Pick<DeskContext, "now" | "policy">): number | null;
}

/** Keeps when something is due about each incident. */
export function dueIncidents(dueAtOf: IncidentDueAt): DueIncidents {
  const boardOf = keptUp<Incident, Board>((all) => new Board(all, dueAtOf));
  return {
    dueAt: (state, { now, policy }) => boardOf(state.incidents).dueAt(state, now, policy),
    earliestAt: (state, { policy }) => boardOf(state.incidents).list(state, policy).earliestAt(),
    nextAfter: (state, { now, policy }) => boardOf(state.incidents).list(state, policy).nextAfter(now),
  };
}

/** What the instants were made of, beside incidents and approvals. */
type Given = Pick<DeskState, "freezes" | "silences"> & {
  readonly approvals: ChangedOwners<Approval>;
  readonly policy: Policy;
};

class Board implements KeptUp<Incident> {
  readonly #dueAtOf: IncidentDueAt;
  readonly #all: ReadonlyMap<string, Placed<Incident>>;
  readonly #list = new DueList();
  readonly #changedApprovalsOf = changedOwners<Approval>();
  #given: Given | null = null;
  readonly #unjudged = new Set<string>();
  readonly #reachOf = new Map<string, string>();
  /** of incidents that changed: whom they keep from paging, or did */
  readonly #reaches = new Set<string>();

  constructor(all: ReadonlyMap<string, Placed<Incident>>, dueAtOf: IncidentDueAt) {
    this.#all = all;
    this.#dueAtOf = dueAtOf;
  }

  changed(id: string, placed: Placed<Incident> | undefined): void {
    const before = this.#reachOf.get(id);
    const reach = placed === undefined ? null : reachOf(placed.value);
    if (before !== undefined) this.#reaches.add(before);
    this.#unjudged.add(id);
    if (reach === null) {
      this.#reachOf.delete(id);
      return;
    }
    this.#reaches.add(reach);
    this.#reachOf.set(id, reach);
  }

  dueAt(state: DeskState, now: number, policy: Policy): readonly Incident[] {
    return this.list(state, policy)
      .dueAt(now)
      .flatMap((id) => this.#all.get(id) ?? [])
      .sort((left, right) => left.place - right.place)
      .map(({ value }) => value);
  }

  list(state: DeskState, policy: Policy): DueList {
    const { freezes, silences } = state;
    const given = { approvals: this.#changedApprovalsOf(state.approvals), policy, silences, freezes };
    const before = this.#given;
    // what throws on its way is judged anew as a whole
    this.#given = null;
    for (const id of this.#touched(state, before, given)) this.#unjudged.add(id);
    for (const id of this.#unjudged) {
      const placed = this.#all.get(id);
      this.#list.set(id, placed === undefined ? null : this.#dueAtOf(state, placed.value, policy));
    }
    this.#reaches.clear();
    this.#unjudged.clear();
    this.#given = given;
    return this.#list;
  }

  /** The incidents that may be due at another instant than they were, though they are the same. */
  #touched(state: DeskState, before: Given | null, given: Given): Iterable<string> {
    const changed = given.approvals.takeIncidents();
    if (before?.approvals !== given.approvals || before.policy !== given.policy) return this.#all.keys();
    if (before.silences !== given.silences) return this.#all.keys();
    const held = [...this.#reaches].flatMap((reach) => heldBy(state, reach));
    const told = before.freezes === given.freezes ? [] : openIncidentsOf(state, "automation-frozen");
    return [...changed, ...[...held, ...told].map(({ incidentId }) => incidentId)];
  }
}
