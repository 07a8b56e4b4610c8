// The part of an address that one customer of a network holds: an IPv4 address, or the first 64 bits of an IPv6 one (RFC 6177: nobody
// gets less, so who is refused could take the next of 2^64 addresses). Pure. What is no address is one group of its own, so that a
// caller who hides theirs shares a limit with all who do.

const NO_ADDRESS = "unknown";
const ADDRESS_CHARS_MAX = 45;
const GROUPS_OF_64_BITS = 4;

/** The group of a textual address as the platform states it; null: it states none. IPv4 within IPv6 is the IPv4 address. */
export function addressGroupOf(address: string | null): string {
  if (address === null || address.length > ADDRESS_CHARS_MAX) return NO_ADDRESS;
  const plain = address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, "");
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(plain)) return plain;
  const words = wordsOf(plain);
  return words === null ? NO_ADDRESS : `${words.slice(0, GROUPS_OF_64_BITS).join(":")}::/64`;
}

/** The eight groups of an IPv6 address without leading zeros; null: it is none. */
function wordsOf(address: string): readonly string[] | null {
  if (!/^[0-9a-f:.]+$/.test(address) || !address.includes(":")) return null;
  const [head = "", tail, ...more] = address.split("::");
  if (more.length > 0) return null;
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const words = [...before, ...Array.from({ length: missing }, () => "0"), ...after];
  return words.every((word) => /^[0-9a-f]{1,4}$/.test(word))
    ? words.map((word) => Number.parseInt(word, 16).toString(16))
    : null;
}
