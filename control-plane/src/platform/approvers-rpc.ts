// What is asked of the desk about who may approve: the domain of their passkeys, passkeys that wait to be let in, next versions of the fleet's trust
// that wait for signatures, and signing in by passkey. Types alone. What a reader would get wrong: nothing of it makes a host believe anybody.
import type { Result } from "@countersign/shared/values/result";
import type { Assertion, Credential, RelyingParty } from "@countersign/shared/wire/assertion";
import type { FleetTrust, TrustMark } from "@countersign/shared/wire/fleet-trust";
import type { TrustRefusal } from "@countersign/shared/wire/trust-chain";
import type { Actor, Admin, Person } from "../core/words/actor.ts";
import type { GivenLink, LinkRefusal, SignIn } from "./sign-in-shapes.ts";

/** A passkey that its person made, and that nobody has let in yet. */
export interface Candidate {
  readonly person: string;
  readonly credential: Credential;
  /** of the sign-in on which it was made */
  readonly deviceName: string;
  /** SHA-256 over person and key: its eight words stand on both sides */
  readonly hash: string;
  readonly madeAt: number;
  readonly expiresAt: number;
}

/** A next version that is not signed by enough people. */
export interface TrustDraft {
  /** SHA-256 over its exact bytes */
  readonly hash: string;
  /** base64 of its exact bytes */
  readonly text: string;
  readonly trust: FleetTrust;
  readonly by: Actor;
  readonly madeAt: number;
  readonly expiresAt: number;
  readonly signed: readonly {
    readonly person: string;
    readonly credentialName: string;
    readonly at: number;
  }[];
  /** how many more people must sign it */
  readonly missing: number;
}

/** When a passkey signed last, as the desk has verified it. */
export interface PasskeyUse {
  readonly credentialId: string;
  readonly usedAt: number;
  readonly usedFor: "sign-in" | "approval" | "standing" | "trust";
}

/** All that is known of approvers beside the versions of the trust themselves (`trustNow`). */
export interface ApproversNow {
  /** where people sign; null: it was not chosen, or cannot be */
  readonly party: RelyingParty | null;
  /** domains that could be chosen at the desk's address, its whole name first; empty: one is chosen, or the address has no name */
  readonly domains: readonly string[];
  /** oldest first */
  readonly candidates: readonly Candidate[];
  /** oldest first */
  readonly drafts: readonly TrustDraft[];
  readonly uses: readonly PasskeyUse[];
}

/** What is done about approvers. */
export type TrustAct =
  /** before the first passkey, and for good */
  | { readonly kind: "choose-domain"; readonly rpId: string }
  /** the first passkey begins the trust; each other one waits to be let in */
  | { readonly kind: "offer-passkey"; readonly credential: Credential; readonly deviceName: string }
  /** by its own person, or by who may administer */
  | { readonly kind: "withdraw-passkey"; readonly credentialId: string }
  /** base64 of the exact bytes of a next version, without a signature */
  | { readonly kind: "draft-trust"; readonly text: string }
  /** … and with one person's; from the threshold on it is published */
  | { readonly kind: "sign-trust"; readonly text: string; readonly assertion: Assertion }
  | { readonly kind: "drop-draft"; readonly hash: string }
  /** forgets every version, candidate and draft, and the domain, so that a first passkey begins anew; whoever holds the admin token alone */
  | { readonly kind: "begin-anew"; readonly why: string };

/** What came of it; each null where it does not apply. */
export interface TrustDone {
  /** the version that is the newest from now on */
  readonly published: TrustMark | null;
  /** how many more people must sign */
  readonly missing: number | null;
}

export interface TrustActRefusal {
  readonly reason:
    | "people-only"
    | "role-missing"
    /** it has begun already */
    | "trust-exists"
    /** nobody has a passkey yet */
    | "trust-missing"
    /** the desk is reached by an address, or no domain is chosen */
    | "party-missing"
    /** no domain of the desk's address */
    | "party-wrong"
    | "passkey-known"
    | "candidates-full"
    | "candidate-unknown"
    | "draft-unknown"
    | "drafts-full"
    | "passkey-wrong"
    | "passkey-not-yours"
    | "signed-already"
    | "desk-key-missing"
    | TrustRefusal["reason"];
  readonly detail: string;
}

export interface ApproversRpc {
  approversNow(): Promise<ApproversNow>;
  trustAct(
    act: TrustAct,
    by: (Person & { readonly deviceId: string }) | Admin,
  ): Promise<Result<TrustDone, TrustActRefusal>>;
  /**
   * a link for a person who is signed in nowhere and has no passkey, shown to the signed-in person who asks, on the device of that name; given here and
   * never again
   */
  inviteHere(
    responder: string,
    by: Person & { readonly deviceName?: string },
  ): Promise<Result<GivenLink, LinkRefusal | { readonly reason: "person-is-here" | "role-missing" }>>;
  /** what a passkey signs to sign its person in; good once, for some minutes, and stored nowhere */
  signInChallenge(): Promise<{ readonly challenge: string; readonly expiresAt: number }>;
  signInByPasskey(asked: {
    /** as `signInChallenge` gave it: the passkey signed `challengeOf("sign-in", utf8 of it)` */
    readonly challenge: string;
    readonly assertion: Assertion;
  }): Promise<
    Result<
      { readonly signInSecret: string; readonly signIn: SignIn },
      { readonly reason: "challenge-expired" | "challenge-used" | "passkey-wrong" | "passkey-unknown" }
    >
  >;
}
