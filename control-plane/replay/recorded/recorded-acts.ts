// What people did, from the desk's audit rows, done again in a replay. Ids differ from run to run, so an act finds its incident by
// reason and subject as the audit names them; where this run has no such incident, there is nothing to act on.
import { valuesOf } from "@countersign/shared/values/named";
import { isUndecided } from "../../src/core/desk/state/desk-change.ts";
import { FLEET, nameOf, type Scope, scopeOfKey } from "../../src/core/words/subject.ts";
import type { AuditEntry, Incident } from "../../src/core/desk/state/desk-state.ts";
import type { SimulatedDesk } from "../world/simulated-desk.ts";

/** Who an incident of the audit is: its rule, and its subject by name. */
interface Named {
  readonly actor: string;
  readonly name: string;
}

export class RecordedActs {
  readonly #incidents = new Map<string, Named>();
  readonly #incidentOfApproval = new Map<string, string>();
  readonly #hostNames: ReadonlyMap<string, string>;

  constructor(audit: readonly AuditEntry[], hostNames: ReadonlyMap<string, string>) {
    this.#hostNames = hostNames;
    for (const { act, actor, subject, why } of audit) {
      const id = subject.slice(subject.indexOf(":") + 1);
      if (act === "incident-opened") this.#incidents.set(id, { actor, name: beforeColon(why) });
      const incidentId = / for incident (\S+)$/.exec(why)?.[1];
      if (act === "approval-requested" && incidentId !== undefined)
        this.#incidentOfApproval.set(id, incidentId);
    }
  }

  /** Does again what one audit row says a person did; rows of rules, hosts and the desk itself do nothing. */
  repeat(desk: SimulatedDesk, { act, actor: by, subject, why }: AuditEntry): void {
    const id = subject.slice(subject.indexOf(":") + 1);
    if (/^(?:rule:|host:|desk$)/.test(by)) return;
    switch (act) {
      case "incident-acknowledged": {
        const incident = this.#find(desk, id);
        if (incident !== null) desk.take({ kind: "acknowledge", incidentId: incident.incidentId, by });
        return;
      }
      case "approval-approved":
      case "approval-denied":
        return this.#answer(desk, { id, by, kind: act === "approval-approved" ? "approve" : "deny" });
      case "automation-frozen":
        desk.take({ kind: "freeze", scope: this.#scopeOf(id), by, why: afterColon(why) });
        return;
      case "freeze-lifted":
        desk.take({ kind: "lift-freeze", scope: this.#scopeOf(id), by, why });
    }
  }

  #answer(
    desk: SimulatedDesk,
    { id, by, kind }: { readonly id: string; readonly by: string; readonly kind: "approve" | "deny" },
  ): void {
    const incident = this.#find(desk, this.#incidentOfApproval.get(id) ?? "");
    const approval = valuesOf(desk.state.approvals).find(
      (each) => each.incidentId === incident?.incidentId && isUndecided(each),
    );
    if (approval === undefined) return;
    const { approvalId, proposalHash } = approval;
    desk.take({ kind: "approval-seen", approvalId, by });
    desk.take({ kind, approvalId, by, proposalHash });
  }

  #find(desk: SimulatedDesk, id: string): Incident | null {
    const named = this.#incidents.get(id);
    const found = valuesOf(desk.state.incidents).find(
      ({ reason, state, subject }) =>
        state !== "resolved" && `rule:${reason}` === named?.actor && nameOf(subject) === named.name,
    );
    return found ?? null;
  }

  #scopeOf(key: string): Scope {
    return scopeOfKey(key, this.#hostNames) ?? FLEET;
  }
}

function beforeColon(text: string): string {
  return text.split(": ")[0] ?? "";
}

function afterColon(text: string): string {
  return text.slice(text.indexOf(": ") + 2);
}
