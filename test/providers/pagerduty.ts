// PagerDuty's Events API v2 as its documentation has it (https://developer.pagerduty.com/docs/events-api-v2/overview/):
// triggers, acknowledgements and resolutions of alerts by their deduplication key, the limits of an event, its answers;
// and the webhooks by which it tells what became of them (pagerduty-webhook.ts). What a reader would get wrong: an event
// of an alert that is open is only written into that alert's log; it notifies nobody again, whatever its severity.
import * as z from "zod";
import { jsonIn } from "./json-in.ts";
import { type Happened, webhookOf, type WebhookSubscription } from "./pagerduty-webhook.ts";
import type { Arrived, FakeProvider, ProviderClock } from "./provider.ts";
import { type RateLimit, rateWindow } from "./rate-window.ts";

/**
 * https://support.pagerduty.com/main/docs/rest-api-rate-limits: of the Events API, 120 events a minute for each
 * integration key.
 */
const EVENTS: RateLimit = { max: 120, perMs: 60_000 };
/** https://developer.pagerduty.com/docs/events-api-v2/overview/#size-limits: 512 KB. */
const EVENT_BYTES_MAX = 524_288;

const RoutingKey = z.string().length(32, "Length of 'routing_key' is incorrect (should be 32 characters)");
const DedupKey = z.string().min(1).max(255);

/**
 * https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ and PagerDuty/api-schema,
 * reference/events-v2/openapiv3.json.
 */
const Event = z.discriminatedUnion("event_action", [
  z.strictObject({
    event_action: z.literal("trigger"),
    routing_key: RoutingKey,
    dedup_key: DedupKey.optional(),
    payload: z.strictObject({
      summary: z.string().min(1).max(1_024),
      source: z.string().min(1),
      severity: z.enum(["critical", "error", "warning", "info"]),
      timestamp: z.iso.datetime().optional(),
      component: z.string().optional(),
      group: z.string().optional(),
      class: z.string().optional(),
      custom_details: z.record(z.string(), z.string()).optional(),
    }),
    links: z.array(z.strictObject({ href: z.url(), text: z.string().optional() })).optional(),
    client: z.string().optional(),
    client_url: z.url().optional(),
  }),
  z.strictObject({
    event_action: z.enum(["acknowledge", "resolve"]),
    routing_key: RoutingKey,
    dedup_key: DedupKey,
  }),
]);
type Event = z.infer<typeof Event>;

/** https://developer.pagerduty.com/docs/events-api-v2/send-change-events/. */
const Change = z.strictObject({
  routing_key: RoutingKey,
  payload: z.strictObject({
    summary: z.string().min(1).max(1_024),
    source: z.string().optional(),
    timestamp: z.iso.datetime().optional(),
    custom_details: z.record(z.string(), z.string()).optional(),
  }),
  links: z.array(z.strictObject({ href: z.url(), text: z.string().optional() })).optional(),
});

interface PagerDutyOptions {
  /** integration keys of services */
  readonly routingKeys: readonly string[];
  readonly events?: RateLimit;
  /** absent: nobody subscribed */
  readonly webhook?: WebhookSubscription;
}

interface FakePagerDuty extends FakeProvider {
  /** its person presses "Resolve"; false: it is not open, or what was to be told was not taken */
  resolve(handle: string): Promise<boolean>;
  /** brings what happened since, in its order; false: one of it was not taken */
  bring(): Promise<boolean>;
}

/** PagerDuty, with one alert for each deduplication key, and one incident for each alert. */
export function fakePagerDuty(
  clock: ProviderClock,
  { events = EVENTS, routingKeys, webhook }: PagerDutyOptions,
): FakePagerDuty {
  const arrived: Arrived[] = [];
  const open = new Map<string, "triggered" | "acknowledged">();
  const titles = new Map<string, string>();
  const happened: Happened[] = [];
  const take = rateWindow(clock, events);

  function happens(type: Happened["type"], dedupKey: string, by: Happened["by"]): void {
    happened.push({ type, dedupKey, by, title: titles.get(dedupKey) ?? "", at: clock.now });
  }

  async function bring(): Promise<boolean> {
    const all = happened.splice(0);
    if (webhook === undefined) return true;
    let isTaken = true;
    for (const one of all) isTaken = (await webhook.deliver(await webhookOf(one, webhook))).ok && isTaken;
    return isTaken;
  }

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (request.method === "POST" && pathname === "/v2/change/enqueue") return changed(await request.text());
    if (request.method !== "POST" || pathname !== "/v2/enqueue")
      return new Response("Not Found", { status: 404 });
    const text = await request.text();
    if (new TextEncoder().encode(text).length > EVENT_BYTES_MAX)
      return invalid(["Event object exceeds 512 KB"]);
    const event = Event.safeParse(jsonIn(text));
    if (!event.success)
      return invalid(event.error.issues.map(({ message, path }) => `${path.join(".")}: ${message}`));
    if (!routingKeys.includes(event.data.routing_key)) return invalid(["Invalid routing key"]);
    // The page has no body for it.
    if (take() !== null) return new Response("", { status: 429 });
    return processed(event.data);
  }

  function changed(text: string): Response {
    const change = Change.safeParse(jsonIn(text));
    if (!change.success)
      return invalid(change.error.issues.map(({ message, path }) => `${path.join(".")}: ${message}`));
    const { payload, routing_key } = change.data;
    if (!routingKeys.includes(routing_key)) return invalid(["Invalid routing key"]);
    if (take() !== null) return new Response("", { status: 429 });
    const details = new Map(Object.entries(payload.custom_details ?? {}));
    const key = details.get("page");
    const told = { title: payload.summary, body: details.get("text") ?? "", isLoud: false, at: clock.now };
    arrived.push({
      ...told,
      handle: `change-${arrived.length}`,
      to: routing_key,
      ...(key === undefined ? {} : { key }),
    });
    return Response.json({ message: "Change event processed", status: "success" }, { status: 202 });
  }

  function processed(event: Event): Response {
    const dedupKey = event.dedup_key ?? `made-up-${arrived.length}`;
    switch (event.event_action) {
      case "trigger":
        record(dedupKey, event);
        break;
      case "acknowledge":
        if (open.get(dedupKey) !== "triggered") break;
        open.set(dedupKey, "acknowledged");
        happens("incident.acknowledged", dedupKey, "integration");
        break;
      case "resolve":
        if (open.delete(dedupKey)) happens("incident.resolved", dedupKey, "integration");
        break;
    }
    // https://developer.pagerduty.com/docs/events-api-v2/overview/#response-codes--retry-logic.
    const body = { status: "success", message: "Event processed", dedup_key: dedupKey };
    return Response.json(body, { status: 202 });
  }

  function record(handle: string, event: Extract<Event, { event_action: "trigger" }>): void {
    const { payload, routing_key } = event;
    const details = new Map(Object.entries(payload.custom_details ?? {}));
    const isLoud = !open.has(handle);
    if (isLoud) {
      open.set(handle, "triggered");
      // An incident is called as its first alert; what comes on top of it changes nothing there.
      titles.set(handle, payload.summary);
      happens("incident.triggered", handle, "integration");
    }
    const key = details.get("page");
    arrived.push({
      handle,
      to: routing_key,
      title: payload.summary,
      body: details.get("text") ?? "",
      isLoud,
      at: clock.now,
      ...(key === undefined ? {} : { key }),
    });
  }

  return {
    answer,
    arrived,
    get ringing() {
      return new Set([...open].filter(([, state]) => state === "triggered").map(([handle]) => handle));
    },
    async acknowledge(handle) {
      const isOpen = open.get(handle) === "triggered";
      if (!isOpen) return false;
      open.set(handle, "acknowledged");
      happens("incident.acknowledged", handle, "person");
      return bring();
    },
    async resolve(handle) {
      if (!open.delete(handle)) return false;
      happens("incident.resolved", handle, "person");
      return bring();
    },
    bring,
  };
}

/** https://developer.pagerduty.com/docs/events-api-v2/trigger-events/: 400 "Bad Request - Check that the JSON is valid." */
function invalid(errors: readonly string[]): Response {
  const body = { status: "invalid event", message: "Event object is invalid", errors };
  return Response.json(body, { status: 400 });
}
