// Who gets in, with its audit rows: tokens for hosts to enrol with, one-time links for people to sign in with, sign-ins. A token that was
// never made here leaves no row, a spent one leaves one row however often it is tried: neither must be able to fill the audit.
import { decodeBase64 } from "@countersign/shared/values/base64";
import { hostIdOf } from "@countersign/shared/values/ids";
import { ENROLMENT_TOKEN_TTL_MS } from "@countersign/shared/values/limits";
import { assert, ok, refuse, type Result } from "@countersign/shared/values/result";
import { keyFingerprintOf } from "@countersign/shared/wire/enrolment";
import { type AuditRefs, refOfPerson } from "../../core/desk/state/audit-refs.ts";
import type { AuditDraft } from "../../core/desk/state/desk-change.ts";
import { type Actor, actorNameOf, BY_DESK, BY_UNKNOWN, byHost, byPerson } from "../../core/words/actor.ts";
import { FLEET, hostSubject } from "../../core/words/subject.ts";
import { newId, newSecret } from "../random-id.ts";
import type { EnrolmentRefusal } from "../rpc.ts";
import type { EndedSignIn, LinkRefusal, ListedSignIn, SignIn } from "../sign-in-shapes.ts";
import type { RegisteredHost } from "./desk-hosts.ts";
import type { TokenRefusal } from "./desk-people.ts";
import type { WorkerdDesk } from "./workerd-desk.ts";

const DEVICE_NAME_CHARS_MAX = 80;
/** How long a link for one more device lives: it is scanned where it is shown. */
export const DEVICE_LINK_TTL_MS = 10 * 60_000;
/** Links that may wait for one person at once, of those that signed-in people make. */
export const LINKS_WAITING_MAX = 3;

/** A token as it is given out, once. */
interface GivenToken {
  readonly token: string;
  readonly expiresAt: number;
}

export class DeskTokens {
  readonly #desk: WorkerdDesk;

  constructor(desk: WorkerdDesk) {
    this.#desk = desk;
  }

  createForHost(by: Actor, deskPublicKey: string): GivenToken {
    const deskKey = decodeBase64(deskPublicKey);
    assert(deskKey !== null && deskKey.length === 32, "DESK_PUBLIC_KEY is 32 bytes in base64");
    const token = `cse_${newSecret()}.${keyFingerprintOf(deskKey)}`;
    const expiresAt = Date.now() + ENROLMENT_TOKEN_TTL_MS;
    this.#desk.record(
      {
        actor: by,
        act: "enrolment-token-created",
        refs: [{ kind: "subject", subject: FLEET }],
        why: "asked for",
      },
      () => this.#desk.people.storeToken({ token, kind: "enrolment", holder: actorNameOf(by), expiresAt }),
    );
    return { token, expiresAt };
  }

  /** Single use; the same key may repeat its own. The key of a retired host spends the token and gets nothing. */
  redeemForHost(
    token: string,
    publicKey: string,
    hostname: string,
  ): Result<RegisteredHost, EnrolmentRefusal> {
    const raw = decodeBase64(publicKey);
    assert(raw !== null && raw.length === 32, "the caller checked the public key's shape");
    const hostId = hostIdOf(raw);
    const actor = byHost(hostId);
    const refs: AuditRefs = [{ kind: "subject", subject: hostSubject(hostId, hostname) }];
    const now = Date.now();
    const redeemed = this.#desk.people.redeemToken(token, "enrolment", { usedBy: hostId, now });
    const isRetired = redeemed.ok && this.#desk.hosts.isRetired(hostId);
    if (!redeemed.ok || isRetired) {
      const error = redeemed.ok ? ({ reason: "host-retired" } as const) : redeemed.error;
      this.#recordRefusal(token, error, { actor, act: "enrolment-refused", refs });
      return refuse(error);
    }
    const why = `with a token asked for by ${redeemed.value}`;
    return this.#desk.record({ actor, act: "host-enrolled", refs, why }, () =>
      ok(this.#desk.hosts.register(hostId, hostname)),
    );
  }

  createForResponder(
    responder: string,
    link: { readonly by: Actor; readonly why: string; readonly ttlMs: number },
  ): Result<GivenToken, { reason: "responder-unknown" }> {
    if (!this.isResponder(responder)) return refuse({ reason: "responder-unknown" });
    return ok(this.#create(responder, link));
  }

  /** For one more device of somebody who is signed in: shown to them on the device that asks, and to nobody else. */
  createForDevice({
    deviceName,
    responder,
  }: Pick<SignIn, "deviceName" | "responder">): Result<GivenToken, LinkRefusal> {
    if (!this.isResponder(responder)) return refuse({ reason: "responder-unknown" });
    if (this.hasManyLinks(responder)) return refuse({ reason: "sign-in-links-waiting" });
    const why = `for one more device, shown on ${deviceName}`;
    return ok(this.#create(responder, { by: byPerson(responder), why, ttlMs: DEVICE_LINK_TTL_MS }));
  }

  /** Says whether so many links wait for a person that no signed-in person makes one more. */
  hasManyLinks(responder: string): boolean {
    return this.#desk.people.waitingLinks(responder, Date.now()) >= LINKS_WAITING_MAX;
  }

  redeemForDevice(
    token: string,
    deviceName: string,
  ): Result<{ signInSecret: string; signIn: SignIn }, TokenRefusal> {
    const now = Date.now();
    // A device that lost the answer asks for a new link: only the answer holds the sign-in's secret.
    const usedBy = newId("dev");
    const redeemed = this.#desk.people.redeemToken(token, "sign-in", { usedBy, now });
    const name = deviceName.slice(0, DEVICE_NAME_CHARS_MAX);
    const refs: AuditRefs = [{ kind: "device", name }];
    if (!redeemed.ok) {
      this.#recordRefusal(token, redeemed.error, { actor: BY_UNKNOWN, act: "sign-in-refused", refs });
      return redeemed;
    }
    const responder = redeemed.value;
    // Links that were made before they were here may have been shown to somebody else, who must not come after them.
    const wasHere = this.signIns(responder).length > 0;
    return this.#desk.record(
      {
        actor: byPerson(responder),
        act: "device-signed-in",
        refs: [...refs, refOfPerson(responder)],
        why: "one-time link",
      },
      () => {
        if (!wasHere) this.#desk.people.shutOut(responder, null);
        return ok(this.#desk.people.openSignIn(responder, name, now));
      },
    );
  }

  /** A responder who left the policy may approve nothing any more. */
  signInOf(signInSecret: string): SignIn | null {
    const now = Date.now();
    const signIn = this.#desk.people.signInOf(signInSecret, now);
    if (signIn === null || !this.isResponder(signIn.responder)) return null;
    this.#desk.people.noteUse(signIn.signInId, now);
    return signIn;
  }

  signIns(responder: string | null): readonly ListedSignIn[] {
    return this.#desk.people.signIns(responder, Date.now());
  }

  /** Ends one sign-in; `of` names whose it must be, null: anybody's. */
  endSignIn({ by, of, signInId }: EndedSignIn): Result<null, { reason: "sign-in-unknown" }> {
    const signIn = this.signIns(of).find((each) => each.signInId === signInId);
    if (signIn === undefined) return refuse({ reason: "sign-in-unknown" });
    const refs: AuditRefs = [{ kind: "sign-in", signInId }, refOfPerson(signIn.responder)];
    const why = `${signIn.deviceName}, of ${signIn.responder}`;
    this.#desk.record({ actor: by, act: "sign-in-ended", refs, why }, () =>
      this.#desk.people.endSignIn(signInId),
    );
    return ok(null);
  }

  /** Ends a person's sign-ins and the links that wait for them, but for `keptSignInId`; says how many sign-ins there were. */
  endSignInsOf(
    responder: string,
    { by, keptSignInId }: { readonly by: Actor; readonly keptSignInId: string | null },
  ): Result<{ ended: number }, { reason: "responder-unknown" }> {
    const others = this.signIns(responder).filter(({ signInId }) => signInId !== keptSignInId);
    if (others.length === 0 && !this.isResponder(responder)) return refuse({ reason: "responder-unknown" });
    this.#shutOut(responder, { by, keptSignInId, why: countText(others.length) });
    return ok({ ended: others.length });
  }

  /** Who left the policy is let in no more, not even when the name is there again: it may be another person then. */
  shutOutLeavers(): void {
    if (this.#desk.policies.problem() !== null) return;
    for (const responder of this.#desk.people.whoMayCome())
      if (!this.isResponder(responder))
        this.#shutOut(responder, { by: BY_DESK, keptSignInId: null, why: "not in the policy any more" });
    const { approvers } = this.#desk;
    for (const { credential, person } of approvers.candidates(Date.now())) {
      if (this.isResponder(person)) continue;
      const why = `passkey "${credential.name}" of ${person}, who is not in the policy any more`;
      const refs: AuditRefs = [refOfPerson(person)];
      this.#desk.record({ actor: BY_DESK, act: "passkey-withdrawn", refs, why }, () =>
        approvers.dropCandidate(credential.credentialId),
      );
    }
    const givers = new Set(this.#desk.state.standing.values().map(({ by }) => by.responder));
    const leavers = [...givers].filter((giver) => !this.isResponder(giver));
    if (leavers.length > 0)
      this.#desk.take(leavers.map((responder) => ({ kind: "responder-left", responder })));
  }

  /** Makes a link void before it was used. */
  forget(token: string): void {
    this.#desk.people.forgetToken(token);
  }

  /** Says whether some sign-in of a responder is valid. */
  isAnybodySignedIn(): boolean {
    return this.signedIn().length > 0;
  }

  /** Responders with a valid sign-in. */
  signedIn(): readonly string[] {
    return this.#desk.people.signedIn(Date.now()).filter((responder) => this.isResponder(responder));
  }

  isResponder(responder: string): boolean {
    return this.#desk.policy().responders.some(({ id }) => id === responder);
  }

  #create(
    responder: string,
    { by, ttlMs, why }: { readonly by: Actor; readonly why: string; readonly ttlMs: number },
  ): GivenToken {
    const token = `csi_${newSecret()}`;
    const expiresAt = Date.now() + ttlMs;
    this.#desk.record({ actor: by, act: "sign-in-token-created", refs: [refOfPerson(responder)], why }, () =>
      this.#desk.people.storeToken({ token, kind: "sign-in", holder: responder, expiresAt }),
    );
    return { token, expiresAt };
  }

  #shutOut(
    responder: string,
    { by, keptSignInId, why }: { by: Actor; keptSignInId: string | null; why: string },
  ): void {
    this.#desk.record({ actor: by, act: "sign-ins-ended", refs: [refOfPerson(responder)], why }, () =>
      this.#desk.people.shutOut(responder, keptSignInId),
    );
  }

  /** Once for each token: who holds a spent one must not be able to fill the audit either. */
  #recordRefusal(token: string, { reason }: EnrolmentRefusal, draft: Omit<AuditDraft, "why">): void {
    const { people } = this.#desk;
    if (reason === "token-unknown" || people.wasRefused(token)) return;
    this.#desk.record({ ...draft, why: reason }, () => people.noteRefused(token));
  }
}

function countText(count: number): string {
  return `${count} ${count === 1 ? "sign-in" : "sign-ins"}`;
}
