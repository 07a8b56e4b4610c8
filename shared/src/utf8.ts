// Text to UTF-8 and back, with the same types under the typings of Node and of workerd. Pure.
// Bytes that are not UTF-8 are an expected no, never replaced characters: what was signed is what is read.

/** Encodes a text as UTF-8. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

/** Decodes UTF-8, byte-order mark included; returns null when the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
