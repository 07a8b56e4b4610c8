// Writes into a replay's record what shards said and how incidents turned. The differential test writes what real workerd decided with
// the same functions, so that both records are compared word by word.
import { decodeBase64 } from "@countersign/shared/values/base64";
import type { Records } from "@countersign/shared/values/records";
import { parseProposal } from "@countersign/shared/wire/grant";
import type { Incident } from "../../src/core/desk/records/incident.ts";
import { refusalCodeOf, refusalText } from "../../src/core/words/proposal-refusal.ts";
import type { AskRefusal, Signal } from "../../src/core/words/signal.ts";
import { placeNameOf, serviceOf, type Subject } from "../../src/core/words/subject.ts";
import type { RecordedRefusal, ReplayRecord } from "../printed/replay-record.ts";

/** Records the proposals and the refusals that a signal tells of. */
export function recordSignal(record: ReplayRecord, signal: Signal, at: number): void {
  const refused = refusalIn(signal);
  if (refused !== null) record.refusals.push({ at, ...whereOf(signal.subject ?? null), ...refused });
  if (signal.kind !== "proposed") return;
  const { hostName: host, service } = signal.subject;
  const parsed = parseProposal(decodeBase64(signal.proposal) ?? new Uint8Array());
  const { action, argv } = parsed.ok ? parsed.value : { action: "unreadable", argv: [] };
  record.proposals.push({ at, host, service, action, argv });
}

function whereOf(subject: Subject | null): { readonly host: string | null; readonly service: string | null } {
  if (subject === null) return { host: null, service: null };
  return { host: placeNameOf(subject), service: serviceOf(subject) };
}

/** The no that a signal tells of; null: none. What is only in shadow would have been asked for, and is none. */
export function refusalIn(signal: Signal): Pick<RecordedRefusal, "by" | "reason" | "text"> | null {
  switch (signal.kind) {
    case "proposal-refused":
      return refusalBy(signal.refusal.reason === "host-refused" ? "actuator" : "shard", signal.refusal);
    case "outcome": {
      const { refusal, status } = signal.outcome;
      const reason = refusal ?? "refused";
      return status === "refused" ? { by: "actuator", reason, text: reason } : null;
    }
    case "firing":
      if (signal.refusal === undefined || signal.refusal.reason === "in-shadow") return null;
      return refusalBy("shard", signal.refusal);
    case "cleared":
    case "proposed":
    case "superseded":
    case "grant-recalled":
    case "verification":
    case "unreadable":
    case "note":
      return null;
  }
}

function refusalBy(by: string, refusal: AskRefusal): ReturnType<typeof refusalIn> {
  return { by, reason: refusalCodeOf(refusal), text: refusalText(refusal) };
}

/** Records each incident whose state, severity or title is another than when it was `seen` last. */
export function recordTurns(
  record: ReplayRecord,
  seen: Map<string, Incident>,
  now: { readonly incidents: Records<Incident>; readonly at: number },
): void {
  for (const incident of now.incidents.values()) {
    const before = seen.get(incident.incidentId);
    if (before === incident) continue;
    seen.set(incident.incidentId, incident);
    if (before !== undefined && isSameToPeople(before, incident)) continue;
    const { incidentId, reason, severity, title, state, subject } = incident;
    const [host, service] = [placeNameOf(subject), serviceOf(subject)];
    record.turns.push({ at: now.at, incidentId, reason, host, service, severity, title, state });
  }
}

function isSameToPeople(before: Incident, after: Incident): boolean {
  return before.state === after.state && before.severity === after.severity && before.title === after.title;
}
