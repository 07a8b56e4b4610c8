// The admin API as the starter uses it: an enrolment token for the demo host and a sign-in link for the person.

const TIMEOUT_MS = 10_000;

export interface Admin {
  readonly createEnrolmentToken: () => Promise<string>;
  /** full address of a one-time sign-in page */
  readonly createSignInLink: (responder: string) => Promise<string>;
}

/** Speaks to the control plane at `url` with its admin token. */
export function adminOf(url: string, adminToken: string): Admin {
  async function post(path: string, body: object): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(`${url}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${text.slice(0, 300)}`);
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  }
  return {
    createEnrolmentToken: async () => String((await post("/v1/admin/enrolment-tokens", {})).token),
    createSignInLink: async (responder) => {
      const { token, url: link } = await post("/v1/admin/sign-in-tokens", { responder });
      return typeof link === "string" ? link : `${url}/sign-in/${String(token)}`;
    },
  };
}
