// Pauses that do not all end at once: a fifth shorter or longer, the same for the same seed. Pure: the core has no
// chance, so a hash stands in its place.
import { sha256Hex } from "@countersign/shared/values/digest";

const SPREAD = 0.2;
const SEED_DIGITS = 8;

/** A pause of about so long; `seed` says whose, and the how manieth. */
export function jittered(pauseMs: number, seed: string): number {
  const share = Number.parseInt(sha256Hex(seed).slice(0, SEED_DIGITS), 16) / 16 ** SEED_DIGITS;
  return Math.round(pauseMs * (1 - SPREAD + 2 * SPREAD * share));
}
