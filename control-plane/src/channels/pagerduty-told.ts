// What PagerDuty brings by itself, its v3 webhooks (https://developer.pagerduty.com/docs/webhooks/v3-overview/): whether
// it is PagerDuty's, whether a person says there that they have an incident, and of which alert. Pure but for the digest.
// What a reader would get wrong: an incident that has alerts has no `incident_key`, and nothing else in a webhook names
// the alert's own key, so a mark of that key ends the alert's summary, by which PagerDuty calls the incident. And
// "resolved" there is no recovery: it says that its person has it, as "acknowledged" does.
import * as z from "zod";
import { sha256Hex } from "@countersign/shared/values/digest";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { jsonObjectIn } from "./answers.ts";
import type { Receipt, Told } from "./channel.ts";

/** `v1=HEX,v1=HEX`: one for each secret of the subscription, of which there are two while it is rotated. */
const SIGNATURES_MAX = 8;
const SIGNATURE = /^v1=([0-9a-f]{64})$/;
/**
 * PagerDuty tries for about twenty minutes, and keeps others back meanwhile
 * (https://developer.pagerduty.com/docs/webhooks/webhook-behavior/). What is older is a replay, or no news.
 */
const OLDER_MAX_MS = 14_400_000;
const AHEAD_MAX_MS = 300_000;
const MARK_DIGITS = 8;
const MARK = /\[([0-9a-f]{8})\]$/;

/** By whom it was done there: people only. What came by the Events API, as from this desk, is an integration's. */
const Said = z.object({
  event: z.object({
    event_type: z.enum(["incident.acknowledged", "incident.resolved"]),
    occurred_at: z.iso.datetime({ offset: true }),
    agent: z.object({ type: z.literal("user_reference") }),
    data: z.object({
      type: z.literal("incident"),
      /** null: it has alerts, and they have theirs */
      incident_key: z.string().nullish(),
      title: z.string().nullish(),
      /** the only one that there is says that it was merged into another: it moved, and nobody took it */
      resolve_reason: z.null().optional(),
    }),
  }),
});
type Said = z.infer<typeof Said>;

/**
 * Says whether one of the signatures is made with this secret, in constant time
 * (https://developer.pagerduty.com/docs/webhooks/webhook-signatures/).
 */
export async function isPagerDutySigned(
  body: string,
  { header, secret }: { readonly header: string; readonly secret: string },
): Promise<boolean> {
  const signatures = header.split(",", SIGNATURES_MAX).flatMap(signatureIn);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encodeUtf8(secret), algorithm, false, ["verify"]);
  const signed = encodeUtf8(body);
  const found = await Promise.all(
    signatures.map((signature) => crypto.subtle.verify("HMAC", key, signature, signed)),
  );
  return found.includes(true);
}

function signatureIn(part: string): readonly Uint8Array<ArrayBuffer>[] {
  const [, hex] = SIGNATURE.exec(part.trim()) ?? [];
  const bytes = hex?.match(/../g)?.map((digits) => Number.parseInt(digits, 16));
  return bytes === undefined ? [] : [new Uint8Array(bytes)];
}

/** What the body of a webhook says; what is no word of a person about an alert is taken, and does nothing. */
export function toldByPagerDuty(body: string, cameAt: number): Told {
  const said = Said.safeParse(jsonObjectIn({ body }));
  const receipt = said.success ? receiptOf(said.data, cameAt) : null;
  const handle = said.success && receipt !== null ? handleOf(said.data) : null;
  return { handle, receipt: handle === null ? null : receipt, answer };
}

/** Nothing of who it was: their names there are no responder's here. */
function receiptOf({ event }: Said, cameAt: number): Receipt | null {
  const at = Date.parse(event.occurred_at);
  if (!(at >= cameAt - OLDER_MAX_MS && at <= cameAt + AHEAD_MAX_MS)) return null;
  switch (event.event_type) {
    case "incident.acknowledged":
      return { stage: "acknowledged", at, detail: "acknowledged in PagerDuty" };
    case "incident.resolved":
      return { stage: "acknowledged", at, detail: "resolved in PagerDuty" };
  }
}

function handleOf({ event: { data } }: Said): Told["handle"] {
  if (typeof data.incident_key === "string") return data.incident_key;
  const [, digits] = MARK.exec(data.title?.trimEnd() ?? "") ?? [];
  return digits === undefined ? null : (handle) => digitsOf(handle) === digits;
}

/** What ends the summary of an alert; its key holds a random id, so no host can write that of another. */
export function markOf(dedupKey: string): string {
  return ` [${digitsOf(dedupKey)}]`;
}

function digitsOf(dedupKey: string): string {
  return sha256Hex(dedupKey).slice(0, MARK_DIGITS);
}

/** PagerDuty reads the status alone; the rest is for whoever looks at what it logged. */
function answer(became: Parameters<Told["answer"]>[0]): ReturnType<Told["answer"]> {
  return { contentType: "application/json", body: JSON.stringify({ became }) };
}
