// Where a channel may send pages: judged from the address alone, in the policy's schema and again before each attempt. Pure.
// What a reader would get wrong: a name is judged as a name. What it resolves to cannot be seen here, so plain http goes to literal
// addresses and `localhost` only, and https proves whom it reached by its certificate.
import { parseIpAddress } from "@countersign/shared/values/ip-address";
import { ok, refuse, type Result } from "@countersign/shared/values/result";

export type AddressRefusal =
  | "address-unreadable"
  | "address-scheme"
  | "address-credentials"
  | "address-forbidden"
  | "address-plain-http";

/** An address that may be used; `isOpen`: what is sent can be read on the way to it. */
export interface ChannelAddress {
  readonly url: URL;
  readonly isOpen: boolean;
}

/** Names under which clouds hand a machine its own credentials. */
const METADATA_NAMES: ReadonlySet<string> = new Set([
  "instance-data",
  "instance-data.ec2.internal",
  "metadata",
  "metadata.azure.internal",
  "metadata.goog",
  "metadata.google.internal",
]);

const SENTENCES: Readonly<Record<AddressRefusal, string>> = {
  "address-unreadable": "expected an address such as https://pages.example.org/hook",
  "address-scheme": "expected an address that begins with https://",
  "address-credentials": "an address may hold no user name or password: name a binding as `secret` instead",
  "address-forbidden":
    "pages may not be sent there: unspecified, link-local, multicast and metadata addresses are no channel's",
  "address-plain-http":
    "expected https://: plain http is only for loopback, and for a private address where the kind has `insecure` (ntfy, webhook: 10.x, 172.16–31.x, 192.168.x, 100.64–127.x, fc00::/7)",
};

/** Judges an address; `insecure` is the policy's word that a private network may read the pages. */
export function parseChannelAddress(
  text: string,
  insecure: boolean,
): Result<ChannelAddress, { readonly reason: AddressRefusal; readonly sentence: string }> {
  const url = URL.parse(text);
  if (url === null) return refuseFor("address-unreadable");
  if (url.protocol !== "https:" && url.protocol !== "http:") return refuseFor("address-scheme");
  if (url.username !== "" || url.password !== "") return refuseFor("address-credentials");
  const reach = reachOf(url.hostname);
  if (reach === "forbidden") return refuseFor("address-forbidden");
  const isPlain = url.protocol === "http:" && reach !== "loopback";
  if (isPlain && !(insecure && reach === "private")) return refuseFor("address-plain-http");
  return ok({ url, isOpen: isPlain });
}

/** Where a host of a URL (as the URL's own parser wrote it) leads. */
function reachOf(hostname: string): "loopback" | "private" | "forbidden" | "elsewhere" {
  const name = hostname.replace(/\.+$/, "");
  const address = parseIpAddress(name);
  if (address !== null) return address.reach;
  if (name === "" || METADATA_NAMES.has(name)) return "forbidden";
  return name === "localhost" || name.endsWith(".localhost") ? "loopback" : "elsewhere";
}

function refuseFor(reason: AddressRefusal) {
  return refuse({ reason, sentence: SENTENCES[reason] });
}
