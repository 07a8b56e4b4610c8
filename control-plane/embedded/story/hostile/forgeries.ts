// Ways to write a good signature otherwise, or another one in its place: DER that is not DER, keys of another type, parts that are cut or swollen. Pure
// but for the keys that it makes.
import { randomBytes } from "node:crypto";
import type { Assertion } from "@countersign/shared/wire/assertion";

/** The order of P-256's group (SEC 2, §2.4.2). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The two integers of a DER signature, each with its head. */
function integersOf(der: Buffer): readonly [r: Buffer, s: Buffer] {
  const end = 4 + (der[3] ?? 0);
  return [der.subarray(2, end), der.subarray(end)];
}

function sequenceOf(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

function integerOf(value: bigint): Buffer {
  const hex = value.toString(16);
  const digits = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  const padded = (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits;
  return Buffer.concat([Buffer.from([0x02, padded.length]), padded]);
}

function valueOf(integer: Buffer): bigint {
  return BigInt(`0x${integer.subarray(2).toString("hex")}`);
}

function rawOf(integer: Buffer): Buffer {
  return Buffer.from(valueOf(integer).toString(16).padStart(64, "0"), "hex");
}

/** By name: the same signature in a text that no strict reader takes for it. */
export const ODD_DER: readonly (readonly [how: string, change: (der: Buffer) => Buffer])[] = [
  ["a byte behind its end", (der) => Buffer.concat([der, Buffer.from([0])])],
  [
    "its length in two bytes",
    (der) => Buffer.concat([Buffer.from([0x30, 0x81, der.length - 2]), der.subarray(2)]),
  ],
  [
    "an integer that is padded without need",
    (der) => {
      const [r, s] = integersOf(der);
      const padded = Buffer.concat([Buffer.from([0x02, (r[1] ?? 0) + 1, 0]), r.subarray(2)]);
      return sequenceOf(Buffer.concat([padded, s]));
    },
  ],
  [
    "a negative integer",
    (der) => {
      const [r, s] = integersOf(der);
      const sign = Buffer.from([(r[2] ?? 0) ^ 0x80]);
      return sequenceOf(Buffer.concat([r.subarray(0, 2), sign, r.subarray(3), s]));
    },
  ],
  ["as r and s without DER", (der) => Buffer.concat(integersOf(der).map(rawOf))],
  ["with r and s of nothing", () => Buffer.from([0x30, 6, 2, 1, 0, 2, 1, 0])],
  [
    "with s beyond the group",
    (der) => {
      const [r, s] = integersOf(der);
      return sequenceOf(Buffer.concat([r, integerOf(valueOf(s) + ORDER)]));
    },
  ],
];

/** The other signature that ECDSA has for the same text: s is n − s. It holds, so it must not make the act another one. */
export function mirrored(assertion: Assertion): Assertion {
  return withSignature(assertion, (der) => {
    const [r, s] = integersOf(der);
    return sequenceOf(Buffer.concat([r, integerOf(ORDER - valueOf(s))]));
  });
}

/** The same assertion with another signature. */
export function withSignature(assertion: Assertion, change: (der: Buffer) => Buffer): Assertion {
  const der = Buffer.from(assertion.signature, "base64url");
  return { ...assertion, signature: change(der).toString("base64url") };
}

/** The same assertion with one of its parts otherwise. */
export function withPart(
  assertion: Assertion,
  part: "authenticatorData" | "clientDataJSON" | "signature",
  change: (bytes: Buffer) => Buffer,
): Assertion {
  return { ...assertion, [part]: change(Buffer.from(assertion[part], "base64url")).toString("base64url") };
}

/** As long as no reader takes it. */
export function swollen(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, randomBytes(2_000)]);
}

/** Cut in the middle. */
export function cut(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.floor(bytes.length / 2));
}
