// Whether a passkey can sign where a view was opened: passkeys belong to a domain, and browsers give them out there alone, by https or on localhost.
// Pure. What a reader would get wrong: behind a proxy the request's own address is not what the person sees, so where the desk is reached by https
// that is believed.
import type { RelyingParty } from "@countersign/shared/wire/assertion";
import { isBeneath } from "../../platform/desk/approvers/relying-party.ts";
import { parsePublicUrl } from "../../public-url.ts";

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

/** Where the reader of a view can sign; `publicUrl`: where the desk is reached now. */
export function whereToSign(
  party: RelyingParty | null,
  requestUrl: string,
  publicUrl: string | undefined,
): WhereToSign {
  const [begunAt] = party?.origins ?? [];
  if (party === null || begunAt === undefined) return { kind: "no-domain" };
  const reached = parsePublicUrl(publicUrl);
  const { hostname, origin, protocol } = new URL(reached.ok ? reached.value : begunAt);
  if (!isBeneath(hostname, party.rpId)) return { kind: "moved", rpId: party.rpId, origin };
  if (protocol === "https:") return { kind: "here", party };
  if (hostname !== "localhost" && !hostname.endsWith(".localhost")) return { kind: "no-https", origin };
  const { host, origin: opened } = new URL(requestUrl);
  return party.origins.includes(opened)
    ? { kind: "here", party }
    : { kind: "elsewhere", origin, openedAt: host };
}
