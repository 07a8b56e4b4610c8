// What is noted of a desk's steps, whichever of its lives took them: the names that providers gave, and whether an
// alarm was armed for what was due.
import type { DeskState } from "../../../control-plane/src/core/desk/state/desk-state.ts";
import type { DecidedStep } from "../../../control-plane/src/shell/desk/desk-ports.ts";

export interface Remembered {
  readonly decided: (step: DecidedStep & { readonly armedAt: number | null }) => void;
  /** by which providers call what the desk knows that they took */
  readonly handles: ReadonlySet<string>;
  /** steps that left something due, and no alarm for it */
  readonly unarmed: readonly string[];
}

export function rememberSteps(): Remembered {
  const handles = new Set<string>();
  const unarmed: string[] = [];
  return {
    handles,
    unarmed,
    decided: ({ after, armedAt, events }) => {
      for (const { handle } of after.deliveries.values()) handles.add(handle);
      const dueAt = earliestIn(after);
      if (dueAt !== null && (armedAt === null || armedAt > dueAt))
        unarmed.push(`${events[0]?.kind}: due at ${dueAt}, armed at ${armedAt}`);
    },
  };
}

/** When the first page or delivery is due; null: none is. */
export function earliestIn({ deliveries, pages }: DeskState): number | null {
  const dueAt = [
    ...pages.values().flatMap(({ nextAttemptAt, state }) => (state === "pending" ? [nextAttemptAt] : [])),
    ...deliveries
      .values()
      .flatMap(({ arrivesByAt, askAt, settleAt }) =>
        [arrivesByAt, askAt, settleAt].filter((at) => at !== null),
      ),
  ];
  return dueAt.length === 0 ? null : Math.min(...dueAt);
}
