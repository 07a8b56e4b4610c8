// The part of `doctor` that reads each work counter as the agent does, out of the same file or address, and says what is
// wrong with it in the same words. Reads only. Whether the agent's user may read the file is asked in doctor-evidence.ts:
// here root looks.
import type { Catalogue } from "@countersign/shared/host/catalogue";
import { lookAtCounter } from "../evidence/read-counter.ts";
import type { Mode } from "../files/read-owned-file.ts";
import { agentPid } from "./doctor-evidence.ts";
import { type Finding, unknown, well, wrong } from "./finding.ts";

/** Examines every work counter of a catalogue. */
export async function examineCounters(catalogue: Catalogue, mode: Mode): Promise<readonly Finding[]> {
  const counters = catalogue.services.flatMap(({ evidence, name: service }) =>
    (evidence?.counters ?? []).map((counter) => ({ service, counter })),
  );
  if (counters.length === 0) return [];
  const pid = mode === "system" ? await agentPid() : null;
  const findings: Finding[] = [];
  for (const { service, counter } of counters) {
    const check = `counter: ${service} ${counter.name}`;
    // The agent's own view of the disk: its unit narrows it.
    if (mode === "system" && pid === null && counter.file !== undefined) {
      findings.push(
        unknown(check, "run doctor as root while the agent runs: it looks with the agent's eyes"),
      );
      continue;
    }
    const look = await lookAtCounter(counter, pid === null ? "" : `/proc/${pid}/root`);
    if (look.values !== null) findings.push(well(check, `it tells ${seriesInWords(look.values.size)}`));
    else
      findings.push(
        wrong(
          check,
          [...look.reading.problems, ...look.reading.remedies.map((remedy) => `run \`${remedy}\``)].join(
            "; ",
          ),
        ),
      );
  }
  return findings;
}

function seriesInWords(count: number): string {
  return count === 1 ? "one series" : `${count} series`;
}
