// The part of an address that one customer of a network holds: an IPv4 address, or the first 64 bits of an IPv6 one (RFC 6177: nobody
// gets less, so who is refused could take the next of 2^64 addresses). Pure. What is no address is one group of its own, so that a
// caller who hides theirs shares a limit with all who do.
import { addressBytesOf } from "@countersign/shared/values/ip-address";

const NO_ADDRESS = "unknown";
const ADDRESS_CHARS_MAX = 45;
const BYTES_OF_64_BITS = 8;
/** ::ffff:0:0/96, where an IPv4 address lies inside (RFC 4291 §2.5.5.2) */
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** The group of a textual address as the platform states it; null: it states none. IPv4 within IPv6 is the IPv4 address. */
export function addressGroupOf(address: string | null): string {
  if (address === null || address.length > ADDRESS_CHARS_MAX) return NO_ADDRESS;
  const bytes = addressBytesOf(address.replace(/^::ffff:(?=\d+\.)/i, ""));
  if (bytes === null) return NO_ADDRESS;
  const isMapped = bytes.length > 4 && MAPPED.every((byte, index) => bytes[index] === byte);
  if (isMapped) return bytes.slice(MAPPED.length).join(".");
  if (bytes.length === 4) return bytes.join(".");
  return `${hexOf(bytes.slice(0, BYTES_OF_64_BITS))}/64`;
}

function hexOf(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
