// The schema of the journal's lines and of the proposals file: what the actuator believes of its own disk. Pure.
import { BootId, ItemName, Nonce, Sha256Hex } from "@countersign/shared/ids";
import { PROPOSAL_BYTES_MAX } from "@countersign/shared/limits";
import { Outcome } from "@countersign/shared/outcome";
import { UnitState } from "@countersign/shared/service-report";
import { z } from "zod";
import type { JournalRecord } from "../core/journal-state.ts";

const Instant = z.strictObject({
  bootId: BootId,
  monotonicMs: z.number().min(0),
  wallMs: z.number().min(0),
});
const execution = { nonce: Nonce, service: ItemName, at: Instant };

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
  }),
  z.strictObject({ type: z.literal("outcome"), outcome: Outcome }),
  z.strictObject({ type: z.literal("acknowledged"), sequence: z.int().min(1) }),
  z.strictObject({ type: z.literal("used"), ...execution }),
  z.strictObject({ type: z.literal("base"), lastSequence: z.int().min(0) }),
]);

/** Reads one line of the journal; null when it is no record. */
export function parseJournalLine(line: string): JournalRecord | null {
  try {
    return schema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

/** What the actuator remembers between two runs beside the journal. */
export const Memory = z.strictObject({
  version: z.literal(1),
  proposals: z.array(
    z.strictObject({
      nonce: Nonce,
      bytes: z.base64().max(Math.ceil(PROPOSAL_BYTES_MAX / 3) * 4),
      at: Instant,
    }),
  ),
  sightings: z.array(
    z.strictObject({
      service: ItemName,
      at: Instant,
      restartCount: z.int().min(0),
      invocationId: z.string().max(80),
    }),
  ),
});
export type Memory = z.infer<typeof Memory>;
