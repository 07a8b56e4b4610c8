// The part of `doctor` that reads each work counter as the agent does, out of the same file or address, and says what is
// wrong with it in the same words. Reads only.
import { lookAtCounter } from "../../evidence/read-counter.ts";
import { editCatalogue, eachService, type Examiner } from "./examiner.ts";
import { well, wrong } from "./finding.ts";

export const countersExaminer: Examiner = {
  name: "counters",
  eyes: "agent",
  isWatched: true,
  examine: ({ catalogue, paths }) =>
    eachService(catalogue, ({ evidence, name: service }) =>
      Promise.all(
        (evidence?.counters ?? []).map(async (counter) => {
          const check = `counter: ${service} ${counter.name}`;
          const look = await lookAtCounter(counter);
          if (look.values !== null) return well(check, `it tells ${seriesInWords(look.values.size)}`);
          const { problems, remedies } = look.reading;
          const [remedy] = remedies;
          return remedy === undefined
            ? wrong(check, problems.join("; "), editCatalogue(paths))
            : wrong(check, "the agent may not read it", remedy);
        }),
      ),
    ),
};

function seriesInWords(count: number): string {
  return count === 1 ? "one series" : `${count} series`;
}
