// Whether a passkey can sign where a view was opened: passkeys belong to a domain, and browsers give them out there alone, by https or on localhost.
// Pure. What a reader would get wrong: behind a proxy the request's own address is not what the person sees, so where the desk is reached by https
// that is believed.
import type { RelyingParty } from "@countersign/shared/wire/assertion";

export type WhereToSign =
  | { readonly kind: "here"; readonly party: RelyingParty }
  /** the desk is reached by an address instead of a name */
  | { readonly kind: "no-domain" }
  /** the desk is reached by another name than the one that its passkeys belong to */
  | { readonly kind: "moved"; readonly rpId: string; readonly origin: string }
  /** … by http, and not on this machine */
  | { readonly kind: "no-https"; readonly origin: string }
  /** the view was opened by another address of the desk than `origin` */
  | { readonly kind: "elsewhere"; readonly origin: string; readonly openedAt: string };

/** Where the reader of a view can sign. */
export function whereToSign(party: RelyingParty | null, requestUrl: string): WhereToSign {
  const [origin] = party?.origins ?? [];
  if (party === null || origin === undefined) return { kind: "no-domain" };
  const { hostname, protocol } = new URL(origin);
  if (hostname !== party.rpId && !hostname.endsWith(`.${party.rpId}`))
    return { kind: "moved", rpId: party.rpId, origin };
  if (protocol === "https:") return { kind: "here", party };
  if (hostname !== "localhost" && !hostname.endsWith(".localhost")) return { kind: "no-https", origin };
  const { host, origin: opened } = new URL(requestUrl);
  return party.origins.includes(opened)
    ? { kind: "here", party }
    : { kind: "elsewhere", origin, openedAt: host };
}
