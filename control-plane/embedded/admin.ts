// The admin API as the starter uses it: an enrolment token for the demo host and a sign-in link for the person. Who the person is says the
// policy that is in force there, which may be another one than the starter's own.
import { sha256Hex } from "@countersign/shared/values/digest";
import { fingerprintWordsOf } from "@countersign/shared/values/fingerprint";
import { parsePolicyText } from "../src/policy/policy-file.ts";

const TIMEOUT_MS = 10_000;

/** How the person gets in: by a one-time sign-in link, or where its address was sent, or why there is none. */
export type SignInOffer = { readonly url: string } | { readonly sentence: string };

/** The fleet's trust as far as it matters here. */
export interface TrustNow {
  /** where passkeys are made; null: the desk is told by an address, which can have none */
  readonly passkeysAt: string | null;
  /** of the newest version; null: nobody has a passkey yet */
  readonly words: string | null;
}

export interface Admin {
  readonly createEnrolmentToken: () => Promise<string>;
  /** for this person, or for the first of the policy in force where it does not name them; never throws */
  readonly offerSignIn: (responder: string) => Promise<SignInOffer>;
  /** says whether anybody can be paged, by what /healthz answers; never throws */
  readonly canPage: () => Promise<boolean>;
  /** says whether a host is enrolled there, and not retired */
  readonly knowsHost: (hostId: string) => Promise<boolean>;
  /** the newest version of the fleet's trust; what cannot be asked just now counts as none */
  readonly trust: () => Promise<TrustNow>;
}

/** Speaks to the control plane at `url` with its admin token; people open it at `publicUrl`. */
export function adminOf(url: string, adminToken: string, publicUrl = url): Admin {
  /** With a body it is a POST. */
  async function ask(path: string, body?: object): Promise<{ readonly ok: boolean; readonly text: string }> {
    const response = await fetch(`${url}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (response.status >= 500 && response.status !== 502)
      throw new Error(`Ask ${path}: ${response.status} ${text.slice(0, 300)}`);
    return { ok: response.ok, text };
  }

  async function personFor(preferred: string): Promise<string> {
    const { ok, text } = await ask("/v1/admin/policy");
    const policy = parsePolicyText(ok ? String(membersOf(text)["text"]) : "");
    const ids = policy.ok ? policy.value.responders.map(({ id }) => id) : [];
    return ids.includes(preferred) ? preferred : (ids[0] ?? preferred);
  }

  async function offer(preferred: string): Promise<SignInOffer> {
    const responder = await personFor(preferred);
    const { ok, text } = await ask("/v1/admin/sign-in-tokens", { responder });
    const { url: link, channel, detail } = membersOf(text);
    if (typeof link === "string") return { url: link };
    return ok
      ? {
          sentence: `somebody is signed in already: the link was sent to ${responder} by ${String(channel)}.`,
        }
      : { sentence: `no link for ${responder}. ${String(detail)}` };
  }

  /** Before the first passkey of a desk with a name a person chooses the domain, on the same view. */
  async function canChooseDomain(): Promise<boolean> {
    const answer = await ask("/v1/admin/approvers").catch(() => null);
    const { domains = [] } = (answer === null ? {} : membersOf(answer.text)) as {
      readonly domains?: unknown[];
    };
    return domains.length > 0;
  }
  return {
    createEnrolmentToken: async () => {
      const { ok, text } = await ask("/v1/admin/enrolment-tokens", {});
      if (!ok) throw new Error(`Ask for an enrolment token: ${text.slice(0, 300)}`);
      return String(membersOf(text)["token"]);
    },
    offerSignIn: (responder) =>
      offer(responder).catch((error: unknown) => ({ sentence: `no link could be made (${String(error)}).` })),
    canPage: async () => {
      const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
        () => null,
      );
      const health = (await answer?.json().catch(() => null)) as { readonly reasons?: unknown } | null;
      return !(Array.isArray(health?.reasons) && health.reasons.includes("no-channel"));
    },
    knowsHost: async (hostId) => {
      return (await ask(`/v1/admin/hosts/${hostId}`)).ok;
    },
    trust: async () => {
      const answer = await ask("/v1/admin/trust").catch(() => null);
      const { party, versions } = (answer === null ? {} : membersOf(answer.text)) as Partial<Trust>;
      const newest = versions?.at(-1);
      const [origin = (await canChooseDomain()) ? publicUrl : undefined] = party?.origins ?? [];
      return {
        passkeysAt: origin === undefined ? null : `${origin}/passkey`,
        words:
          newest === undefined
            ? null
            : fingerprintWordsOf(sha256Hex(Buffer.from(newest.trust, "base64"))).join(" "),
      };
    },
  };
}

/** What GET /v1/admin/trust answers, as far as it is read here. */
interface Trust {
  readonly party: { readonly origins: readonly string[] } | null;
  readonly versions: readonly { readonly trust: string }[];
}

function membersOf(text: string): Readonly<Record<string, unknown>> {
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}
