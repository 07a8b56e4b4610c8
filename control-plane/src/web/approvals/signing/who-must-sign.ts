// Who must sign an act by passkey, who has, who still can, and what its reader can do about it. Pure. The proposal says what its host demands, the
// fleet's trust whose passkeys there are. What a reader would get wrong: the host counts by its own trust; here it is only said what it will want.
import type { Credential } from "@countersign/shared/wire/assertion";
import type { Approval } from "../../../core/desk/records/approval.ts";
import { type OwnPasskeys, ownPasskeys, type PasskeysNow } from "../../signing/own-passkeys.ts";

/** What keeps the reader's passkey from signing it; `ready`: nothing does. */
export type OwnSigning = OwnPasskeys | { readonly kind: "signed" | "asker" | "synced-only" | "no-role" };

/** The fleet's list, and who by the policy may say yes at the desk; absent: whoever is in the list. */
export interface SigningNow extends PasskeysNow {
  readonly mayApprove?: ReadonlySet<string>;
}

export interface Signing {
  /** how many distinct people */
  readonly people: number;
  /** who has signed, in their order */
  readonly signed: readonly string[];
  readonly missingCount: number;
  /** who else can, in the order of the list */
  readonly others: readonly string[];
  readonly own: OwnSigning;
}

/** Of an act that its reader looks at; null: nobody has to sign it. */
export function signingOf(
  { proposal, signatures = [] }: Approval,
  passkeys: SigningNow,
  reader: string,
): Signing | null {
  const { askedBy, requires } = proposal;
  if (requires.people === 0) return null;
  const approvers = passkeys.trust?.trust.approvers ?? [];
  const asker = !requires.mayAskerSign && askedBy.kind === "person" ? askedBy.person : null;
  const isAble = (person: string) => passkeys.mayApprove?.has(person) ?? true;
  const signed = signatures.map(({ by }) => by.responder).filter(isAble);
  const counting = (credentials: readonly Credential[]) =>
    credentials.filter(({ isSynced }) => requires.credentials === "any" || !isSynced);
  const others = approvers
    .filter(
      (approver) =>
        approver.person !== reader &&
        approver.person !== asker &&
        isAble(approver.person) &&
        !signed.includes(approver.person) &&
        counting(approver.credentials).length > 0,
    )
    .map(({ person }) => person);
  return {
    people: requires.people,
    signed,
    missingCount: Math.max(0, requires.people - new Set(signed).size),
    others,
    own: ownSigning(),
  };

  function ownSigning(): OwnSigning {
    if (signed.includes(reader)) return { kind: "signed" };
    if (!isAble(reader)) return { kind: "no-role" };
    if (reader === asker) return { kind: "asker" };
    const own = ownPasskeys(passkeys, reader);
    if (own.kind !== "ready") return own;
    const credentials = counting(own.credentials);
    return credentials.length === 0 ? { kind: "synced-only" } : { ...own, credentials };
  }
}
