// What an actuator decides, of test code: it mints proposals of version 2, and believes a grant only after it has verified every signature itself by
// the trust that its root has accepted. Nothing is executed.
import { randomBytes } from "node:crypto";
import { boundUnitOf } from "@countersign/shared/host/same-unit";
import { decodeBase64, encodeBase64Url } from "@countersign/shared/values/base64";
import { assert } from "@countersign/shared/values/result";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { challengeOf, type RelyingParty } from "@countersign/shared/wire/assertion";
import type { EnrolmentAnswer } from "@countersign/shared/wire/enrolment";
import { assertionsOf, type Envelope, openEnvelope } from "@countersign/shared/wire/envelope";
import type { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import { type Grant, parseGrant } from "@countersign/shared/wire/grant";
import { type Level, RULES_WITHOUT_PEOPLE, ruleFor } from "@countersign/shared/wire/level-rule";
import type { VerifiedSigner } from "@countersign/shared/wire/outcome";
import { parseProposal, type Proposal, proposalHashOf } from "@countersign/shared/wire/proposal";
import type { AgentMessage, ControlMessage } from "@countersign/shared/wire/protocol";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { checkPeople, verifySigners } from "@countersign/shared/wire/signers";
import {
  type KnownTrust,
  markOf,
  readSignedTrust,
  verifyNextTrust,
} from "@countersign/shared/wire/trust-chain";

/** A grant as it arrived, with what its envelope says after every signature was verified. */
export interface ReceivedGrant {
  readonly envelope: Envelope;
  readonly grant: Grant;
  readonly signers: readonly VerifiedSigner[];
}

type Propose = Extract<ControlMessage, { readonly type: "propose" }>;
type TrustAnswer = Extract<AgentMessage, { readonly type: "trust-answer" }>;

export class SimulatedActuator {
  readonly #deskKeys: readonly { readonly keyId: string; readonly publicKey: string }[];
  readonly #minted = new Map<string, Uint8Array<ArrayBuffer>>();
  #party: RelyingParty | null;
  #trust: KnownTrust | null = null;
  #offered: { readonly signed: SignedTrust; readonly party: RelyingParty } | null = null;

  /** As `install` leaves it behind: root has compared the words of what came with the token. */
  constructor({ deskKeyId, deskPublicKey, party, trust }: EnrolmentAnswer) {
    this.#deskKeys = [{ keyId: deskKeyId, publicKey: deskPublicKey }];
    this.#party = party;
    if (trust !== null) this.#believe(trust);
  }

  /** The version that is believed. */
  get mark() {
    return this.#trust === null ? null : markOf(this.#trust);
  }

  /** Root looks at what was offered, and accepts it. */
  acceptOffered(): void {
    assert(this.#offered !== null, "a version was offered");
    this.#party = this.#offered.party;
    this.#believe(this.#offered.signed);
  }

  /** Takes the next version, or keeps a first one for root. */
  async takeTrust(offered: {
    readonly signed: SignedTrust;
    readonly party: RelyingParty;
  }): Promise<TrustAnswer> {
    const answer = { version: 2, type: "trust-answer" } as const;
    if (this.#trust === null || this.#party === null) {
      this.#offered = offered;
      const refusal = { reason: "trust-not-accepted", offered: null, detail: "for root to accept" } as const;
      return { ...answer, trust: null, refusal };
    }
    const next = await verifyNextTrust(this.#trust, offered.signed, this.#party);
    if (next.ok) this.#trust = next.value;
    const refusal = next.ok ? null : { ...next.error, offered: null };
    return { ...answer, trust: this.mark, refusal };
  }

  /** Mints one; null: nobody can sign acts of this level here. */
  mint(
    asked: Pick<Propose, "askedBy" | "reason" | "service">,
    of: Pick<Proposal, "action" | "bootId" | "hostId" | "lifetimeMs"> & { readonly unit: UnitState },
  ): Uint8Array<ArrayBuffer> | null {
    const { unit, ...rest } = of;
    const { askedBy, reason, service } = asked;
    const level: Level = 4;
    const requires = this.#ruleFor(level);
    if (requires === null) return null;
    const proposal: Proposal = {
      ...rest,
      version: 2,
      nonce: encodeBase64Url(randomBytes(24)),
      service,
      level,
      argv: ["/usr/bin/sudo", "-n", "/usr/bin/systemctl", "restart", "--no-block", `${service}.service`],
      runAs: "root",
      askedBy,
      reason,
      requires,
      precondition: boundUnitOf(unit),
      unitState: unit,
      verification: { unit: `${service}.service`, checks: ["http"] },
      mintedAt: Date.now(),
    };
    const bytes = encodeUtf8(JSON.stringify(proposal));
    this.#minted.set(proposalHashOf(bytes), bytes);
    return bytes;
  }

  /** Verifies all of a grant, as an admission does; throws where it would refuse. */
  async admit(envelope: Envelope): Promise<ReceivedGrant> {
    const opened = await openEnvelope(envelope, this.#trust?.trust.deskKeys ?? this.#deskKeys);
    if (!opened.ok) throw new Error(`Verify grant: ${opened.error.reason}`);
    const grant = parseGrant(opened.value.payload);
    if (!grant.ok) throw new Error(`Read grant: ${grant.error.detail}`);
    const bytes = this.#minted.get(grant.value.proposalHash);
    if (bytes === undefined) throw new Error("Verify grant: it is for no proposal of this host");
    const proposal = parseProposal(bytes);
    assert(proposal.ok, "what was minted can be read");
    const people = await this.#verifyPeople(envelope, bytes);
    const rule = this.#ruleFor(proposal.value.level);
    if (rule === null) throw new Error("Verify grant: level-closed");
    const enough = checkPeople(rule, people, proposal.value.askedBy);
    if (!enough.ok) throw new Error(`Verify grant: ${enough.error.reason}: ${enough.error.detail}`);
    const signers = people.map(({ counter, credentialId, person }): VerifiedSigner => {
      return { scheme: "webauthn", person, credentialId, counter };
    });
    return {
      envelope,
      grant: grant.value,
      signers: [{ scheme: "ed25519", keyId: opened.value.keyId }, ...signers],
    };
  }

  /** People over the proposal itself, or one of them in advance over the text that the envelope carries. */
  async #verifyPeople(envelope: Envelope, proposal: Uint8Array) {
    if (this.#trust === null || this.#party === null) return [];
    const by = { approvers: this.#trust.trust.approvers, party: this.#party };
    const { standing } = envelope;
    const signed =
      standing === undefined
        ? await verifySigners(assertionsOf(envelope), { ...by, challenge: challengeOf("proposal", proposal) })
        : await verifySigners(standing.signatures, {
            ...by,
            challenge: challengeOf("standing", decodeBase64(standing.content) ?? new Uint8Array()),
          });
    if (!signed.ok) throw new Error(`Verify grant: ${signed.error.reason}: ${signed.error.detail}`);
    return signed.value;
  }

  #ruleFor(level: Level) {
    return ruleFor(level, this.#trust?.trust.levels ?? RULES_WITHOUT_PEOPLE);
  }

  #believe(signed: SignedTrust): void {
    const read = readSignedTrust(signed);
    assert(read.ok, "a version can be read");
    this.#trust = read.value;
  }
}
