// The admin API as the starter uses it: an enrolment token for the demo host and a sign-in link for the person.

const TIMEOUT_MS = 10_000;

/** How the person gets in: by a one-time sign-in page, or where its address was sent, or why there is none. */
export type SignInOffer = { readonly url: string } | { readonly sentence: string };

export interface Admin {
  readonly createEnrolmentToken: () => Promise<string>;
  readonly offerSignIn: (responder: string) => Promise<SignInOffer>;
}

/** Speaks to the control plane at `url` with its admin token. */
export function adminOf(url: string, adminToken: string): Admin {
  async function ask(path: string, body: object): Promise<{ readonly ok: boolean; readonly text: string }> {
    const response = await fetch(`${url}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (response.status >= 500 && response.status !== 502)
      throw new Error(`POST ${path}: ${response.status} ${text.slice(0, 300)}`);
    return { ok: response.ok, text };
  }
  return {
    createEnrolmentToken: async () => {
      const { ok, text } = await ask("/v1/admin/enrolment-tokens", {});
      if (!ok) throw new Error(`Ask for an enrolment token: ${text.slice(0, 300)}`);
      return String(membersOf(text)["token"]);
    },
    offerSignIn: async (responder) => {
      const { ok, text } = await ask("/v1/admin/sign-in-tokens", { responder });
      const { url: link, channel, detail } = membersOf(text);
      if (typeof link === "string") return { url: link };
      return ok
        ? {
            sentence: `somebody is signed in already: the link was sent to ${responder} by ${String(channel)}.`,
          }
        : { sentence: `no link for ${responder}. ${String(detail)}` };
    },
  };
}

function membersOf(text: string): Readonly<Record<string, unknown>> {
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}
