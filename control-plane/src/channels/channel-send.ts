// What every channel shares: what is sent, how an attempt ends, and the bound on it. An attempt never throws: a pager that is down is
// an expected no, and the desk's core decides what follows. Details are for people and audit, so they never carry a secret or a URL.
import type { Page } from "../core/desk/state/desk-state.ts";

/** The longest one attempt on one channel may take. */
export const SEND_TIMEOUT_MS = 10_000;

/** What a channel carries: a page of the outbox, or a sign-in link, which is sent at once and never stored. */
export interface Message extends Pick<
  Page,
  "key" | "approvalId" | "responder" | "severity" | "title" | "body" | "createdAt"
> {
  readonly kind: Page["kind"] | "sign-in";
  readonly incidentId: string | null;
}

/** One page as the channels send it; `url` is its path below the desk's public URL, null: no link can be made. */
export interface OutgoingPage {
  readonly page: Message;
  readonly url: string | null;
  /** epoch milliseconds of this attempt */
  readonly now: number;
}

export interface SendResult {
  readonly result: "delivered" | "failed";
  readonly detail: string;
}

/** What takes pages where the control plane runs: a binding of the Worker that answers requests. */
export interface Terminal {
  readonly fetch: (request: Request, init?: RequestInit) => Promise<Response>;
}

/** Sends a request and turns its answer into a result; redirects are failures, because a signed page goes where policy says. */
export async function sendRequest(request: Request, terminal?: Terminal): Promise<SendResult> {
  try {
    const init = { signal: AbortSignal.timeout(SEND_TIMEOUT_MS), redirect: "manual" } as const;
    const response = await (terminal === undefined ? fetch(request, init) : terminal.fetch(request, init));
    await response.body?.cancel();
    if (response.ok) return { result: "delivered", detail: `HTTP ${response.status}` };
    return { result: "failed", detail: `HTTP ${response.status}` };
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === "TimeoutError";
    return {
      result: "failed",
      detail: isTimeout ? `no answer in ${SEND_TIMEOUT_MS} ms` : "connection failed",
    };
  }
}
