// The fleet's trust as the desk holds it, read for views: the newest version with its hash, and where its people sign.
import { assert } from "@countersign/shared/values/result";
import type { RelyingParty } from "@countersign/shared/wire/assertion";
import { type KnownTrust, readSignedTrust } from "@countersign/shared/wire/trust-chain";
import type { DeskReads } from "./reads.ts";

export interface TrustNow {
  /** null: the desk is reached by an address, which has no passkeys */
  readonly party: RelyingParty | null;
  /** null: nobody may approve yet */
  readonly trust: KnownTrust | null;
}

/** The newest version. */
export async function trustOf(desk: Pick<DeskReads, "trustNow">): Promise<TrustNow> {
  const { party, versions } = await desk.trustNow();
  const newest = versions.at(-1);
  if (newest === undefined) return { party, trust: null };
  const read = readSignedTrust(newest);
  assert(read.ok, "the desk keeps versions that can be read");
  return { party, trust: read.value };
}
