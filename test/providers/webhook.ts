// A receiver of signed webhooks as Standard Webhooks wants one
// (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md): it checks the signature
// and the age of what it gets, and takes a repeat of an id without telling anybody twice. What a reader would get
// wrong: the library's own check reads the real time; here the present is virtual, so its signature is made anew and
// compared.
import { Webhook } from "standardwebhooks";
import * as z from "zod";
import { jsonIn } from "./json-in.ts";
import type { Arrived, FakeProvider, ProviderClock } from "./provider.ts";

/** Its §"Verifying webhook authenticity": what is older or younger is a replay; five minutes, as its libraries have it. */
const TOLERANCE_MS = 300_000;

const Page = z.strictObject({
  key: z.string(),
  incidentId: z.string().nullable(),
  approvalId: z.string().nullable(),
  kind: z.enum(["ring", "update", "recovered", "test", "sign-in"]),
  responder: z.string(),
  severity: z.enum(["info", "warning", "error", "critical"]),
  title: z.string(),
  body: z.string(),
  url: z.url().nullable(),
});

/** Its §"Payload structure": a type with dots, an ISO 8601 timestamp, the data. */
const Payload = z.strictObject({
  type: z.string().regex(/^[a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)*$/),
  timestamp: z.iso.datetime(),
  data: Page,
});

interface WebhookOptions {
  /** `whsec_…` */
  readonly secret: string;
  /** true: the endpoint is gone for ever */
  readonly isGone?: boolean;
}

/** A receiver of webhooks. */
export function fakeWebhook(clock: ProviderClock, { isGone = false, secret }: WebhookOptions): FakeProvider {
  const arrived: Arrived[] = [];
  const taken = new Set<string>();

  async function answer(request: Request): Promise<Response> {
    // Its §"Delivery": "410 Gone: … the sender should … stop sending".
    if (isGone) return new Response("gone", { status: 410 });
    if (request.method !== "POST") return new Response("", { status: 405 });
    const [id, text] = [request.headers.get("webhook-id") ?? "", await request.text()];
    if (!isSigned(request.headers, text)) return new Response("No matching signature found", { status: 401 });
    const payload = Payload.safeParse(jsonIn(text));
    if (!payload.success || payload.data.type !== `page.${payload.data.data.kind}`)
      return new Response("unknown payload", { status: 422 });
    if (!taken.has(id)) arrived.push(pageOf(id, new URL(request.url).pathname, payload.data.data));
    taken.add(id);
    return new Response(null, { status: 204 });
  }

  function isSigned(headers: Headers, text: string): boolean {
    const [id, timestamp] = [headers.get("webhook-id"), headers.get("webhook-timestamp")];
    if (id === null || timestamp === null || !/^[0-9]{10}$/.test(timestamp)) return false;
    const at = Number(timestamp) * 1_000;
    if (Math.abs(clock.now - at) > TOLERANCE_MS) return false;
    const signatures = headers.get("webhook-signature")?.split(" ") ?? [];
    return signatures.includes(new Webhook(secret).sign(id, new Date(at), text));
  }

  function pageOf(handle: string, to: string, { body, key, kind, title }: z.infer<typeof Page>): Arrived {
    const isLoud = kind !== "update" && kind !== "recovered";
    return { handle, to, title, body, isLoud, at: clock.now, key };
  }

  return { answer, arrived, ringing: new Set(), acknowledge: async () => false };
}
