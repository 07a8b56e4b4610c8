// What an IP address that stands literally in a URL reaches: this machine, a private network, nothing one may name, or elsewhere. Pure.
// The URL's parser has normalised it already (decimal, octal and hex forms of IPv4, compressed IPv6). What a reader would get wrong:
// an IPv6 address may carry an IPv4 one inside, which is then what counts.

/** `forbidden`: unspecified, link-local, multicast, broadcast, and where clouds serve a machine's own credentials. */
export type Reach = "loopback" | "private" | "forbidden" | "elsewhere";

type Block = readonly [address: string, prefixBits: number, reach: Reach];

/** The first that matches counts; no match: elsewhere. */
const BLOCKS_4: readonly Block[] = [
  ["0.0.0.0", 8, "forbidden"],
  ["100.100.100.200", 32, "forbidden"], // metadata of Alibaba Cloud
  ["168.63.129.16", 32, "forbidden"], // Azure's own host
  ["192.0.0.192", 32, "forbidden"], // metadata of Oracle Cloud
  ["169.254.0.0", 16, "forbidden"],
  ["224.0.0.0", 3, "forbidden"], // multicast, reserved, broadcast
  ["127.0.0.0", 8, "loopback"],
  ["10.0.0.0", 8, "private"],
  ["100.64.0.0", 10, "private"],
  ["172.16.0.0", 12, "private"],
  ["192.168.0.0", 16, "private"],
];
const BLOCKS_6: readonly Block[] = [
  ["::", 128, "forbidden"],
  ["::1", 128, "loopback"],
  ["fd00:ec2::254", 128, "forbidden"], // metadata of AWS
  ["fd20:ce::254", 128, "forbidden"], // metadata of Google Cloud
  ["fd00:42::42", 128, "forbidden"], // metadata of Scaleway
  ["fe80::", 10, "forbidden"],
  ["ff00::", 8, "forbidden"],
  ["fc00::", 7, "private"],
  ["fec0::", 10, "private"],
];
/** Where an IPv4 address lies inside; `isSame`: it is that address, else it is reached through a translator. */
const EMBEDDINGS: readonly (readonly [
  prefix: string,
  prefixBits: number,
  firstByte: number,
  isSame: boolean,
])[] = [
  ["::ffff:0:0", 96, 12, true],
  ["::", 96, 12, true],
  ["::ffff:0:0:0", 96, 12, false],
  ["64:ff9b::", 96, 12, false],
  ["64:ff9b:1::", 48, 12, false],
  ["2002::", 16, 2, false],
];

/** Reads the host of a URL; null: it is a name. */
export function parseIpAddress(hostname: string): { readonly reach: Reach } | null {
  const bytes = hostname.startsWith("[") ? bytesOf6(hostname.slice(1, -1)) : bytesOf4(hostname);
  if (bytes === null) return null;
  return { reach: bytes.length === 4 ? reachOf4(bytes) : reachOf6(bytes) };
}

/** The 4 or 16 bytes of a textual address without brackets; null: it is none. IPv4 in dots at the end of IPv6 is not read. */
export function addressBytesOf(text: string): readonly number[] | null {
  return bytesOf4(text) ?? bytesOf6(text);
}

function reachOf4(bytes: readonly number[]): Reach {
  return BLOCKS_4.find((block) => isWithin(bytes, bytesOf4(block[0]), block[1]))?.[2] ?? "elsewhere";
}

function reachOf6(bytes: readonly number[]): Reach {
  const known = BLOCKS_6.find((block) => isWithin(bytes, bytesOf6(block[0]), block[1]));
  if (known !== undefined) return known[2];
  const embedding = EMBEDDINGS.find(([prefix, bits]) => isWithin(bytes, bytesOf6(prefix), bits));
  if (embedding !== undefined) {
    const [, , firstByte, isSame] = embedding;
    const inner = reachOf4(bytes.slice(firstByte, firstByte + 4));
    return isSame || inner === "elsewhere" ? inner : "forbidden";
  }
  // Teredo (RFC 4380) is a tunnel whose end nobody can judge.
  return isWithin(bytes, bytesOf6("2001::"), 32) ? "forbidden" : "elsewhere";
}

function isWithin(bytes: readonly number[], block: readonly number[] | null, prefixBits: number): boolean {
  if (block === null) return false;
  return bytes.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefixBits - index * 8));
    return byte >> (8 - bits) === (block[index] ?? 0) >> (8 - bits);
  });
}

function bytesOf4(text: string): readonly number[] | null {
  const parts = text.split(".");
  const isAddress = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  return isAddress ? parts.map(Number) : null;
}

/** Sixteen bytes of an address in hex groups, with at most one `::`, which stands for one group at least. */
function bytesOf6(text: string): readonly number[] | null {
  const [head = "", tail, ...more] = text.split("::");
  const groupsOf = (part: string) => (part === "" ? [] : part.split(":"));
  const [left, right] = [groupsOf(head), groupsOf(tail ?? "")];
  const missing = 8 - left.length - right.length;
  if (more.length > 0 || (tail === undefined ? missing !== 0 : missing < 1)) return null;
  const groups = [...left, ...Array<string>(missing).fill("0"), ...right];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return groups.map((group) => Number.parseInt(group, 16)).flatMap((group) => [group >> 8, group & 255]);
}
