// What people did, from the desk's audit rows, done again in a replay. Ids differ from run to run, so an act finds its incident by
// reason and subject as the audit names them; where this run has no such incident, there is nothing to act on.
import { actBy } from "../../src/core/desk/desk-event.ts";
import type { Incident } from "../../src/core/desk/records/incident.ts";
import { refOf } from "../../src/core/desk/state/audit-ref.ts";
import type { AuditEntry } from "../../src/core/desk/state/desk-state.ts";
import type { PageReason } from "../../src/core/words/signal.ts";
import { isSameSubject, type Subject } from "../../src/core/words/subject.ts";
import { holdersOf, openQuestions } from "../desk-seen.ts";
import type { MemoryDesk } from "../world/memory-desk.ts";
import { standInSignature } from "../world/stand-in.ts";

/** Who an incident of the audit is: its rule, and what it is about. */
interface Opened {
  readonly reason: PageReason;
  readonly subject: Subject;
}

export class RecordedActs {
  readonly #opened = new Map<string, Opened>();

  constructor(audit: readonly AuditEntry[]) {
    for (const row of audit) {
      const [incident, about] = [refOf(row, "incident"), refOf(row, "subject")];
      const { act, actor } = row;
      if (act !== "incident-opened" || actor.kind !== "rule") continue;
      if (incident !== undefined && about !== undefined)
        this.#opened.set(incident.incidentId, { reason: actor.reason, subject: about.subject });
    }
  }

  /** Does again what one audit row says a person did; rows of rules, hosts and the desk itself do nothing. */
  repeat(desk: MemoryDesk, row: AuditEntry): void {
    const { act, actor, why } = row;
    if (actor.kind !== "person") return;
    const by = actor.responder;
    switch (act) {
      case "incident-acknowledged": {
        const incident = this.#find(desk, row);
        if (incident !== null) desk.take(actBy(by, { kind: "acknowledge", incidentId: incident.incidentId }));
        return;
      }
      case "approval-signed":
      case "approval-approved":
        return this.#answer(desk, row, { kind: "approve", by });
      case "approval-denied":
        return this.#answer(desk, row, { kind: "deny", by });
      case "automation-frozen":
      case "freeze-lifted": {
        const scope = refOf(row, "freeze")?.scope;
        if (scope === undefined) return;
        desk.take(actBy(by, { kind: act === "freeze-lifted" ? "lift-freeze" : "freeze", scope, why }));
      }
    }
  }

  #answer(
    desk: MemoryDesk,
    row: AuditEntry,
    { kind, by }: { readonly kind: "approve" | "deny"; readonly by: string },
  ): void {
    const incident = this.#find(desk, row);
    const approval = openQuestions(desk.state).find((each) => each.incidentId === incident?.incidentId);
    if (approval === undefined) return;
    const { approvalId, proposalHash } = approval;
    desk.take(actBy(by, { kind: "see-approval", approvalId }));
    const signature = standInSignature(by, proposalHash);
    const act = kind === "approve" ? { kind, approvalId, proposalHash, signature } : { kind, approvalId };
    desk.take(actBy(by, act));
  }

  #find(desk: MemoryDesk, row: AuditEntry): Incident | null {
    const opened = this.#opened.get(refOf(row, "incident")?.incidentId ?? "");
    if (opened === undefined) return null;
    const isThere = (subject: Subject) => isSameSubject(subject, opened.subject);
    return holdersOf(desk.state, { isThere, reason: opened.reason })[0] ?? null;
  }
}
