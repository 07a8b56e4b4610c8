// Standard base64 for bytes on the wire and in files, alike in workerd and Node 24. Pure.

/** Encodes bytes as standard base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Decodes standard base64; returns null when the text is not base64. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  const binary = binaryOf(text);
  if (binary === null) return null;
  const bytes = new Uint8Array(binary.length);
  // `from` with a function walks the text by its iterator, which takes ten times as long
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

function binaryOf(text: string): string | null {
  try {
    return atob(text);
  } catch {
    return null;
  }
}

/** Encodes bytes for a URL path segment or a file name: base64url without padding (RFC 4648 §5). */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * Decodes base64url without padding; returns null when the text is anything else. `atob` lets bits stand behind the last byte, which are
 * looked at here: one text for each run of bytes.
 */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?$/.test(text))
    return null;
  return decodeBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
}
