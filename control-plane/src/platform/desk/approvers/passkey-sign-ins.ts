// Signing in by passkey: whose passkey stands in the newest version of the fleet's trust is signed in by one gesture, without a link. The sign-in is
// named as the passkey, and ends when that leaves the list.
// What a reader would get wrong: anybody may ask, signed in or not. A stranger's passkey leaves no row, and a wrong signature by a known one leaves one
// after a while: nobody can fill the audit from outside.
import { sha256Hex } from "@countersign/shared/values/digest";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { type Assertion, challengeOf } from "@countersign/shared/wire/assertion";
import { findCredential, verifySigners } from "@countersign/shared/wire/signers";
import { type AuditRefs, refOfPerson } from "../../../core/desk/state/audit-refs.ts";
import { BY_DESK, BY_UNKNOWN, byPerson, isResponder } from "../../../core/words/actor.ts";
import type { ActorEnv } from "../../actor-env.ts";
import type { ApproversRpc } from "../../approvers-rpc.ts";
import type { WorkerdDesk } from "../workerd-desk.ts";
import { RefusedSeldom } from "./refused-seldom.ts";
import { challengeExpiry, newSignInChallenge } from "./sign-in-challenge.ts";

/** Sign-ins that one passkey keeps open; with one more the oldest ends. */
export const SIGN_INS_PER_PASSKEY_MAX = 10;

type Answer = Awaited<ReturnType<ApproversRpc["signInByPasskey"]>>;
type Refused = Extract<Answer, { readonly ok: false }>["error"]["reason"];
type Known = NonNullable<ReturnType<typeof findCredential>>;

export class PasskeySignIns {
  readonly #desk: WorkerdDesk;
  readonly #env: () => ActorEnv;
  readonly #refused = new RefusedSeldom();

  /** `env` is asked each time: its bindings may be replaced. */
  constructor(desk: WorkerdDesk, env: () => ActorEnv) {
    this.#desk = desk;
    this.#env = env;
  }

  challenge(): ReturnType<ApproversRpc["signInChallenge"]> {
    return newSignInChallenge(this.#env().DESK_PRIVATE_KEY, Date.now());
  }

  /** Signs in whose passkey has signed a challenge of this desk. */
  async signIn({
    assertion,
    challenge,
  }: {
    readonly challenge: string;
    readonly assertion: Assertion;
  }): Promise<Answer> {
    const { approvers } = this.#desk;
    const expiresAt = await challengeExpiry(challenge, this.#env().DESK_PRIVATE_KEY, Date.now());
    if (expiresAt === null) return refuse({ reason: "challenge-expired" });
    const own = await this.#ownPasskey(assertion, challenge);
    if (!own.ok) return own;
    const hash = sha256Hex(challenge);
    // From here on nothing is waited for: the same answer that came twice is taken once.
    if (approvers.isChallengeUsed(hash)) return this.#refuse("challenge-used", own.value);
    return ok(this.#open(own.value, { hash, expiresAt }));
  }

  async #ownPasskey(
    assertion: Assertion,
    challenge: string,
  ): Promise<Result<Known, { readonly reason: Refused }>> {
    const { trust } = this.#desk;
    const signers = trust.signers();
    const found = signers === null ? null : findCredential(signers.approvers, assertion.credentialId);
    if (signers === null || found === null || !isResponder(this.#desk.policy(), byPerson(found.person)))
      return refuse({ reason: "passkey-unknown" });
    const signed = { challenge: challengeOf("sign-in", encodeUtf8(challenge)), ...signers };
    const verified = await verifySigners([assertion], signed);
    if (!verified.ok) return this.#refuse("passkey-wrong", found);
    // It may have left the list while it was looked at.
    const still = findCredential(trust.signers()?.approvers ?? [], assertion.credentialId);
    return still?.person === found.person ? ok(found) : refuse({ reason: "passkey-unknown" });
  }

  #open(
    { credential, person }: Known,
    used: { readonly hash: string; readonly expiresAt: number },
  ): Extract<Answer, { readonly ok: true }>["value"] {
    const { approvers, people } = this.#desk;
    const { credentialId, name } = credential;
    const now = Date.now();
    this.#endOldest(credentialId);
    const refs: AuditRefs = [{ kind: "device", name }, refOfPerson(person)];
    const why = `passkey "${name}"`;
    return this.#desk.record({ actor: byPerson(person), act: "device-signed-in", refs, why }, () => {
      const opened = people.openSignIn(person, name, now);
      approvers.noteChallenge(used.hash, used.expiresAt);
      approvers.noteSignIn(opened.signIn.signInId, credentialId);
      approvers.noteUse({ credentialId }, "sign-in", now);
      return opened;
    });
  }

  #endOldest(credentialId: string): void {
    const { approvers, people } = this.#desk;
    const open = approvers.passkeySignIns().filter((signIn) => signIn.credentialId === credentialId);
    for (const { signInId } of open.slice(0, Math.max(0, open.length + 1 - SIGN_INS_PER_PASSKEY_MAX))) {
      const refs: AuditRefs = [{ kind: "sign-in", signInId }];
      const why = `its passkey has opened ${SIGN_INS_PER_PASSKEY_MAX} more`;
      this.#desk.record({ actor: BY_DESK, act: "sign-in-ended", refs, why }, () =>
        people.endSignIn(signInId),
      );
    }
  }

  #refuse(reason: Refused, { credential, person }: Known): Result<never, { readonly reason: Refused }> {
    if (this.#refused.isDue(`${credential.credentialId} ${reason}`, Date.now())) {
      const refs: AuditRefs = [{ kind: "device", name: credential.name }, refOfPerson(person)];
      this.#desk.record({ actor: BY_UNKNOWN, act: "sign-in-refused", refs, why: reason });
    }
    return refuse({ reason });
  }
}
