// Troubles of services that belong to nothing wide, by when they were placed: of those that came lately, one asks whether they are one trouble of
// the fleet. Pure: kept up from each change to the next, newest last, so that asking costs what came lately.
import { DueList } from "@countersign/shared/values/due-list";
import { type KeptUp, keptUp, type Placed } from "@countersign/shared/values/records";
import { kindOf } from "../../words/reason-kinds.ts";
import type { Finding } from "../records/finding.ts";
import type { DeskState } from "./desk-state.ts";

const lonelyOf = keptUp<Finding, Lonely>((all) => new Lonely(all));

/** Those that were placed at an instant or after it, in the order in which they began. */
export function lonelyTroubleSince(
  { findings }: Pick<DeskState, "findings">,
  at: number,
): readonly Finding[] {
  return lonelyOf(findings).since(at);
}

class Lonely implements KeptUp<Finding> {
  readonly #all: ReadonlyMap<string, Placed<Finding>>;
  /** by when they were placed, the newest first */
  readonly #list = new DueList();

  constructor(all: ReadonlyMap<string, Placed<Finding>>) {
    this.#all = all;
  }

  changed(id: string, placed: Placed<Finding> | undefined): void {
    this.#list.set(id, placed !== undefined && isLonely(placed.value) ? -placed.value.placedAt : null);
  }

  since(at: number): readonly Finding[] {
    return this.#list
      .dueAt(-at)
      .flatMap((id) => this.#all.get(id) ?? [])
      .sort((left, right) => left.place - right.place)
      .map(({ value }) => value);
  }
}

function isLonely({ endedAt, reason, standing, subject }: Finding): boolean {
  return endedAt === null && standing === "own" && subject.kind === "service" && kindOf(reason) === "trouble";
}
