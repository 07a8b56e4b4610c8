// Putting a policy into force at the desk: the version with its audit row, who is shut out by it, the shards that hear of it.
// What a reader would get wrong: a policy in which nobody who is signed in stays is not refused, it wants to be confirmed; once nobody is
// signed in any more, the admin token opens the door again (platform/desk/sign-in-invitations.ts).
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { AppliedPolicy } from "../rpc.ts";
import type { PlannedVersion, PolicyAct, PolicyActRefusal } from "./desk-policies.ts";
import type { DeskTokens } from "./desk-tokens.ts";
import type { WorkerdDesk } from "./workerd-desk.ts";

export class PolicyActs {
  readonly #desk: WorkerdDesk;
  readonly #tokens: DeskTokens;

  constructor(desk: WorkerdDesk, tokens: DeskTokens) {
    this.#desk = desk;
    this.#tokens = tokens;
  }

  /** Applies or undoes. */
  apply(act: PolicyAct): Result<AppliedPolicy, PolicyActRefusal> {
    const { policies } = this.#desk;
    const planned = policies.plan(act, Date.now());
    if (!planned.ok) return planned;
    const losesAccess = this.#losesAccess(planned.value);
    if (act.confirm !== true && this.#leavesNobody(losesAccess))
      return refuse({ reason: "nobody-left", losesAccess });
    const { row } = planned.value;
    this.#write(act, planned.value);
    this.#desk.tellPolicy(row);
    const warnings = this.#desk.routeWarnings();
    return ok({
      version: row.version,
      hash: row.hash,
      ...(warnings.length === 0 ? {} : { warnings }),
      ...(losesAccess.length === 0 ? {} : { losesAccess }),
    });
  }

  // Without an await in between the runtime stores all of it or nothing; what were left would be found at the next wake.
  #write({ by, text }: PolicyAct, planned: PlannedVersion): void {
    const { policies } = this.#desk;
    const act = text === null ? "policy-undone" : "policy-applied";
    this.#desk.record(
      { actor: by, act, refs: [{ kind: "policy", version: planned.row.version }], why: planned.summary },
      () => policies.write(planned),
    );
    this.#tokens.shutOutLeavers();
  }

  #losesAccess({ policy }: PlannedVersion): readonly string[] {
    const stay = new Set(policy.responders.map(({ id }) => id));
    return this.#desk
      .policy()
      .responders.map(({ id }) => id)
      .filter((id) => !stay.has(id));
  }

  #leavesNobody(losesAccess: readonly string[]): boolean {
    const signedIn = this.#tokens.signedIn();
    return signedIn.length > 0 && signedIn.every((responder) => losesAccess.includes(responder));
  }
}
