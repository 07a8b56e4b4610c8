// A hash as words that a person compares at two places. Pure. Eight words of the English list of BIP 39 hold 88 bits of it: nobody finds a second
// text with the same words.
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { assert } from "./result.ts";

const WORD_BITS = 11;
export const FINGERPRINT_WORDS = 8;

/** The words of a hash in hex. */
export function fingerprintWordsOf(hash: string): readonly string[] {
  const bits = Array.from(hash.slice(0, 24), (digit) =>
    Number.parseInt(digit, 16).toString(2).padStart(4, "0"),
  ).join("");
  return Array.from({ length: FINGERPRINT_WORDS }, (_, index) => {
    const word = wordlist[Number.parseInt(bits.slice(index * WORD_BITS, (index + 1) * WORD_BITS), 2)];
    assert(word !== undefined, "a hash has bits for every word");
    return word;
  });
}
