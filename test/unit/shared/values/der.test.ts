// ECDSA signatures in DER: each has one way to be written, and everything else is none.
import { createSign, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { rawOfDer } from "@countersign/shared/values/der";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));
const [r, s] = ["11".repeat(32), "22".repeat(32)];
const high = "ff".repeat(32);

describe("one signature", () => {
  it.each([
    ["r and s of 32 bytes", `3044 0220${r} 0220${s}`, `${r}${s}`],
    ["both above 2^255: each with its zero", `3046 022100${high} 022100${high}`, `${high}${high}`],
    ["a short r and s", "3006 020101 020102", `${"00".repeat(31)}01${"00".repeat(31)}02`],
    ["a short r beside a long s", `3025 020101 0220${s}`, `${"00".repeat(31)}01${s}`],
  ])("%s", (_what, der, raw) => {
    expect(Buffer.from(rawOfDer(hex(der)) ?? []).toString("hex")).toBe(raw);
  });

  it("is read of a thousand real ones as Node itself writes them raw", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    for (let index = 0; index < 1_000; index += 1) {
      const der = createSign("sha256").update(String(index)).sign(privateKey);
      const raw = rawOfDer(new Uint8Array(der));
      expect(raw).toHaveLength(64);
      const [left, right] = [raw!.subarray(0, 32), raw!.subarray(32)].map((half) =>
        BigInt(`0x${Buffer.from(half).toString("hex")}`),
      );
      const rLength = der[3]!;
      expect(left).toBe(BigInt(`0x${der.subarray(4, 4 + rLength).toString("hex")}`));
      expect(right).toBe(BigInt(`0x${der.subarray(6 + rLength).toString("hex")}`));
    }
  });
});

describe("is none", () => {
  it.each([
    ["nothing", ""],
    ["a head alone", "30"],
    ["an empty sequence", "3000"],
    ["one integer", `3022 0220${r}`],
    ["three integers", `3047 0220${r} 0220${s} 020101`],
    ["a set", `3144 0220${r} 0220${s}`],
    ["a byte more behind it", `3044 0220${r} 0220${s} 00`],
    ["a byte less", `3044 0220${r} 0220${s.slice(2)}`],
    ["a length that lies, longer", `3045 0220${r} 0220${s}`],
    ["a length that lies, shorter", `3043 0220${r} 0220${s}`],
    ["a length in two bytes", `308144 0220${r} 0220${s}`],
    ["a length without end", `3080 0220${r} 0220${s} 0000`],
    ["an integer with its length in two bytes", `3045 028120${r} 0220${s}`],
    ["an integer of no bytes", `3024 0200 0220${s}`],
    ["an octet string for r", `3044 0420${r} 0220${s}`],
    ["r of 0", `3025 020100 0220${s}`],
    ["s of 0", `3025 0220${r} 020100`],
    ["r negative", `3044 0220${high} 0220${s}`],
    ["s negative", `3025 0220${r} 0201ff`],
    ["r padded without need", `3045 022100${r} 0220${s}`],
    ["s padded twice", `3047 0220${r} 0223000000${high}`],
    ["r of 33 bytes", `3045 022101${r} 0220${s}`],
    ["r that ends behind the end", `3006 0210 01 020101`],
    ["a sequence that is longer than a byte can say", `30ff${"00".repeat(255)}`],
  ])("%s", (_what, der) => {
    expect(rawOfDer(hex(der))).toBeNull();
  });
});
