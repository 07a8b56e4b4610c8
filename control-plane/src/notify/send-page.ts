// Sends one page on one named channel and says how it went. Secrets are read from bindings here, and stay here.
import { namedAt } from "@countersign/shared/named";
import type { Channel, Policy } from "@countersign/shared/policy";
import type { Page } from "../core/desk-state.ts";
import type { SendResult } from "./channel-send.ts";
import { sendToNtfy } from "./ntfy.ts";
import { sendToTerminal } from "./terminal.ts";
import { sendToWebhook } from "./webhook.ts";

/** What sending needs of the Worker's bindings; secrets are looked up by the name that the policy gives. */
export interface NotifyBindings {
  readonly PUBLIC_URL: string;
  readonly TERMINAL?: Fetcher;
}

/** Tries one page on one channel; never throws. */
export async function sendPage(
  page: Page,
  channelName: string,
  context: { readonly policy: Policy; readonly bindings: NotifyBindings; readonly now: number },
): Promise<SendResult> {
  const { policy, bindings, now } = context;
  const channel = namedAt(policy.channels, channelName);
  if (channel === undefined)
    return { result: "failed", detail: `the policy has no channel "${channelName}"` };
  const outgoing = { page, url: `${bindings.PUBLIC_URL.replace(/\/$/, "")}${page.path}`, now };
  try {
    return await sendOn(channel, bindings, outgoing);
  } catch {
    // Such as an unusable secret; the error's own text might quote it.
    return { result: "failed", detail: `channel "${channelName}" could not be used` };
  }
}

async function sendOn(
  channel: Channel,
  bindings: NotifyBindings,
  outgoing: { readonly page: Page; readonly url: string; readonly now: number },
): Promise<SendResult> {
  switch (channel.kind) {
    case "terminal":
      return sendToTerminal(bindings.TERMINAL, outgoing);
    case "ntfy": {
      const token = channel.secret === undefined ? null : secretOf(bindings, channel.secret);
      if (channel.secret !== undefined && token === null) return missing(channel.secret);
      return sendToNtfy(channel, token, outgoing);
    }
    case "webhook": {
      const secret = secretOf(bindings, channel.secret);
      return secret === null ? missing(channel.secret) : sendToWebhook(channel, secret, outgoing);
    }
  }
}

function secretOf(bindings: NotifyBindings, name: string): string | null {
  const value: unknown = Object.entries(bindings).find(([binding]) => binding === name)?.[1];
  return typeof value === "string" && value !== "" ? value : null;
}

function missing(name: string): SendResult {
  return { result: "failed", detail: `the secret ${name} is not set` };
}
