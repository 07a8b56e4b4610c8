// When something about each incident is due, where that depends on more than the incident: on its findings, its
// approvals, on silences and freezes, and on whether any host is late. Pure: the instants are kept up from each state
// to the next, and only those are made anew of which something has changed. What a reader would get wrong: an instant
// is kept as it would be at the beginning of time. It is never later than what the same state would say now, so what
// may be due is asked once more with the present instant by whoever acts on it.
import { DueList } from "@countersign/shared/values/due-list";
import { type KeptUp, keptUp, type Placed } from "@countersign/shared/values/records";
import type { Policy } from "../../../policy/policy.ts";
import type { Approval } from "../records/approval.ts";
import type { Finding } from "../records/finding.ts";
import type { Incident } from "../records/incident.ts";
import { type ChangedOwners, changedOwners } from "./changed-owners.ts";
import type { DeskContext } from "./desk-events.ts";
import type { DeskState } from "./desk-state.ts";
import { lateCountOf } from "./fleet-size.ts";

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

/** What the instants were made of, beside incidents and what belongs to them. */
interface Given extends Pick<DeskState, "silences"> {
  readonly owners: Owners;
  readonly policy: Policy;
  readonly isAnyoneLate: boolean;
}

/** Of which incidents a finding or an approval has changed. */
interface Owners {
  readonly findings: ChangedOwners<Finding>;
  readonly approvals: ChangedOwners<Approval>;
}

class Board implements KeptUp<Incident> {
  readonly #dueAtOf: IncidentDueAt;
  readonly #all: ReadonlyMap<string, Placed<Incident>>;
  readonly #list = new DueList();
  readonly #changedFindingsOf = changedOwners<Finding>();
  readonly #changedApprovalsOf = changedOwners<Approval>();
  #given: Given | null = null;
  readonly #unjudged = new Set<string>();

  constructor(all: ReadonlyMap<string, Placed<Incident>>, dueAtOf: IncidentDueAt) {
    this.#all = all;
    this.#dueAtOf = dueAtOf;
  }

  changed(id: string): void {
    this.#unjudged.add(id);
  }

  dueAt(state: DeskState, now: number, policy: Policy): readonly Incident[] {
    return this.list(state, policy)
      .dueAt(now)
      .flatMap((id) => this.#all.get(id) ?? [])
      .sort((left, right) => left.place - right.place)
      .map(({ value }) => value);
  }

  list(state: DeskState, policy: Policy): DueList {
    const owners = {
      findings: this.#changedFindingsOf(state.findings),
      approvals: this.#changedApprovalsOf(state.approvals),
    };
    const isAnyoneLate = lateCountOf(state) !== 0;
    const given = { owners, policy, silences: state.silences, isAnyoneLate };
    const before = this.#given;
    // what throws on its way is judged anew as a whole
    this.#given = null;
    for (const id of this.#touched(before, given)) this.#unjudged.add(id);
    for (const id of this.#unjudged) {
      const placed = this.#all.get(id);
      this.#list.set(id, placed === undefined ? null : this.#dueAtOf(state, placed.value, policy));
    }
    this.#unjudged.clear();
    this.#given = given;
    return this.#list;
  }

  /** The incidents that may be due at another instant than they were, though they are the same. */
  #touched(before: Given | null, given: Given): Iterable<string> {
    const { approvals, findings } = given.owners;
    const changed = [...findings.takeIncidents(), ...approvals.takeIncidents()];
    if (before?.owners.approvals !== approvals || before.owners.findings !== findings)
      return this.#all.keys();
    if (before.policy !== given.policy || before.silences !== given.silences) return this.#all.keys();
    // the first ring of a silence goes by it
    if (before.isAnyoneLate !== given.isAnyoneLate) return this.#all.keys();
    return changed;
  }
}
