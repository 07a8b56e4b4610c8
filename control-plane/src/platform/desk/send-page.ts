// Sends one page on one named channel and says how it went, within a bound. A channel that cannot work (no terminal, a secret that is not
// bound, an address that is refused) is not tried: that is never "delivered". An attempt never throws: a pager that is down is an expected
// no, and the desk's core decides what follows. Details are for people and audit, so they never carry a secret or a URL.
import { namedAt } from "@countersign/shared/values/named";
import { channelProblemOf, channelRequestOf } from "../../channels/any-channel.ts";
import type { Message, Outgoing } from "../../channels/channel.ts";
import type { Policy } from "../../policy/policy.ts";
import { parsePublicUrl } from "../../public-url.ts";
import type { RouteBindings } from "./routes.ts";

/** The longest one attempt on one channel may take. */
export const SEND_TIMEOUT_MS = 10_000;

/** What is sent, with its path below the desk's public address. */
export type Sendable = Omit<Message, "url" | "sentAt"> & { readonly path: string };

interface SendResult {
  readonly result: "delivered" | "failed";
  readonly detail: string;
}

/** Tries one page on one channel; never throws. */
export async function sendPage(
  page: Sendable,
  channelName: string,
  context: { readonly policy: Policy; readonly bindings: RouteBindings; readonly now: number },
): Promise<SendResult> {
  const { policy, bindings, now } = context;
  const channel = namedAt(policy.channels, channelName);
  if (channel === undefined) return failed(`the policy has no channel "${channelName}"`);
  const problem = channelProblemOf(channel, bindings);
  if (problem !== null) return failed(problem);
  try {
    const made = await channelRequestOf(channel, messageOf(page, bindings, now), bindings);
    return made.ok ? await send(made.value, bindings) : failed(made.error.problem);
  } catch {
    // The error's own text might quote a secret.
    return failed(`channel "${channelName}" could not be used`);
  }
}

/** A page goes out without a link rather than not at all, and says so. */
function messageOf(page: Sendable, { PUBLIC_URL }: RouteBindings, now: number): Message {
  const base = parsePublicUrl(PUBLIC_URL);
  if (base.ok) return { ...page, url: `${base.value}${page.path}`, sentAt: now };
  const body = `${page.body}\nNo link: this desk's PUBLIC_URL is not set. Open the desk yourself.`;
  return { ...page, body, url: null, sentAt: now };
}

/** Sends a request and turns its answer into a result; redirects are failures, because a signed page goes where policy says. */
async function send(outgoing: Outgoing, bindings: RouteBindings): Promise<SendResult> {
  const init = { signal: AbortSignal.timeout(SEND_TIMEOUT_MS), redirect: "manual" } as const;
  try {
    const response = await answerTo(outgoing, init, bindings);
    if (response === undefined) return failed("there is no terminal");
    await response.body?.cancel();
    return { result: response.ok ? "delivered" : "failed", detail: `HTTP ${response.status}` };
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === "TimeoutError";
    return failed(isTimeout ? `no answer in ${SEND_TIMEOUT_MS} ms` : "connection failed");
  }
}

async function answerTo(
  { by, request }: Outgoing,
  init: RequestInit,
  { TERMINAL }: RouteBindings,
): Promise<Response | undefined> {
  switch (by) {
    case "network":
      return fetch(request, init);
    case "terminal":
      return TERMINAL?.fetch(request, init);
  }
}

function failed(detail: string): SendResult {
  return { result: "failed", detail };
}
