// Ways to change a text or its bytes that a parser or a verifier might overlook. Each takes its chance from the seed alone.
import type { SeededRandom } from "../simulation/seeded-random.ts";

/** The order of P-256's group. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** Changes base64 or base64url: the bytes in it, or how they are written. */
export function bendBase64(text: string, random: SeededRandom): string {
  const as = /[+/=]/.test(text) ? "base64" : "base64url";
  const bytes = Buffer.from(text, as);
  const at = random.whole(0, Math.max(1, text.length));
  switch (random.whole(0, 12)) {
    case 0:
    case 1:
    case 2:
      return bendBytes(bytes, random).toString(as);
    case 3:
      return text.slice(0, at);
    case 4:
      return text.slice(at);
    case 5:
      return `${text}=`;
    case 6:
      return `${text.slice(0, at)}\n${text.slice(at)}`;
    case 7:
      return bytes.toString(as === "base64" ? "base64url" : "base64");
    case 8:
      return text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) ^ random.whole(1, 4));
    case 9:
      return text + text;
    case 10:
      return text.padEnd(text.length + random.whole(1, 4_000), "A");
    default:
      return "";
  }
}

function bendBytes(bytes: Buffer, random: SeededRandom): Buffer {
  const at = random.whole(0, Math.max(1, bytes.length));
  const changed = Buffer.from(bytes);
  switch (random.whole(0, 5)) {
    case 0:
      changed[at] = (changed[at] ?? 0) ^ (1 << random.whole(0, 8));
      return changed;
    case 1:
      changed[at] = random.whole(0, 256);
      return changed;
    case 2:
      return Buffer.concat([changed.subarray(0, at), changed.subarray(at + 1)]);
    case 3:
      return Buffer.concat([
        changed.subarray(0, at),
        Buffer.from([random.whole(0, 256)]),
        changed.subarray(at),
      ]);
    default:
      return Buffer.concat([changed, Buffer.alloc(random.whole(1, 40))]);
  }
}

function integer(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
}

const derOf = (r: Buffer, s: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from([0x30, r.length + s.length + 4, 2, r.length]),
    r,
    Buffer.from([2, s.length]),
    s,
  ]);

/** Values that a careless verifier takes for a signature of anything. */
const ODD = [0n, 1n, 2n, ORDER - 1n, ORDER, ORDER + 1n, (1n << 256n) - 1n];

/** A signature that nobody made: for any key, over anything. */
export function oddSignature(random: SeededRandom): string {
  const odd = (): bigint => random.oneOf(ODD as [bigint, ...bigint[]]);
  switch (random.whole(0, 6)) {
    case 0:
      // EdDSA: the neutral point and 0, which holds for keys of small order
      return Buffer.concat([Buffer.from([1]), Buffer.alloc(63)]).toString("base64url");
    case 1:
      return Buffer.alloc(64).toString("base64url");
    case 2:
      return Buffer.from([0x30, 0]).toString("base64url");
    case 3:
      return derOf(Buffer.from([0x80]), Buffer.from([0xff])).toString("base64url");
    default:
      return derOf(integer(odd()), integer(odd())).toString("base64url");
  }
}

/** The same signature written otherwise, or its twin with the other s. */
export function bendDer(signature: string, random: SeededRandom): string {
  const der = Buffer.from(signature, "base64url");
  const rLength = der[3] ?? 0;
  const r = der.subarray(4, 4 + rLength);
  const s = der.subarray(6 + rLength);
  if (der[0] !== 0x30 || s.length === 0) return bendBase64(signature, random);
  const long = (bytes: Buffer) => Buffer.concat([Buffer.from([bytes[0] ?? 0, 0x81]), bytes.subarray(1)]);
  const asNumber = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString("hex")}`);
  const ways: (() => Buffer)[] = [
    () => derOf(r, integer(ORDER - asNumber(s))),
    () => derOf(r, integer(ORDER + asNumber(s))),
    () => derOf(integer(ORDER + asNumber(r)), s),
    () => derOf(Buffer.concat([Buffer.from([0]), r]), s),
    () => derOf(r, Buffer.concat([Buffer.from([0]), s])),
    () => derOf(r[0] === 0 ? r.subarray(1) : r, s[0] === 0 ? s.subarray(1) : s),
    () => derOf(s, r),
    () => long(der),
    () => Buffer.concat([der, Buffer.from([0])]),
    () => Buffer.concat([Buffer.from([0x31]), der.subarray(1)]),
    () => Buffer.concat([Buffer.from([0x30, 0x80]), der.subarray(2), Buffer.from([0, 0])]),
    () => Buffer.concat([r.subarray(-32), s.subarray(-32)]),
  ];
  return (ways[random.whole(0, ways.length)]?.() ?? der).toString("base64url");
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Changes the structure of a JSON value somewhere inside. */
export function bendJson(value: Json, random: SeededRandom): Json {
  const isInner = typeof value === "object" && value !== null;
  if (!isInner || random.isHit(0.15)) return oddValue(value, random);
  if (Array.isArray(value)) return bendList(value as readonly Json[], random);
  const entries = Object.entries(value as Readonly<Record<string, Json>>);
  const at = random.whole(0, Math.max(1, entries.length));
  const [key, inner] = entries[at] ?? ["", null];
  const others = entries.filter((_, index) => index !== at);
  switch (random.whole(0, 6)) {
    case 0:
      return Object.fromEntries(others);
    case 1:
      return Object.fromEntries([
        ...entries,
        [random.oneOf(["__proto__", "constructor", "toString", "scheme"]), inner],
      ]);
    case 2:
      return Object.fromEntries([...others, [key.toUpperCase(), inner]]);
    default:
      return Object.fromEntries([...others, [key, bendJson(inner, random)]]);
  }
}

function bendList(list: readonly Json[], random: SeededRandom): Json {
  const at = random.whole(0, Math.max(1, list.length));
  const one = list[at] ?? null;
  switch (random.whole(0, 5)) {
    case 0:
      return list.filter((_, index) => index !== at);
    case 1:
      return [...list, one];
    case 2:
      return [...list].reverse();
    case 3:
      return [...list.slice(0, at), [one], ...list.slice(at + 1)];
    default:
      return list.map((item, index) => (index === at ? bendJson(item, random) : item));
  }
}

function oddValue(value: Json, random: SeededRandom): Json {
  if (typeof value === "string" && random.isHit(0.7)) return bendBase64(value, random);
  if (typeof value === "number" && random.isHit(0.7))
    return value + random.oneOf([-1, 1, 0.5, 2 ** 53, -value]);
  return random.oneOf<Json>([null, true, 0, -1, 1e308, "", "true", [], {}, [value], { value }]);
}

/** Changes the text of JSON itself: a key twice, a byte, an end. */
export function bendText(text: string, random: SeededRandom): string {
  const at = random.whole(0, text.length);
  switch (random.whole(0, 6)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + String.fromCharCode(random.whole(32, 127)) + text.slice(at + 1);
    case 2:
      return text.slice(0, at) + text.slice(at + 1);
    case 3:
      return text.replace("{", '{"standing":null,');
    case 4:
      return text.replace(/"(nonce|hostId|payload|keyId|scheme)":"[^"]*"/, (found) => `${found},${found}`);
    default:
      return `${text} `.repeat(random.whole(1, 3));
  }
}
