// What this host believes about who may permit what: its own trust file, and the version of the fleet's that follows from the one root accepted.
// Pure (WebCrypto only computes). What a reader would get wrong: a version that was believed once must be reached again. When it is not, nothing
// is permitted: the keys of an older version may be the very ones that were taken out.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { RelyingParty } from "@countersign/shared/wire/assertion";
import type { SignedTrust, TrustMark } from "@countersign/shared/wire/fleet-trust";
import type { HostTrust } from "@countersign/shared/wire/host-trust";
import {
  type Level,
  type LevelRule,
  ruleFor,
  RULES_WITHOUT_PEOPLE,
} from "@countersign/shared/wire/level-rule";
import type { DeskKey } from "@countersign/shared/wire/public-key";
import type { Signer } from "@countersign/shared/wire/signers";
import {
  type KnownTrust,
  markOf,
  readSignedTrust,
  verifyNextTrust,
} from "@countersign/shared/wire/trust-chain";

/** What is believed at one moment. */
export interface BelievedTrust {
  readonly host: HostTrust;
  /** null: root has accepted no version */
  readonly fleet: KnownTrust | null;
}

/** A version after the accepted one, and who signed it. */
export interface TrustStep {
  readonly known: KnownTrust;
  readonly signed: SignedTrust;
  readonly signers: readonly Signer[];
}

/** How far the kept versions lead. */
export interface FollowedChain {
  /** the version that root accepted */
  readonly anchor: KnownTrust;
  readonly steps: readonly TrustStep[];
  /** the last one that follows */
  readonly reached: KnownTrust;
  /** why those after it do not; null: all of them do */
  readonly broken: string | null;
}

/** The last version that was believed, as the journal has it, and the hash of the accepted one that it followed from. */
export interface RecordedTrust extends TrustMark {
  readonly anchor: string;
}

/** Follows the kept versions from the accepted one; those that it has overtaken are passed over. */
export async function followChain(
  anchor: KnownTrust,
  kept: readonly SignedTrust[],
  party: RelyingParty | null,
): Promise<FollowedChain> {
  const steps: TrustStep[] = [];
  let reached = anchor;
  for (const signed of kept) {
    const read = readSignedTrust(signed);
    if (read.ok && read.value.trust.version <= anchor.trust.version) continue;
    if (party === null)
      return { anchor, steps, reached, broken: "this host's trust file does not say where people sign" };
    const next = await verifyNextTrust(reached, signed, party);
    if (!next.ok) return { anchor, steps, reached, broken: next.error.detail };
    const { signers, ...known } = next.value;
    steps.push({ known, signed, signers });
    reached = known;
  }
  return { anchor, steps, reached, broken: null };
}

/** Says why a chain does not lead to what was believed before; null: it does. Root's own accepting begins anew. */
export function findLoss(
  { anchor, reached, steps }: FollowedChain,
  recorded: RecordedTrust | null,
): string | null {
  if (recorded === null || recorded.anchor !== anchor.hash) return null;
  const marks = [anchor, ...steps.map(({ known }) => known)].map(markOf);
  if (marks.some(({ hash }) => hash === recorded.hash)) return null;
  return reached.trust.version < recorded.version
    ? `version ${recorded.version} of the fleet's trust was believed here, and what is kept leads to version ${reached.trust.version} only`
    : `another version ${recorded.version} of the fleet's trust was believed here than the one that is kept`;
}

/** The desk keys that count. */
export function deskKeysOf({ fleet, host }: BelievedTrust): readonly DeskKey[] {
  return fleet?.trust.deskKeys ?? host.deskKeys;
}

/** What a level demands on this host now, or why nobody can give it. */
export function ruleOn(
  { fleet, host }: BelievedTrust,
  level: Level,
): Result<LevelRule, { readonly reason: "level-closed"; readonly detail: string }> {
  const closed = (detail: string) => refuse({ reason: "level-closed" as const, detail });
  const rule = ruleFor(level, fleet?.trust.levels ?? RULES_WITHOUT_PEOPLE, host.floor);
  if (rule === null)
    return closed(
      host.floor?.[level] === "closed"
        ? `root has closed level ${level} on this host, in its trust file`
        : fleet === null
          ? `level ${level} needs a person, and this host believes no approver yet: run \`countersign-agent trust accept\` there as root`
          : `version ${fleet.trust.version} of the fleet's trust has no rule for level ${level}`,
    );
  if (rule.people === 0) return ok(rule);
  if (fleet === null || host.party === null)
    return closed(
      `level ${level} needs a person, and this host does not know ${fleet === null ? "any approver" : "where people sign"} yet: run \`countersign-agent trust accept\` there as root`,
    );
  const able = fleet.trust.approvers.filter(({ credentials }) =>
    credentials.some(({ isSynced }) => rule.credentials === "any" || !isSynced),
  ).length;
  return able >= rule.people
    ? ok(rule)
    : closed(`level ${level} needs ${rule.people} people, and ${able} of the approvers could sign for it`);
}
