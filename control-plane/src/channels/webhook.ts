// The webhook channel, signed as Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks, spec §"Signature scheme"):
// HMAC-SHA-256 over `id.timestamp.body`. The id is the message's key and the instant at which it was made: a receiver can drop the
// repeat of an at-least-once delivery, and takes what a desk that was set back in time pages anew.
import * as z from "zod";
import { decodeBase64, encodeBase64 } from "@countersign/shared/values/base64";
import { ok, type Result } from "@countersign/shared/values/result";
import { readStatus } from "./answers.ts";
import { problemIn, readSecret, type SecretUnusable, unusable } from "./channel-secret.ts";
import { AddressText, Insecure, SecretName } from "./channel-settings.ts";
import { channelKind, type Message } from "./channel.ts";
import { jsonRequest } from "./json-request.ts";

/** Shorter keys can be guessed (Standard Webhooks asks for at least 24). */
const KEY_BYTES_MIN = 16;

type Key = Uint8Array<ArrayBuffer>;

/** POSTs pages, signed, to an address. */
export const WEBHOOK = channelKind({
  kind: "webhook",
  traits: {
    name: "a signed webhook",
    wakes: "nobody",
    receipts: "accepted",
    acknowledges: false,
    carries: "everything",
    arrivesWithinMs: null,
    costs: "whatever runs behind it",
  },
  settings: z.strictObject({
    kind: z.literal("webhook"),
    url: AddressText,
    /** binding that holds the `whsec_…` signing secret */
    secret: SecretName,
    insecure: Insecure,
  }),
  addressKeys: ["url"],
  addressOf: ({ insecure, url }) => ({ key: "url", text: url, insecure }),
  problemOf: ({ secret }, bindings) => problemIn(readKey(bindings, secret)),
  async request({ secret, url }, message, bindings) {
    const key = readKey(bindings, secret);
    if (!key.ok) return key;
    const id = `${message.key}:${message.createdAt}`;
    const timestamp = String(Math.floor(message.sentAt / 1_000));
    const body = bodyOf(message);
    const headers = new Headers({
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${await sign(key.value, `${id}.${timestamp}.${body}`)}`,
    });
    return ok({ by: "network", request: jsonRequest(url, body, headers) });
  },
  // Only "410 Gone" ends an endpoint (its spec §"Delivery"): a 401 or 404 may be a receiver that is just being deployed.
  read(answer) {
    const taken = readStatus(answer);
    return taken.result === "accepted" ? taken : { ...taken, isForGood: answer.status === 410 };
  },
});

function bodyOf(message: Message): string {
  const { key, incidentId, approvalId, kind, responder, severity, title, body, url, sentAt } = message;
  const data = { key, incidentId, approvalId, kind, responder, severity, title, body, url };
  return JSON.stringify({ type: `page.${kind}`, timestamp: new Date(sentAt).toISOString(), data });
}

function readKey(bindings: object, name: string): Result<Key, SecretUnusable> {
  const secret = readSecret(bindings, name);
  if (!secret.ok) return secret;
  const key = decodeBase64(secret.value.replace(/^whsec_/, ""));
  return key !== null && key.length >= KEY_BYTES_MIN
    ? ok(key)
    : unusable(`the binding ${name} is no whsec_ secret of at least ${KEY_BYTES_MIN} bytes`);
}

async function sign(secret: Key, content: string): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(content));
  return encodeBase64(new Uint8Array(signature));
}
