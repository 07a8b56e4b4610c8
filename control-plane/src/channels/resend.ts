// The Resend channel: the mail of email.ts by HTTP (https://resend.com/docs/api-reference/emails/send-email), for who
// has no Cloudflare binding for mails. What a reader would get wrong: Resend refuses a key that comes back with other
// content, so the key holds a digest of the content. A page whose words changed between two attempts is another mail:
// at worst it comes twice, and it is never taken for one that was sent.
import * as z from "zod";
import { sha256Hex } from "@countersign/shared/values/digest";
import { ok } from "@countersign/shared/values/result";
import { jsonObjectIn, notAccepted, RETRY_AFTER_MAX_MS } from "./answers.ts";
import { problemIn, readToken } from "./channel-secret.ts";
import { AddressText, SecretName } from "./channel-settings.ts";
import { channelKind, type Message, type ProviderAnswer, type Taken } from "./channel.ts";
import { MailAddress, mailOf } from "./email.ts";
import { jsonRequest } from "./json-request.ts";

/** https://resend.com/docs/dashboard/emails/idempotency-keys: "up to 256 characters" */
const KEY = /^[\x21-\x7e]{1,256}$/;
const DIGEST_CHARS = 16;

/** Sends mails by Resend. */
export const RESEND = channelKind({
  kind: "resend",
  traits: {
    name: "e-mail (Resend)",
    wakes: "nobody",
    receipts: "accepted",
    acknowledges: false,
    carries: "everything",
    arrivesWithinMs: null,
    costs: "nothing up to a hundred mails a day, then by the month",
  },
  settings: z.strictObject({
    kind: z.literal("resend"),
    server: AddressText.default("https://api.resend.com"),
    /** of a domain that is verified there */
    from: MailAddress,
    to: MailAddress,
    /** binding that holds an API key; one that may only send is enough */
    secret: SecretName,
  }),
  addressKeys: ["server", "from", "to"],
  addressOf: ({ server }) => ({ key: "server", text: server, insecure: false }),
  problemOf: ({ secret }, bindings) => problemIn(readToken(bindings, secret)),
  async request(settings, message, bindings) {
    const token = readToken(bindings, settings.secret);
    if (!token.ok) return token;
    const { to, ...mail } = mailOf(settings, message);
    const body = JSON.stringify({ ...mail, to: [to] });
    const headers = new Headers({
      authorization: `Bearer ${token.value}`,
      "idempotency-key": keyOf(message, body),
    });
    const url = `${settings.server.replace(/\/+$/, "")}/emails`;
    return ok({ by: "network", request: jsonRequest(url, body, headers) });
  },
  read: readSent,
});

/** `key` and `createdAt` say which page; a desk that was set back in time pages anew. */
function keyOf({ createdAt, key }: Message, body: string): string {
  const written = `${key}:${createdAt}:${sha256Hex(body).slice(0, DIGEST_CHARS)}`;
  return KEY.test(written) ? written : sha256Hex(written);
}

/** An error's own words may hold the address, so its name is told (https://resend.com/docs/api-reference/errors). */
function readSent(answer: ProviderAnswer): Taken {
  const { id, name } = jsonObjectIn(answer) ?? {};
  if (answer.status >= 200 && answer.status < 300 && typeof id === "string")
    return { result: "accepted", handle: null };
  return notAccepted(answer, typeof name === "string" ? name : null, KNOWN.get(name));
}

/** What an error's name says beyond its status. */
const KNOWN: ReadonlyMap<unknown, { readonly retryAfterMs?: number; readonly isForGood: boolean }> = new Map([
  // The first attempt is still on its way.
  ["concurrent_idempotent_requests", { isForGood: false }],
  // No header says when the day or the month is over.
  ["daily_quota_exceeded", { isForGood: false, retryAfterMs: RETRY_AFTER_MAX_MS }],
  ["monthly_quota_exceeded", { isForGood: false, retryAfterMs: RETRY_AFTER_MAX_MS }],
]);
