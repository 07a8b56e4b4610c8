// The v3 webhooks of the fake of PagerDuty: what happened to an incident, signed, as its documentation has it
// (https://developer.pagerduty.com/docs/webhooks/v3-overview/, …/webhooks/webhook-signatures/). What a reader would get
// wrong: an incident that has alerts has no key of its own, so `incident_key` is null there; "Incidents with child
// alerts do not have an incident key" (https://developer.pagerduty.com/api-reference/, list incidents).

export interface WebhookSubscription {
  readonly url: string;
  /** while a secret is rotated there are two, and a signature by each */
  readonly secrets: readonly string[];
  /** brings a request there */
  readonly deliver: (request: Request) => Promise<Response>;
  /** the service makes incidents without alerts; absent: with them, as services do */
  readonly isWithoutAlerts?: boolean;
}

/** Something that happened to an incident. */
export interface Happened {
  readonly type: "incident.triggered" | "incident.acknowledged" | "incident.resolved";
  readonly dedupKey: string;
  readonly title: string;
  /** `integration`: what came by the Events API caused it */
  readonly by: "person" | "integration";
  /** epoch milliseconds */
  readonly at: number;
}

const AGENTS = {
  person: {
    html_url: "https://acme.pagerduty.test/users/PLH1HKV",
    id: "PLH1HKV",
    self: "https://api.pagerduty.test/users/PLH1HKV",
    summary: "Tenex Engineer",
    type: "user_reference",
  },
  integration: {
    id: "PXMQRWJ",
    self: "https://api.pagerduty.test/services/PF9KMXH/integrations/PXMQRWJ",
    summary: "Events API V2",
    type: "inbound_integration_reference",
  },
} as const;

/** What is brought of it. */
export function webhookOf(happened: Happened, subscription: WebhookSubscription): Promise<Request> {
  return signedWebhook(eventOf(happened, subscription), subscription);
}

/** The body of a webhook about an incident. */
export function eventOf(
  { at, by, dedupKey, title, type }: Happened,
  { isWithoutAlerts = false }: Pick<WebhookSubscription, "isWithoutAlerts"> = {},
) {
  const isOurs = type === "incident.triggered" && by === "integration";
  return {
    event: {
      id: "01BZYH1JJY09P9LEIST8HG2PMN",
      event_type: type as string,
      resource_type: "incident",
      occurred_at: new Date(at).toISOString(),
      agent: AGENTS[by] as object | null,
      client: isOurs ? { name: "Countersign" } : null,
      data: {
        id: "PGR0VU2",
        type: "incident",
        self: "https://api.pagerduty.test/incidents/PGR0VU2",
        html_url: "https://acme.pagerduty.test/incidents/PGR0VU2",
        number: 2,
        status: type.replace("incident.", ""),
        incident_key: isWithoutAlerts ? dedupKey : null,
        created_at: new Date(at).toISOString(),
        title,
        service: { id: "PF9KMXH", summary: "Fleet", type: "service_reference" },
        assignees: [AGENTS.person],
        teams: [],
        priority: null,
        urgency: "high",
        conference_bridge: null,
        resolve_reason: null as object | null,
      },
    },
  };
}

/** Any body, signed as PagerDuty signs: by each secret, one after the other. */
export async function signedWebhook(
  body: object | string,
  { secrets, url }: Pick<WebhookSubscription, "secrets" | "url">,
): Promise<Request> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const signatures = await Promise.all(secrets.map(async (secret) => `v1=${await hmacHex(secret, text)}`));
  return new Request(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": "PagerDuty-Webhook/V3.0",
      "x-pagerduty-signature": signatures.join(","),
      "x-webhook-subscription": "PY1OL64",
    },
    body: text,
  });
}

async function hmacHex(secret: string, text: string): Promise<string> {
  const bytes = (of: string) => new TextEncoder().encode(of);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes(secret), algorithm, false, ["sign"]);
  const signed = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes(text)));
  return [...signed].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
