// What a host's actions would run, as far as the desk was told: exactly what the newest proposal of each said. Pure. What a
// reader would get wrong: a catalogue never travels whole, so of what was not proposed lately nothing is known here.
import type { DeskState } from "../state/desk-state.ts";

/** The exact argument vector of one action. */
export interface KnownArgv {
  readonly service: string;
  readonly action: string;
  readonly argv: readonly string[];
}

/** Of each action of a host that was proposed and is still kept, what it would run. */
export function knownArgvsOn(
  { approvals }: Pick<DeskState, "approvals">,
  hostId: string,
): readonly KnownArgv[] {
  const newestFirst = approvals
    .values()
    .filter(({ subject }) => subject.hostId === hostId)
    .toSorted((left, right) => right.requestedAt - left.requestedAt);
  return newestFirst
    .filter(
      ({ proposal, subject }, index) =>
        newestFirst.findIndex(
          (other) => other.subject.service === subject.service && other.proposal.action === proposal.action,
        ) === index,
    )
    .map(({ proposal: { action, argv }, subject: { service } }) => ({ service, action, argv }));
}
