// Writes into a replay's record what shards said and how incidents turned. The differential test writes what real workerd decided with
// the same functions, so that both records are compared word by word.
import { decodeBase64 } from "@countersign/shared/values/base64";
import { parseProposal } from "@countersign/shared/wire/grant";
import { type Named, valuesOf } from "@countersign/shared/values/named";
import type { Incident } from "../../src/core/desk/state/desk-state.ts";
import type { Signal } from "../../src/core/words/signal.ts";
import type { ReplayRecord } from "../printed/replay-record.ts";

/** Records the proposals and the refusals that a signal tells of. */
export function recordSignal(record: ReplayRecord, signal: Signal, at: number): void {
  const refuse = (by: string, reason: string) => {
    const { hostName = null, service = null } = signal.subject ?? {};
    record.refusals.push({ at, host: hostName, service, by, reason });
  };
  switch (signal.kind) {
    case "proposed": {
      const { hostName, service } = signal.subject;
      const parsed = parseProposal(decodeBase64(signal.proposal) ?? new Uint8Array());
      const { action, argv } = parsed.ok ? parsed.value : { action: "unreadable", argv: [] };
      record.proposals.push({ at, host: hostName, service, action, argv });
      return;
    }
    case "proposal-refused":
      return refuse("actuator", signal.refusal);
    case "outcome":
      if (signal.outcome.status === "refused") refuse("actuator", signal.outcome.refusal ?? "refused");
      return;
    case "firing":
      for (const { at: since, text } of signal.evidence)
        if (since === at && /^(?:not proposed|nothing is proposed|restart budget)/.test(text))
          refuse("shard", text);
      return;
    case "cleared":
    case "superseded":
    case "grant-recalled":
    case "verification":
    case "unreadable":
    case "note":
  }
}

/** Records each incident whose state, severity or title is another than when it was `seen` last. */
export function recordTurns(
  record: ReplayRecord,
  seen: Map<string, Incident>,
  now: { readonly incidents: Named<Incident>; readonly at: number },
): void {
  for (const incident of valuesOf(now.incidents)) {
    const before = seen.get(incident.incidentId);
    if (before === incident) continue;
    seen.set(incident.incidentId, incident);
    if (before !== undefined && isSameToPeople(before, incident)) continue;
    const { incidentId, reason, severity, title, state, subject } = incident;
    const { hostName: host, service } = subject;
    record.turns.push({ at: now.at, incidentId, reason, host, service, severity, title, state });
  }
}

function isSameToPeople(before: Incident, after: Incident): boolean {
  return before.state === after.state && before.severity === after.severity && before.title === after.title;
}
