// Putting a policy into force at the desk: the version with its audit row, who is shut out by it, the shards that hear of it.
// What a reader would get wrong: a policy in which nobody who is signed in stays is not refused, it wants to be confirmed; once nobody is
// signed in any more, the admin token opens the door again (platform/desk/sign-in-invitations.ts).
import { sha256Hex } from "@countersign/shared/values/digest";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { leaversOf } from "../../policy/in-words/policy-in-words.ts";
import type { AppliedPolicy, PolicyPlan } from "../rpc.ts";
import type {
  PlannedVersion,
  PlanRefusal,
  PolicyAct,
  PolicyActRefusal,
  SamePolicy,
} from "./desk-policies.ts";
import type { DeskTokens } from "./desk-tokens.ts";
import type { WorkerdDesk } from "./workerd-desk.ts";

export class PolicyActs {
  readonly #desk: WorkerdDesk;
  readonly #tokens: DeskTokens;

  constructor(desk: WorkerdDesk, tokens: DeskTokens) {
    this.#desk = desk;
    this.#tokens = tokens;
  }

  /** What an apply or an undo would do; nothing is stored. */
  plan(act: PolicyAct): Result<PolicyPlan, PlanRefusal> {
    const { policies } = this.#desk;
    const planned = policies.plan(act, Date.now());
    if (!planned.ok) return planned;
    const { policy, row, same } = planned.value;
    const losesAccess = this.#losesAccess(planned.value);
    return ok({
      version: row.version - 1,
      same,
      restores: row.restores,
      text: row.text ?? policies.textOf(0) ?? "",
      losesAccess,
      leavesNobody: this.#leavesNobody(losesAccess),
      ...this.#desk.routesUnder(policy),
    });
  }

  /** Applies or undoes. What is in force already is applied by doing nothing. */
  apply(act: PolicyAct): Result<AppliedPolicy, PolicyActRefusal> {
    const { policies } = this.#desk;
    const planned = policies.plan(act, Date.now());
    if (!planned.ok) return planned;
    const { same } = planned.value;
    if (same === "text" || (same === "meaning" && act.keepText !== true)) return ok(this.#inForce(same));
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

  #inForce(same: SamePolicy): AppliedPolicy {
    const { policies } = this.#desk;
    const warnings = this.#desk.routeWarnings();
    return {
      version: policies.told(null)?.version ?? 0,
      hash: sha256Hex(policies.inForceText()),
      same,
      ...(warnings.length === 0 ? {} : { warnings }),
    };
  }

  #losesAccess({ policy }: PlannedVersion): readonly string[] {
    return leaversOf(this.#desk.policy(), policy);
  }

  #leavesNobody(losesAccess: readonly string[]): boolean {
    const signedIn = this.#tokens.signedIn();
    return signedIn.length > 0 && signedIn.every((responder) => losesAccess.includes(responder));
  }
}
