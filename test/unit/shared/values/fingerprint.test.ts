// A hash as eight words: each word has eleven bits of it, in order.
import { describe, expect, it } from "vitest";
import { sha256Hex } from "@countersign/shared/values/digest";
import { FINGERPRINT_WORDS, fingerprintWordsOf } from "@countersign/shared/values/fingerprint";

describe("the words of a hash", () => {
  it("are eight of the list, the first eleven bits the first", () => {
    expect(fingerprintWordsOf("0".repeat(64))).toEqual(Array(FINGERPRINT_WORDS).fill("abandon"));
    expect(fingerprintWordsOf("f".repeat(64))).toEqual(Array(FINGERPRINT_WORDS).fill("zoo"));
    // 00000000001 00000000010 …: bits 10 and 20
    expect(fingerprintWordsOf(`0020080${"0".repeat(57)}`).slice(0, 3)).toEqual([
      "ability",
      "able",
      "abandon",
    ]);
  });

  it("change with any of the first 88 bits, and with none after them", () => {
    const hash = sha256Hex("the text of a trust");
    const flipped = (bit: number): string => {
      const digit = Math.floor(bit / 4);
      const value = Number.parseInt(hash[digit]!, 16) ^ (8 >> (bit % 4));
      return hash.slice(0, digit) + value.toString(16) + hash.slice(digit + 1);
    };
    const words = fingerprintWordsOf(hash);
    for (let bit = 0; bit < 88; bit += 1) {
      const changed = fingerprintWordsOf(flipped(bit));
      expect(
        changed.filter((word, index) => word !== words[index]),
        `bit ${bit}`,
      ).toHaveLength(1);
      expect(changed[Math.floor(bit / 11)]).not.toBe(words[Math.floor(bit / 11)]);
    }
    expect(fingerprintWordsOf(flipped(88))).toEqual(words);
  });
});
