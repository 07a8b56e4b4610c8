// Where people sign: before the fleet has its first passkey at the domain that somebody chose, afterwards there and wherever the desk has moved beneath
// it. Pure. What a reader would get wrong: passkeys stay bound to the domain for good, so it is asked for and never guessed; only `localhost`, where
// nobody else can be, needs no choice.
import { RelyingParty } from "@countersign/shared/wire/assertion";
import { parsePublicUrl } from "../../../public-url.ts";

/** Names under which everybody can have a desk: browsers bind no passkey to them. The list of all such names is long; the browser has it. */
const SHARED_NAMES = ["workers.dev", "pages.dev"];
const LABELS_MIN = 2;
/** As many addresses as a relying party names. */
const ORIGINS_MAX = 4;

/** Domains that can be chosen for a desk at this address, its whole name first; none: it has no name, or needs no choice. */
export function domainsAt(publicUrl: string): readonly string[] {
  const at = addressOf(publicUrl);
  if (at === null || isLocal(at.hostname)) return [];
  const labels = at.hostname.split(".");
  const parents = labels
    .map((_, index) => labels.slice(index))
    .filter((rest, index) => index === 0 || rest.length >= LABELS_MIN)
    .map((rest) => rest.join("."));
  return parents.filter((domain) => !SHARED_NAMES.includes(domain) && partyOf(domain, at.origin) !== null);
}

/** Where people sign for a desk at this address; null: nothing that fits it was chosen. */
export function partyAt(publicUrl: string, chosen: string | null): RelyingParty | null {
  const at = addressOf(publicUrl);
  if (at === null) return null;
  if (isLocal(at.hostname)) return partyOf(at.hostname, at.origin);
  return chosen !== null && domainsAt(publicUrl).includes(chosen) ? partyOf(chosen, at.origin) : null;
}

/**
 * Where people sign once there are passkeys: a desk that has moved beneath their domain takes what is signed at its own address, and what was signed at
 * those before. Elsewhere no passkey signs, and it stays as it was.
 */
export function partySince(begun: RelyingParty, publicUrl: string): RelyingParty {
  const at = addressOf(publicUrl);
  if (at === null || !isBeneath(at.hostname, begun.rpId)) return begun;
  const before = begun.origins.filter((origin) => origin !== at.origin);
  const moved = RelyingParty.safeParse({ ...begun, origins: [at.origin, ...before].slice(0, ORIGINS_MAX) });
  return moved.success ? moved.data : begun;
}

/** Whether passkeys of a domain can be asked for at this name. */
export function isBeneath(hostname: string, rpId: string): boolean {
  return hostname === rpId || hostname.endsWith(`.${rpId}`);
}

function addressOf(publicUrl: string): URL | null {
  const usable = parsePublicUrl(publicUrl);
  return usable.ok ? new URL(usable.value) : null;
}

function isLocal(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost");
}

function partyOf(rpId: string, origin: string): RelyingParty | null {
  const party = RelyingParty.safeParse({ rpId, origins: [origin] });
  return party.success ? party.data : null;
}
