// A passkey that a person has made, offered to the desk: the first one begins the fleet's trust, each other one waits until the next version lets it in.
// What a reader would get wrong: a passkey that waits signs nothing, opens nothing, and changes nothing of who may approve.
import { ok, type Result } from "@countersign/shared/values/result";
import type { Credential } from "@countersign/shared/wire/assertion";
import { refOfPerson } from "../../../core/desk/state/audit-refs.ts";
import type { Actor, Person } from "../../../core/words/actor.ts";
import { candidateHashOf } from "../../../core/words/candidate-hash.ts";
import { rolesOf } from "../../../core/words/roles.ts";
import type { StoredCandidate } from "../../../stored/approver-shapes.ts";
import type { Candidate, TrustActRefusal, TrustDone } from "../../approvers-rpc.ts";
import type { WorkerdDesk } from "../workerd-desk.ts";
import { no } from "./approver-no.ts";
import type { TrustActs } from "./trust-acts.ts";

const CANDIDATE_TTL_MS = 7 * 24 * 3_600_000;
/** Passkeys that may wait at once, of one person and of all. */
const CANDIDATES_PER_PERSON_MAX = 3;
const CANDIDATES_MAX = 50;
const DEVICE_NAME_CHARS_MAX = 80;

type Answer = Result<TrustDone, TrustActRefusal>;
const DONE: Answer = ok({ published: null, missing: null });

export class PasskeyOffers {
  readonly #desk: WorkerdDesk;
  readonly #trustActs: TrustActs;

  constructor(desk: WorkerdDesk, trustActs: TrustActs) {
    this.#desk = desk;
    this.#trustActs = trustActs;
  }

  /** Those that wait, oldest first; one of who may approve no more is not shown. */
  shown(): readonly Candidate[] {
    return this.#waiting()
      .filter(({ person }) => rolesOf(this.#desk.policy(), person).includes("approve"))
      .map((candidate) => ({ ...candidate, hash: candidateHashOf(candidate) }));
  }

  /** Takes one: it begins the trust, or waits. */
  offer(
    { credential, deviceName }: { readonly credential: Credential; readonly deviceName: string },
    by: Person,
  ): Answer {
    const party = this.#trustActs.party();
    if (!this.#desk.trust.isBegun()) {
      if (party === null) return no("party-missing", "no domain is chosen for passkeys");
      return ok({ published: this.#trustActs.begin({ credential, party }, by), missing: null });
    }
    const refused = this.#findNo(credential, by);
    if (refused !== null) return refused;
    const madeAt = Date.now();
    const candidate: StoredCandidate = {
      person: by.responder,
      credential,
      deviceName: deviceName.slice(0, DEVICE_NAME_CHARS_MAX),
      madeAt,
      expiresAt: madeAt + CANDIDATE_TTL_MS,
    };
    this.#desk.record(
      {
        actor: by,
        act: "passkey-offered",
        refs: [refOfPerson(by.responder)],
        why: `passkey "${credential.name}", sha256 ${candidateHashOf(candidate)}, waits to be let in`,
      },
      () => this.#desk.approvers.putCandidate(candidate),
    );
    return DONE;
  }

  /** Takes one back; `mayDropAny`: also one of somebody else. */
  withdraw(credentialId: string, by: Actor, mayDropAny: boolean): Answer {
    const candidate = this.#waiting().find(({ credential }) => credential.credentialId === credentialId);
    if (candidate === undefined) return no("candidate-unknown", "no such passkey waits");
    const { credential, person } = candidate;
    const isOwn = by.kind === "person" && by.responder === person;
    if (!mayDropAny && !isOwn) return no("role-missing", "only its person, or who may administer, does");
    this.#desk.record(
      {
        actor: by,
        act: "passkey-withdrawn",
        refs: [refOfPerson(person)],
        why: `passkey "${credential.name}" of ${person}, sha256 ${candidateHashOf(candidate)}`,
      },
      () => this.#desk.approvers.dropCandidate(credentialId),
    );
    return DONE;
  }

  #findNo(credential: Credential, by: Person): Answer | null {
    const newest = this.#trustActs.newest();
    if (!newest.ok) return newest;
    const waiting = this.#waiting();
    const known = [
      ...newest.value.trust.approvers.flatMap(({ credentials }) => credentials),
      ...waiting.map((candidate) => candidate.credential),
    ];
    // One key under two names would pass for two people.
    const isKnown = known.some(
      ({ credentialId, publicKey }) =>
        credentialId === credential.credentialId || publicKey === credential.publicKey,
    );
    if (isKnown) return no("passkey-known", "the passkey is in the list, or waits");
    const ownCount = waiting.filter(({ person }) => person === by.responder).length;
    if (ownCount >= CANDIDATES_PER_PERSON_MAX)
      return no("candidates-full", `${ownCount} passkeys of ${by.responder} wait`);
    return waiting.length >= CANDIDATES_MAX ? no("candidates-full", `${waiting.length} passkeys wait`) : null;
  }

  #waiting(): readonly StoredCandidate[] {
    return this.#desk.approvers.candidates(Date.now());
  }
}
