// The part of `doctor` that asks whether each undo names an action of the same service, and another one. Pure but for its form.
import { editCatalogue, eachService, type Examiner } from "./examiner.ts";
import { well, wrong } from "./finding.ts";

export const undoExaminer: Examiner = {
  eyes: "anyone",
  examine: ({ catalogue, paths }) =>
    eachService(catalogue, async ({ actions, name: service }) =>
      actions.flatMap(({ name, undo }) => {
        if (undo === undefined) return [];
        const check = `undo: ${service} ${name}`;
        if (undo === name)
          return wrong(
            check,
            "it takes itself back: name the action that restores what was before",
            editCatalogue(paths),
          );
        return actions.some((other) => other.name === undo)
          ? well(check, `${undo} takes it back`)
          : wrong(check, `there is no action ${undo}, so nothing can take it back`, editCatalogue(paths));
      }),
    ),
};
