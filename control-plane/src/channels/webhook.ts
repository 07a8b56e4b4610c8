// The webhook channel, signed as Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks, spec §"Signature scheme"):
// HMAC-SHA-256 over `id.timestamp.body`. The id is the page's key and the instant at which the page was made: a receiver can drop the
// repeat of an at-least-once delivery, and takes what a desk that was set back in time pages anew.
import { encodeBase64 } from "@countersign/shared/values/base64";
import type { Channel } from "../policy/policy-channel.ts";
import { type OutgoingPage, type SendResult, sendRequest } from "./channel-send.ts";

type WebhookChannel = Extract<Channel, { kind: "webhook" }>;

/** POSTs one page, signed with the key. */
export async function sendToWebhook(
  channel: WebhookChannel,
  key: Uint8Array<ArrayBuffer>,
  outgoing: OutgoingPage,
): Promise<SendResult> {
  const { page, url, now } = outgoing;
  const {
    createdAt,
    key: pageKey,
    incidentId,
    approvalId,
    kind,
    responder,
    severity,
    title,
    body: text,
  } = page;
  const id = `${pageKey}:${createdAt}`;
  const data = { key: pageKey, incidentId, approvalId, kind, responder, severity, title, body: text, url };
  const body = JSON.stringify({ type: `page.${kind}`, timestamp: new Date(now).toISOString(), data });
  const timestamp = String(Math.floor(now / 1_000));
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${await signWebhook(key, `${id}.${timestamp}.${body}`)}`,
  };
  return sendRequest(new Request(channel.url, { method: "POST", headers, body }));
}

async function signWebhook(secret: Uint8Array<ArrayBuffer>, content: string): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(content));
  return encodeBase64(new Uint8Array(signature));
}
