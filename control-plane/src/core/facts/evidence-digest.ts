// Whether the proof of a finding is still what was told of it, in a few characters: books are stored and must stay small. Pure.
// Not a secure digest and not meant as one: were two proofs to share it, the view would show the older one until the next change.
import type { Evidence } from "../words/signal.ts";

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** A few characters that change when an instant or a word of the lines does (FNV-1a, 32 bits). */
export function digestOfEvidence(lines: readonly Evidence[]): string {
  let hash = FNV_OFFSET;
  for (const { at, text } of lines) {
    const line = `${at} ${text}\n`;
    for (let index = 0; index < line.length; index += 1)
      hash = Math.imul(hash ^ line.charCodeAt(index), FNV_PRIME);
  }
  return (hash >>> 0).toString(36);
}
