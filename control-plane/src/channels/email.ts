// How a page is written as a mail, and the channel that sends it by Cloudflare's `send_email` binding
// (https://developers.cloudflare.com/email-service/api/send-emails/workers-api/); resend.ts sends the same mail by
// HTTP. Plain text alone: what a host wrote is never markup, and no line of it becomes a header. What a reader would
// get wrong: the mail that a thread's id names does not exist. The provider gives each mail its own id, which nobody
// tells us; clients put together what names the same one.
import * as z from "zod";
import { ok } from "@countersign/shared/values/result";
import { channelKind, type Mail, type Message } from "./channel.ts";
import { oneLine, plainLines } from "./message-text.ts";

/** Of 998 that a subject may have (RFC 5322 §2.1.1); a phone shows sixty. */
const SUBJECT_CHARS_MAX = 200;
const BODY_CHARS_MAX = 8_000;
const THREAD_CHARS_MAX = 64;

/** One address without a name (RFC 5321 §4.5.3.1.3). */
export const MailAddress = z.email({ error: "expected an address such as desk@example.org" }).max(254);

/** Sends mails by the binding EMAIL. */
export const EMAIL = channelKind({
  kind: "email",
  traits: {
    name: "e-mail (Cloudflare)",
    wakes: "nobody",
    receipts: "accepted",
    acknowledges: false,
    carries: "everything",
    arrivesWithinMs: null,
    costs: "nothing to addresses that your Cloudflare account has verified",
  },
  settings: z.strictObject({
    kind: z.literal("email"),
    /** of a domain that is onboarded for sending */
    from: MailAddress,
    to: MailAddress,
  }),
  addressKeys: ["from", "to"],
  addressOf: () => null,
  problemOf: (_, { EMAIL: mailer }) =>
    mailer === undefined ? "there is no binding EMAIL of the kind send_email where this desk runs" : null,
  request: async (settings, message) => ok({ by: "mail", mail: mailOf(settings, message) }),
});

/** A message as a mail, the same on every attempt. */
export function mailOf(
  { from, to }: { readonly from: string; readonly to: string },
  { body, incidentId, kind, title, url }: Message,
): Mail {
  const text = [
    plainLines(body, BODY_CHARS_MAX),
    url === null ? "" : `Open: ${url}`,
    "-- \nSent by Countersign. Nobody reads what is answered to this address.",
  ];
  return {
    from,
    to,
    subject: oneLine(title, SUBJECT_CHARS_MAX),
    text: `${text.filter((part) => part.trim() !== "").join("\n\n")}\n`,
    headers: {
      // RFC 3834: no absence is answered to it
      "Auto-Submitted": "auto-generated",
      ...(kind === "ring" || kind === "test" ? { Importance: "high", "X-Priority": "1" } : {}),
      ...threadOf(incidentId),
    },
  };
}

/** RFC 5322 §3.6.4. The name under `.invalid` (RFC 2606) is nobody's. */
function threadOf(incidentId: string | null): Mail["headers"] {
  const name = incidentId?.replaceAll(/[^A-Za-z0-9_-]+/g, "").slice(0, THREAD_CHARS_MAX) ?? "";
  if (name === "") return {};
  const thread = `<${name}@countersign.invalid>`;
  return { "In-Reply-To": thread, References: thread };
}
