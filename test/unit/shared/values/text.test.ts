// Durations, base64 and UTF-8: the texts people and wires carry, both sides of each boundary.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeBase64,
  decodeBase64Url,
  encodeBase64,
  encodeBase64Url,
} from "@countersign/shared/values/base64";
import { formatDuration, parseDuration, writeDuration } from "@countersign/shared/values/duration";
import { decodeUtf8, encodeUtf8, isLongerInUtf8 } from "@countersign/shared/values/utf8";

describe("parseDuration", () => {
  it.each([
    ["0ms", 0],
    ["250ms", 250],
    ["5s", 5_000],
    ["15m", 900_000],
    ["2h", 7_200_000],
    ["7d", 604_800_000],
    ["999999999ms", 999_999_999],
  ])("%s is %i ms", (text, durationMs) => {
    expect(parseDuration(text)).toBe(durationMs);
  });

  it.each(["", "5", "s", "5 s", "-5s", "+5s", "1.5s", "5S", "5sec", "1h30m", "5s\n", "1000000000ms", "٥s"])(
    "%j is no duration",
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );
});

describe("writeDuration", () => {
  it.each([0, 1, 999, 1_500, 90_000, 180_000, 7_200_000, 604_800_000])(
    "%i ms is read again as what it was",
    (ms) => {
      expect(parseDuration(writeDuration(ms))).toBe(ms);
    },
  );
  it("is short", () => {
    expect([90_000, 180_000].map(writeDuration)).toEqual(["90s", "3m"]);
  });
});

describe("formatDuration", () => {
  it.each([
    [-1, "0ms"],
    [0, "0ms"],
    [999, "999ms"],
    [1_000, "1s"],
    [59_499, "59s"],
    [59_500, "1m"],
    [65_000, "1m 5s"],
    [3_600_000, "1h"],
    [3_661_000, "1h 1m"],
    [86_400_000, "1d"],
    [90_000_000, "1d 1h"],
  ])("%i ms reads %s", (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });

  it("gives back what was read, for one unit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 23 }), fc.constantFrom("s", "m", "h", "d"), (count, unit) => {
        expect(formatDuration(parseDuration(`${count}${unit}`) ?? -1)).toBe(`${count}${unit}`);
      }),
    );
  });
});

describe("base64", () => {
  it("carries any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeBase64(encodeBase64(bytes))).toEqual(new Uint8Array(bytes));
        expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
        expect(encodeBase64Url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
        expect(decodeBase64Url(encodeBase64Url(bytes))).toEqual(new Uint8Array(bytes));
      }),
    );
  });

  it.each(["*", "AAAAA", "A===", "ä"])("%j is not base64", (text) => {
    expect(decodeBase64(text)).toBeNull();
  });

  it.each(["*", "A", "AAAAA", "AA==", "AA=", "A+AA", "A/AA", "AA\n", " AA", "AA AA"])(
    "%j is not base64url",
    (text) => {
      expect(decodeBase64Url(text)).toBeNull();
    },
  );

  it("of a URL has one text for each run of bytes: no letter that says the same but for spare bits", () => {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const read = (head: string) =>
      letters.split("").filter((letter) => decodeBase64Url(head + letter) !== null);
    expect(read("A")).toEqual(["A", "Q", "g", "w"]);
    expect(read("AA")).toHaveLength(16);
    expect(read("AAA")).toHaveLength(64);
  });
});

describe("UTF-8", () => {
  it("carries any text, and keeps a byte-order mark: what was signed is what is read", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(decodeUtf8(encodeUtf8(text))).toBe(text);
      }),
    );
    expect(decodeUtf8(new Uint8Array([0xef, 0xbb, 0xbf, 0x41]))).toBe("\uFEFFA");
  });

  it.each([[[0xff]], [[0xc3]], [[0xed, 0xa0, 0x80]], [[0xc0, 0xaf]]])("%j is not UTF-8", (bytes) => {
    expect(decodeUtf8(new Uint8Array(bytes))).toBeNull();
  });
});

describe("a text's length in UTF-8", () => {
  it.each([
    ["aaa", 3],
    ["éé", 4],
    ["€", 3],
    ["😀", 4],
    ["\uD83D", 3],
    ["\uDE00", 3],
    ["\uD83D\uD83D\uDE00", 7],
  ])("of %j is %i bytes: both sides of the bound", (text, bytes) => {
    expect(isLongerInUtf8(text, bytes)).toBe(false);
    expect(isLongerInUtf8(text, bytes - 1)).toBe(true);
  });

  it("is that of the encoded text, whatever it holds", () => {
    const units = fc.array(fc.constantFrom("a", "é", "€", "\uD83D", "\uDE00", "😀"), { maxLength: 40 });
    fc.assert(
      fc.property(units, fc.nat(100), (parts, bytesMax) => {
        const text = parts.join("");
        expect(isLongerInUtf8(text, bytesMax)).toBe(encodeUtf8(text).length > bytesMax);
      }),
    );
  });
});
