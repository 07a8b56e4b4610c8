// What is done about approvers: who may do each, and what came of it. An act that is taken writes its audit row in the step that stores it; one that is
// refused writes one too, but the same again only after a while.
// What a reader would get wrong: the admin token adds nobody. It may write what others sign, and begin anew, which every host's root must accept.
import { ok, type Result } from "@countersign/shared/values/result";
import { actorNameOf, type Admin, byPerson, isResponder, type Person } from "../../../core/words/actor.ts";
import { type Role, rolesOf } from "../../../core/words/roles.ts";
import type { ActorEnv } from "../../actor-env.ts";
import type { ApproversNow, TrustAct, TrustActRefusal, TrustDone } from "../../approvers-rpc.ts";
import type { WorkerdDesk } from "../workerd-desk.ts";
import { no } from "./approver-no.ts";
import { PasskeyOffers } from "./passkey-offers.ts";
import { RefusedSeldom } from "./refused-seldom.ts";
import { domainsAt, partyAt } from "./relying-party.ts";
import type { TrustActs } from "./trust-acts.ts";
import { TrustDrafts } from "./trust-drafts.ts";

type Answer = Result<TrustDone, TrustActRefusal>;
const DONE: Answer = ok({ published: null, missing: null });
const WHY_CHARS_MAX = 500;

export class ApproverActs {
  readonly #desk: WorkerdDesk;
  readonly #trustActs: TrustActs;
  readonly #env: () => ActorEnv;
  readonly #offers: PasskeyOffers;
  readonly #drafts: TrustDrafts;
  readonly #refused = new RefusedSeldom();

  /** `env` is asked each time: its bindings may be replaced. */
  constructor(desk: WorkerdDesk, trustActs: TrustActs, env: () => ActorEnv) {
    this.#desk = desk;
    this.#trustActs = trustActs;
    this.#env = env;
    this.#offers = new PasskeyOffers(desk, trustActs);
    this.#drafts = new TrustDrafts(desk, trustActs);
  }

  now(): ApproversNow {
    return {
      party: this.#trustActs.party(),
      domains: this.#trustActs.domains(),
      candidates: this.#offers.shown(),
      drafts: this.#drafts.shown(),
      uses: this.#desk.approvers.uses(),
    };
  }

  async take(act: TrustAct, doer: Person | Admin): Promise<Answer> {
    // What else came along with who it is stays out of what is stored.
    const by = doer.kind === "person" ? byPerson(doer.responder) : doer;
    const done = await this.#do(act, by);
    if (!done.ok) this.#recordRefused(act, by, done.error);
    return done;
  }

  async #do(act: TrustAct, by: Person | Admin): Promise<Answer> {
    if (by.kind === "person" && !isResponder(this.#desk.policy(), by))
      return no("people-only", `${by.responder} is nobody of the policy`);
    switch (act.kind) {
      case "choose-domain":
        if (!this.#may(by, ["approve", "administer"])) return ROLE_MISSING;
        return this.#chooseDomain(act.rpId, by);
      case "offer-passkey":
        if (by.kind !== "person") return PEOPLE_ONLY;
        return this.#may(by, ["approve"]) ? this.#offers.offer(act, by) : ROLE_MISSING;
      case "withdraw-passkey":
        return this.#offers.withdraw(act.credentialId, by, this.#may(by, ["administer"]));
      case "draft-trust":
        return this.#may(by, ["approve"]) ? this.#drafts.draft(act.text, by) : ROLE_MISSING;
      case "sign-trust":
        if (by.kind !== "person") return PEOPLE_ONLY;
        return this.#may(by, ["approve"]) ? this.#drafts.sign(act, by) : ROLE_MISSING;
      case "drop-draft":
        return this.#drafts.drop(act.hash, by, this.#may(by, ["administer"]));
      case "begin-anew":
        return by.kind === "admin"
          ? this.#beginAnew(act.why, by)
          : no("role-missing", "only whoever holds the admin token begins anew");
    }
  }

  #may(by: Person | Admin, roles: readonly Role[]): boolean {
    if (by.kind === "admin") return true;
    const own = rolesOf(this.#desk.policy(), by.responder);
    return roles.some((role) => own.includes(role));
  }

  #chooseDomain(rpId: string, by: Person | Admin): Answer {
    const { approvers, trust } = this.#desk;
    const { PUBLIC_URL } = this.#env();
    if (trust.isBegun()) return no("trust-exists", "passkeys are bound to their domain");
    if (domainsAt(PUBLIC_URL).length === 0)
      return no("party-missing", "at the desk's address there is no domain to choose");
    if (partyAt(PUBLIC_URL, rpId)?.rpId !== rpId)
      return no("party-wrong", `${rpId.slice(0, 253)} is no domain of the desk's address`);
    this.#desk.record(
      { actor: by, act: "passkey-domain-chosen", refs: this.#trustActs.refs(), why: `at ${rpId}` },
      () => approvers.chooseDomain(rpId),
    );
    return DONE;
  }

  // No shard is told: there is nothing to tell, and hosts go on by the version that they believe. A first passkey begins a chain that none of them
  // takes before its root has accepted it.
  #beginAnew(why: string, by: Admin): Answer {
    const { approvers, trust } = this.#desk;
    if (!trust.isBegun()) return no("trust-missing", "nothing has begun yet");
    this.#desk.record(
      {
        actor: by,
        act: "trust-begun-anew",
        refs: this.#trustActs.refs(),
        why: `${why.slice(0, WHY_CHARS_MAX)}; ${this.#lossText()}`,
      },
      () => {
        trust.forgetAll();
        approvers.forgetAll();
      },
    );
    this.#trustActs.endWithout([]);
    return DONE;
  }

  #lossText(): string {
    const { approvers, state, trust } = this.#desk;
    const newest = trust.newest();
    const now = Date.now();
    const list =
      newest === null
        ? "a list that could not be read"
        : `version ${newest.trust.version} with passkeys of ${newest.trust.approvers.map(({ person }) => person).join(", ")}`;
    const counts = [
      `${approvers.candidates(now).length} passkeys that wait`,
      `${approvers.drafts(now).length} next versions that wait`,
      `${state.standing.ids().length} yeses in advance`,
      `the domain ${this.#trustActs.party()?.rpId ?? "(unknown)"}`,
    ];
    return `lost: ${list}, ${counts.join(", ")}; each host's root must accept the new first version`;
  }

  #recordRefused(act: TrustAct, by: Person | Admin, { detail, reason }: TrustActRefusal): void {
    if (!this.#refused.isDue(`${actorNameOf(by)} ${act.kind} ${reason}`, Date.now())) return;
    const refs = this.#trustActs.refs();
    this.#desk.record({ actor: by, act: REFUSED[act.kind], refs, why: `${reason}: ${detail}` });
  }
}

const ROLE_MISSING = no("role-missing", "the policy does not let them");
const PEOPLE_ONLY = no("people-only", "a person's own passkey is needed");

/** What the audit calls each when it is refused. */
const REFUSED: { readonly [Kind in TrustAct["kind"]]: string } = {
  "choose-domain": "passkey-refused",
  "offer-passkey": "passkey-refused",
  "withdraw-passkey": "passkey-refused",
  "draft-trust": "trust-refused",
  "sign-trust": "trust-refused",
  "drop-draft": "trust-refused",
  "begin-anew": "trust-refused",
};
