// The schema of the journal's lines and of the proposals file: what the actuator believes of its own disk. Pure.
//
// Version history of the journal's lines (an older actuator that finds a kind it does not know takes the journal for damaged, so it is never put
// back over a newer one's state):
//   1  2026-11-22  first version
//   1  2026-11-29  of `started` the optional `signers` and `standing`; the kinds `trust`, `standing-used` and `counter`
import * as z from "zod";
import { BootId, ItemName, Nonce, Sha256Hex } from "@countersign/shared/values/ids";
import { PROPOSAL_BYTES_MAX } from "@countersign/shared/values/limits";
import { CredentialId } from "@countersign/shared/wire/assertion";
import { FleetTrustVersion } from "@countersign/shared/wire/fleet-trust";
import { Outcome, SIGNERS_MAX, VerifiedSigner } from "@countersign/shared/wire/outcome";
import { UnitState } from "@countersign/shared/wire/service-report";
import type { JournalLine } from "../core/actuator/journal-chain.ts";
import type { JournalRecord } from "../core/actuator/journal-state.ts";

const Instant = z.strictObject({
  bootId: BootId,
  monotonicMs: z.number().min(0),
  wallMs: z.number().min(0),
});
const execution = { nonce: Nonce, service: ItemName, at: Instant };

const standing = z.strictObject({ nonce: Nonce, untilAt: z.int().min(0) });
const signers = z.array(VerifiedSigner).max(SIGNERS_MAX);

const schema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("started"),
    ...execution,
    action: ItemName,
    grantId: z.string().max(80),
    proposalHash: Sha256Hex,
    argv: z.array(z.string()),
    approvedBy: z.string().max(64),
    approvedAt: z.int().min(0),
    unitBefore: UnitState,
    signers: signers.optional(),
    standing: standing.optional(),
  }),
  z.strictObject({ type: z.literal("outcome"), outcome: Outcome }),
  z.strictObject({ type: z.literal("acknowledged"), sequence: z.int().min(1) }),
  z.strictObject({
    type: z.literal("trust"),
    at: Instant,
    version: FleetTrustVersion,
    hash: Sha256Hex,
    anchor: Sha256Hex,
    signers,
  }),
  z.strictObject({ type: z.literal("used"), ...execution }),
  z.strictObject({ type: z.literal("standing-used"), ...standing.shape, uses: z.int().min(1) }),
  z.strictObject({ type: z.literal("counter"), credentialId: CredentialId, counter: z.int().min(1) }),
  z.strictObject({ type: z.literal("base"), lastSequence: z.int().min(0) }),
]);

const Head = { line: z.int().min(0), hash: Sha256Hex };
const line = z.strictObject({ line: z.int().min(1), after: Sha256Hex, record: schema });

/** Reads one line of the journal; null when it is none. */
export function parseJournalLine(text: string): JournalLine | null {
  try {
    return line.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** The first field of a record that its own reader would refuse; null when it can be written. */
export function unwritableFieldOf(record: JournalRecord): string | null {
  const read = schema.safeParse(JSON.parse(JSON.stringify(record)));
  return read.success ? null : (read.error.issues[0]?.path.join(".") ?? record.type);
}

export const Sighting = z.strictObject({
  service: ItemName,
  at: Instant,
  restartCount: z.int().min(0),
  invocationId: z.string().max(80),
  isBetweenRuns: z.literal(true).optional(),
});

/** What the actuator remembers between two runs beside the journal. */
export const Memory = z.strictObject({
  version: z.literal(2),
  /** the journal's last line, see core/actuator/journal-chain.ts */
  journal: z.strictObject(Head).nullable(),
  proposals: z.array(
    z.strictObject({
      nonce: Nonce,
      bytes: z.base64().max(Math.ceil(PROPOSAL_BYTES_MAX / 3) * 4),
      at: Instant,
    }),
  ),
  sightings: z.array(Sighting),
});
export type Memory = z.infer<typeof Memory>;
