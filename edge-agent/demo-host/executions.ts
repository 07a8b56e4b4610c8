// What the actuator's journal says it executed: the demo's evidence comes from the host's own books. Pure.
import { parseJournalLine } from "../src/actuator/journal-record.ts";
import type { Execution } from "./demo-host.ts";

/** Executions of a journal, oldest first; one without an outcome yet has the status `started`. */
export function executionsOf(journalText: string): readonly Execution[] {
  const executions = new Map<string, Execution>();
  for (const line of journalText.split("\n")) {
    const record = line === "" ? null : (parseJournalLine(line)?.record ?? null);
    if (record?.type === "started") {
      const { grantId, action, argv, nonce, signers = [] } = record;
      executions.set(nonce, { grantId, action, argv, status: "started", detail: "", signers });
    }
    if (record?.type !== "outcome" || record.outcome.nonce === null) continue;
    const { nonce, status, detail, refusal } = record.outcome;
    const started = executions.get(nonce);
    if (started !== undefined) executions.set(nonce, { ...started, status, detail: refusal ?? detail });
  }
  return [...executions.values()];
}
