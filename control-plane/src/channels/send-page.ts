// Sends one page on one named channel and says how it went. Secrets are read from bindings here, and stay here. A channel that cannot
// work (no terminal, a secret that is not bound, an address that is refused) is not tried: that is never "delivered".
import { namedAt } from "@countersign/shared/values/named";
import type { Channel } from "../policy/policy-channel.ts";
import type { Policy } from "../policy/policy.ts";
import { parsePublicUrl } from "../public-url.ts";
import { readToken, readWebhookKey } from "./channel-secret.ts";
import type { Message, OutgoingPage, SendResult } from "./channel-send.ts";
import type { NotifyBindings } from "./notify-bindings.ts";
import { sendToNtfy } from "./ntfy.ts";
import { routeProblemOf } from "./route-problem.ts";
import { sendToTerminal } from "./terminal.ts";
import { sendToWebhook } from "./webhook.ts";

/** What is sent, with its path below the desk's public address. */
type Sendable = Message & { readonly path: string };

/** Tries one page on one channel; never throws. */
export async function sendPage(
  page: Sendable,
  channelName: string,
  context: { readonly policy: Policy; readonly bindings: NotifyBindings; readonly now: number },
): Promise<SendResult> {
  const { policy, bindings, now } = context;
  const channel = namedAt(policy.channels, channelName);
  if (channel === undefined) return failed(`the policy has no channel "${channelName}"`);
  const problem = routeProblemOf(channel, bindings);
  if (problem !== null) return failed(problem);
  const outgoing = linkedPage(page, bindings, now);
  try {
    return await sendOn(channel, bindings, outgoing);
  } catch {
    // The error's own text might quote a secret.
    return failed(`channel "${channelName}" could not be used`);
  }
}

async function sendOn(
  channel: Channel,
  bindings: NotifyBindings,
  outgoing: OutgoingPage,
): Promise<SendResult> {
  switch (channel.kind) {
    case "terminal":
      return bindings.TERMINAL === undefined
        ? failed("there is no terminal")
        : sendToTerminal(bindings.TERMINAL, outgoing);
    case "ntfy": {
      const token = channel.secret === undefined ? null : readToken(bindings, channel.secret);
      if (token?.ok === false) return failed(token.error.problem);
      return sendToNtfy(channel, token?.value ?? null, outgoing);
    }
    case "webhook": {
      const key = readWebhookKey(bindings, channel.secret);
      return key.ok ? sendToWebhook(channel, key.value, outgoing) : failed(key.error.problem);
    }
  }
}

/** A page goes out without a link rather than not at all, and says so. */
function linkedPage(page: Sendable, { PUBLIC_URL }: NotifyBindings, now: number): OutgoingPage {
  const base = parsePublicUrl(PUBLIC_URL);
  if (base.ok) return { page, url: `${base.value}${page.path}`, now };
  const body = `${page.body}\nNo link: this desk's PUBLIC_URL is not set. Open the desk yourself.`;
  return { page: { ...page, body }, url: null, now };
}

function failed(detail: string): SendResult {
  return { result: "failed", detail };
}
