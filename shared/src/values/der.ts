// An ECDSA signature of P-256 as WebAuthn has it (DER, RFC 3279 §2.2.3) to what WebCrypto takes (r and s, 32 bytes each). Pure, and strict: one
// way to write each signature, so that no two texts pass for one. High and low s are both signatures.

const COORDINATE_BYTES = 32;

/** Gives r ‖ s; null when the bytes are anything but one DER sequence of two positive integers that fit. */
export function rawOfDer(der: Uint8Array): Uint8Array<ArrayBuffer> | null {
  // a signature of P-256 is short: its length has one byte
  if (der[0] !== 0x30 || der[1] !== der.length - 2 || der[1] >= 0x80) return null;
  const r = integerAt(der, 2);
  const s = r === null ? null : integerAt(der, r.end);
  if (r === null || s === null || s.end !== der.length) return null;
  const raw = new Uint8Array(2 * COORDINATE_BYTES);
  raw.set(r.digits, COORDINATE_BYTES - r.digits.length);
  raw.set(s.digits, 2 * COORDINATE_BYTES - s.digits.length);
  return raw;
}

/** The digits of a positive integer without leading zeros, and where the next thing begins. */
function integerAt(
  der: Uint8Array,
  start: number,
): { readonly digits: Uint8Array; readonly end: number } | null {
  const length = der[start + 1] ?? 0;
  const end = start + 2 + length;
  if (der[start] !== 0x02 || length === 0 || length >= 0x80 || end > der.length) return null;
  const bytes = der.subarray(start + 2, end);
  const [first = 0, second = 0] = bytes;
  const isPadded = first === 0;
  // negative, zero, or padded without need
  if (first >= 0x80 || (isPadded && second < 0x80)) return null;
  const digits = isPadded ? bytes.subarray(1) : bytes;
  return digits.length > COORDINATE_BYTES ? null : { digits, end };
}
