// Next versions of the fleet's trust that wait at the desk until a threshold of people has signed them: written by whoever holds the admin token or may
// approve, signed by approvers one after the other, each over the exact bytes. With the last signature that is needed the version is published.
// What a reader would get wrong: a draft is nobody's word. Until it is published it changes nothing, and another version that is published first
// makes it void.
import { decodeBase64 } from "@countersign/shared/values/base64";
import { ok, type Result } from "@countersign/shared/values/result";
import { type Assertion, challengeOf } from "@countersign/shared/wire/assertion";
import { findCredential, verifySigners } from "@countersign/shared/wire/signers";
import { type KnownTrust, readSignedTrust } from "@countersign/shared/wire/trust-chain";
import { type Actor, actorNameOf, type Person } from "../../../core/words/actor.ts";
import { rolesOf } from "../../../core/words/roles.ts";
import type { DraftSignature, StoredDraft } from "../../../stored/approver-shapes.ts";
import type { TrustActRefusal, TrustDone, TrustDraft } from "../../approvers-rpc.ts";
import type { WorkerdDesk } from "../workerd-desk.ts";
import { no } from "./approver-no.ts";
import type { TrustActs } from "./trust-acts.ts";

const DRAFT_TTL_MS = 30 * 24 * 3_600_000;
/** Drafts that may wait at once, of one writer and of all: nobody alone keeps others from handing over theirs. */
const DRAFTS_PER_WRITER_MAX = 3;
const DRAFTS_MAX = 10;

type Answer = Result<TrustDone, TrustActRefusal>;
type Signed = NonNullable<ReturnType<typeof findCredential>>;

export class TrustDrafts {
  readonly #desk: WorkerdDesk;
  readonly #trustActs: TrustActs;

  constructor(desk: WorkerdDesk, trustActs: TrustActs) {
    this.#desk = desk;
    this.#trustActs = trustActs;
  }

  /** Those that wait, oldest first. */
  shown(): readonly TrustDraft[] {
    return this.#waiting().flatMap((draft) => {
      const known = readSignedTrust({ trust: draft.text });
      if (!known.ok) return [];
      const { by, expiresAt, hash, madeAt, text } = draft;
      const signed = this.#counted(draft).map(({ at, credentialName, person }) => ({
        person,
        credentialName,
        at,
      }));
      const { trust } = known.value;
      return [{ hash, text, trust, by, madeAt, expiresAt, signed, missing: this.#missing(draft) }];
    });
  }

  /** Keeps a next version for others to sign; the same one is kept once. */
  draft(text: string, by: Actor): Answer {
    const next = this.#readNext(text);
    if (!next.ok) return next;
    const known = this.#find(next.value.hash);
    if (known !== null) return ok({ published: null, missing: this.#missing(known) });
    if (this.#isFull(by)) return FULL;
    const draft = this.#newDraft(next.value, text, by);
    return this.#keep(draft, { by, act: "trust-drafted", why: "waits for signatures" });
  }

  /** Takes one person's signature; with the last that is needed the version is published. */
  async sign(
    { assertion, text }: { readonly text: string; readonly assertion: Assertion },
    by: Person,
  ): Promise<Answer> {
    const next = this.#readNext(text);
    if (!next.ok) return next;
    const own = await this.#ownSignature(assertion, { text, by });
    if (!own.ok) return own;
    // Another version, or this person's own signature, may have come while this one was looked at.
    const still = this.#readNext(text);
    if (!still.ok) return still;
    const known = this.#find(next.value.hash);
    if (known === null && this.#missing(null) > 1 && this.#isFull(by)) return FULL;
    const draft = known ?? this.#newDraft(next.value, text, by);
    const counted = this.#counted(draft);
    if (counted.some(({ person }) => person === by.responder))
      return no("signed-already", `${by.responder} has signed it`);
    const at = Date.now();
    const signature = { person: by.responder, credentialName: own.value.credential.name, at, assertion };
    const signed = { ...draft, signed: [...counted, signature] };
    this.#desk.approvers.noteUse(assertion, "trust", at);
    return this.#missing(signed) === 0
      ? this.#publish(signed, by)
      : this.#keep(signed, { by, act: "trust-signed", why: `signed by ${by.responder}` });
  }

  /** Drops a draft; `mayDropAny`: also one of somebody else. */
  drop(hash: string, by: Actor, mayDropAny: boolean): Answer {
    const draft = this.#find(hash);
    if (draft === null) return no("draft-unknown", "no such version waits");
    const isOwn = by.kind === "person" && draft.by.kind === "person" && draft.by.responder === by.responder;
    if (!mayDropAny && !isOwn) return no("role-missing", "only who wrote it, or may administer, drops it");
    this.#desk.record(
      { actor: by, act: "trust-draft-dropped", refs: this.#trustActs.refs(), why: `sha256 ${hash}` },
      () => this.#desk.approvers.dropDraft(hash),
    );
    return ok({ published: null, missing: null });
  }

  /** Reads a text that could be the next version here. */
  #readNext(text: string): Result<KnownTrust, TrustActRefusal> {
    const next = readSignedTrust({ trust: text });
    if (!next.ok) return next;
    const follows = this.#trustActs.checkNext(next.value);
    if (!follows.ok) return follows;
    const known = new Set(this.#desk.trust.newest()?.trust.approvers.map(({ person }) => person));
    const stranger = next.value.trust.approvers.find(
      ({ person }) => !known.has(person) && !rolesOf(this.#desk.policy(), person).includes("approve"),
    );
    return stranger === undefined
      ? next
      : no("people-only", `it lets in ${stranger.person}, who may not approve by the policy`);
  }

  async #ownSignature(
    assertion: Assertion,
    { by, text }: { readonly text: string; readonly by: Person },
  ): Promise<Result<Signed, TrustActRefusal>> {
    const signers = this.#desk.trust.signers();
    const found = signers === null ? null : findCredential(signers.approvers, assertion.credentialId);
    if (signers === null || found === null || found.person !== by.responder)
      return no("passkey-not-yours", `passkey ${assertion.credentialId} has signed`);
    const challenge = challengeOf("trust", decodeBase64(text) ?? new Uint8Array());
    const verified = await verifySigners([assertion], { challenge, ...signers });
    return verified.ok
      ? ok(found)
      : no("passkey-wrong", `${verified.error.reason}: ${verified.error.detail}`);
  }

  async #publish(draft: StoredDraft, by: Person): Promise<Answer> {
    const signatures = draft.signed.map(({ assertion }) => assertion);
    const published = await this.#trustActs.take({ trust: draft.text, signatures }, by);
    return published.ok ? ok({ published: published.value, missing: 0 }) : published;
  }

  #keep(
    draft: StoredDraft,
    { act, by, why }: { readonly by: Actor; readonly act: string; readonly why: string },
  ): Answer {
    const missing = this.#missing(draft);
    const version = (this.#desk.trust.newest()?.trust.version ?? 0) + 1;
    this.#desk.record(
      {
        actor: by,
        act,
        refs: [{ kind: "trust", version }],
        why: `version ${version}, sha256 ${draft.hash}, ${why}, ${missing} more must sign`,
      },
      () => this.#desk.approvers.putDraft(draft),
    );
    return ok({ published: null, missing });
  }

  #newDraft({ hash }: KnownTrust, text: string, by: Actor): StoredDraft {
    const madeAt = Date.now();
    return { hash, text, by, madeAt, expiresAt: madeAt + DRAFT_TTL_MS, signed: [] };
  }

  #isFull(by: Actor): boolean {
    const writers = this.#waiting().map((draft) => draft.by);
    const own = writers.filter((writer) => actorNameOf(writer) === actorNameOf(by));
    return own.length >= DRAFTS_PER_WRITER_MAX || writers.length >= DRAFTS_MAX;
  }

  #find(hash: string): StoredDraft | null {
    return this.#waiting().find((draft) => draft.hash === hash) ?? null;
  }

  // Void ones are dropped with the version that makes them so; one that was damaged must not come back by itself.
  #waiting(): readonly StoredDraft[] {
    return this.#desk.approvers.drafts(Date.now()).filter(({ hash, text }) => {
      const known = readSignedTrust({ trust: text });
      return known.ok && known.value.hash === hash && this.#trustActs.checkNext(known.value).ok;
    });
  }

  // Who lost the role, or left the policy, in between does not count here; the hosts would still count them.
  #counted({ signed }: StoredDraft): readonly DraftSignature[] {
    return signed.filter(({ person }) => rolesOf(this.#desk.policy(), person).includes("approve"));
  }

  #missing(draft: StoredDraft | null): number {
    const threshold = this.#desk.trust.newest()?.trust.threshold ?? 1;
    const people = new Set(draft === null ? [] : this.#counted(draft).map(({ person }) => person));
    return Math.max(0, threshold - people.size);
  }
}

const FULL = no(
  "drafts-full",
  `${DRAFTS_PER_WRITER_MAX} versions of one writer, or ${DRAFTS_MAX} of all, wait for signatures`,
);
