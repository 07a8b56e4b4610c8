// One attempt to have the host do what nobody has signed, and what is expected of the host: a refusal of its own, for the reason that is meant. One that is
// refused for another reason may hide that this check is missing, so it counts as not answered.
import type { Assertion } from "@countersign/shared/wire/assertion";
import type { SignedStanding } from "@countersign/shared/wire/standing";
import type { SoftwareAuthenticator } from "../authenticator.ts";
import type { Attacker, HostAnswer, Minted } from "./attacker.ts";

/** What people have signed so far, all of it in the attacker's hands, and their passkeys, for what they go on to sign elsewhere. */
export interface People {
  readonly operator: SoftwareAuthenticator;
  /** a second one of the operator, in the list from its second version on, and out of it from the third */
  readonly spare: SoftwareAuthenticator;
  readonly deputy: SoftwareAuthenticator;
  /** of the deputy, copied by its maker to other devices */
  readonly synced: SoftwareAuthenticator;
  /** somebody whom no list names */
  readonly stranger: SoftwareAuthenticator;
  /** what ran because a person had signed it */
  readonly honest: { readonly act: Minted; readonly assertion: Assertion };
  /** minted and signed while one person was enough, and never handed over */
  readonly early: { readonly act: Minted; readonly assertion: Assertion };
  /** a yes in advance, as often used as it may be */
  readonly spent: { readonly text: string; readonly standing: SignedStanding };
}

export interface Attempt {
  readonly name: string;
  /** why the host is to refuse it */
  readonly because: readonly string[];
  readonly make: (attacker: Attacker, people: People) => Promise<HostAnswer>;
}

export interface AttemptRecord {
  readonly name: string;
  /** the host's own word */
  readonly reason: string;
  readonly detail: string;
  /** absent: it was refused, and for the reason that is meant */
  readonly wrong?: string;
}

/** Makes one attempt. Never throws: what was not answered is told as that. */
export async function tryOnce(
  { because, make, name }: Attempt,
  attacker: Attacker,
  people: People,
): Promise<AttemptRecord> {
  try {
    const { detail, isRefused, reason } = await make(attacker, people);
    if (!isRefused) return { name, reason, detail, wrong: "it was not refused" };
    return because.includes(reason)
      ? { name, reason, detail }
      : { name, reason, detail, wrong: `expected ${because.join(" or ")}` };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { name, reason: "no-answer", detail, wrong: "the host has not answered" };
  }
}

/** An attempt with a proposal of this host and what is made of it. */
export function withAct(
  name: string,
  because: string | readonly string[],
  make: (attacker: Attacker, people: People, act: Minted) => Promise<HostAnswer>,
): Attempt {
  return {
    name,
    because: typeof because === "string" ? [because] : because,
    make: async (attacker, people) => make(attacker, people, await attacker.mint()),
  };
}
