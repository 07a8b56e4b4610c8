// Text to UTF-8 and back, with the same types under the typings of Node and of workerd. Pure.
// Bytes that are not UTF-8 are an expected no, never replaced characters: what was signed is what is read.

/** Encodes a text as UTF-8. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

/** Says whether a text is longer than so many bytes of UTF-8. Its length decides first, and nothing is copied to be measured. */
export function isLongerInUtf8(text: string, bytesMax: number): boolean {
  if (text.length > bytesMax) return true;
  if (text.length * 3 <= bytesMax) return false;
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    // Half of a pair is two of four bytes; a half alone is written as U+FFFD, of three.
    bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : isHalfOfPair(text, index) ? 2 : 3;
  }
  return bytes > bytesMax;
}

function isHalfOfPair(text: string, index: number): boolean {
  const isHigh = (at: number) => (text.charCodeAt(at) & 0xfc00) === 0xd800;
  const isLow = (at: number) => (text.charCodeAt(at) & 0xfc00) === 0xdc00;
  return (isHigh(index) && isLow(index + 1)) || (isLow(index) && isHigh(index - 1));
}

/** Decodes UTF-8, byte-order mark included; returns null when the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
