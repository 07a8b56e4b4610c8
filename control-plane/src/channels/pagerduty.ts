// The PagerDuty channel: its Events API v2 (https://developer.pagerduty.com/docs/events-api-v2/overview/). An incident
// here is one alert there, by its deduplication key, whoever its pages go to: PagerDuty itself wakes people, in its own
// order. What a reader would get wrong: only what opens an alert is loud, and PagerDuty repeats it in its own way. So a
// ring while the alert is open is written into it, and one after somebody took it (it grew worse, or the
// acknowledgement lapsed) opens an alert of its own, as loud as the first. An update without an alert (a digest, or a
// page that went another way) is a change event, which notifies nobody. An update of an alert that somebody resolved
// there opens it again. And what people say there is heard only where a webhook is set up (pagerduty-told.ts): without
// one this channel is not answered there.
import * as z from "zod";
import { sha256Hex } from "@countersign/shared/values/digest";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { visibleLine } from "@countersign/shared/values/visible-text";
import { jsonObjectIn, notAccepted, toldErrorsIn } from "./answers.ts";
import { problemIn, readToken, type SecretUnusable, unusable } from "./channel-secret.ts";
import { AddressText, SecretName } from "./channel-settings.ts";
import { channelKind, type Message, type Naming, type Outgoing } from "./channel.ts";
import { cutText, seenText } from "./fitted-text.ts";
import { jsonRequest } from "./json-request.ts";
import { isPagerDutySigned, markOf, toldByPagerDuty } from "./pagerduty-told.ts";
import { refusedByMany } from "./read-by-many.ts";

/** https://developer.pagerduty.com/docs/events-api-v2/trigger-events/. */
const SUMMARY_UNITS_MAX = 1_024;
const DEDUP_KEY_UNITS_MAX = 255;
const ROUTING_KEY = /^[A-Za-z0-9]{32}$/;
/** An event may have 512 KB; nobody reads that on a phone. */
const DETAILS_UNITS_MAX = 4_096;
/** A key of a test page begins so: once it arrived it is over. */
const TEST_PREFIX = "countersign-test/";
const PREFIX = "countersign/";

/** Opens, acknowledges and resolves alerts of a PagerDuty service. */
export const PAGERDUTY = channelKind({
  kind: "pagerduty",
  traits: {
    name: "PagerDuty",
    wakes: "silent-phone",
    receipts: "acknowledged",
    acknowledges: true,
    carries: "everything",
    arrivesWithinMs: null,
    costs: "what PagerDuty charges; it has a free plan for small teams",
  },
  settings: z.strictObject({
    kind: z.literal("pagerduty"),
    /** of accounts in the EU: https://events.eu.pagerduty.com */
    server: AddressText.default("https://events.pagerduty.com"),
    /** binding that holds the integration key of a service */
    secret: SecretName,
    /** binding that holds the secret of a webhook subscription; absent: what people say there is not heard */
    webhookSecret: SecretName.optional(),
  }),
  addressKeys: ["server"],
  addressOf: ({ server }) => ({ key: "server", text: server, insecure: false }),
  // A page goes out, whether or not its answer can be heard.
  problemOf: ({ secret }, bindings) => problemIn(readRoutingKey(bindings, secret)),
  unanswered: ({ webhookSecret }) =>
    webhookSecret === undefined ? "it has no webhookSecret, which proves who brings an answer" : null,
  unheard: ({ webhookSecret }, bindings) =>
    webhookSecret === undefined ? null : problemIn(readToken(bindings, webhookSecret)),
  // An event of a key that PagerDuty does not know is taken as well, and ends nothing.
  names: (message) => (message.kind === "ring" || message.kind === "test" ? dedupKeyOf(message) : null),
  async request({ secret, server, webhookSecret }, message, bindings) {
    const routingKey = refusedByMany(message) ?? readRoutingKey(bindings, secret);
    if (!routingKey.ok) return routingKey;
    // It adds to no alert, and must not open one: nobody would end it.
    if (message.kind === "update" && message.latest === undefined)
      return ok(posted(server, "/v2/change/enqueue", changeOf(message, routingKey.value)));
    const ids = { routing_key: routingKey.value, dedup_key: dedupKeyOf(message) };
    const mark = webhookSecret === undefined ? "" : markOf(ids.dedup_key);
    const event =
      message.kind === "recovered"
        ? { ...ids, event_action: "resolve" }
        : { ...ids, event_action: "trigger", ...alertOf(message, mark) };
    return ok(enqueued(server, event));
  },
  read(answer) {
    const body = jsonObjectIn(answer);
    if (answer.status < 200 || answer.status >= 300 || body?.["status"] !== "success")
      // {"status":"invalid event","message":"Event object is invalid","errors":[…]} (…/events-api-v2/trigger-events/)
      return notAccepted(answer, toldErrorsIn(body));
    const { dedup_key } = body;
    const isKey = typeof dedup_key === "string" && dedup_key.length <= DEDUP_KEY_UNITS_MAX;
    return { result: "accepted", handle: isKey ? dedup_key : null };
  },
  settles: {
    how: ["acknowledged", "resolved"],
    async request({ secret, server }, { handle, how }, bindings) {
      const routingKey = readRoutingKey(bindings, secret);
      if (!routingKey.ok) return routingKey;
      const isOver = how === "resolved" || handle.startsWith(TEST_PREFIX);
      const event_action = isOver ? "resolve" : "acknowledge";
      return ok(enqueued(server, { routing_key: routingKey.value, dedup_key: handle, event_action }));
    },
  },
  async hear({ webhookSecret }, { body, cameAt, headers }, bindings) {
    if (webhookSecret === undefined) return refuse({ reason: "not-the-provider" });
    const secret = readToken(bindings, webhookSecret);
    if (!secret.ok) return refuse({ reason: "secret-unusable" });
    const header = headers.get("x-pagerduty-signature") ?? "";
    return (await isPagerDutySigned(body, { header, secret: secret.value }))
      ? ok(toldByPagerDuty(body, cameAt))
      : refuse({ reason: "not-the-provider" });
  },
});

function readRoutingKey(bindings: object, name: string): Result<string, SecretUnusable> {
  const key = readToken(bindings, name);
  if (!key.ok || ROUTING_KEY.test(key.value)) return key;
  return unusable(`the binding ${name} holds no integration key of PagerDuty: 32 letters and digits`);
}

/** The same for all that is told of an incident until somebody took it, whoever it goes to; a test page has its own. */
function dedupKeyOf({ incidentId, key, kind, latest }: Naming): string {
  if (latest !== undefined && (latest.isOpen || kind !== "ring")) return latest.handle;
  const dedupKey = `${kind === "test" ? TEST_PREFIX : PREFIX}${incidentId === null ? key : numberedIn(key, incidentId)}`;
  if (dedupKey.length <= DEDUP_KEY_UNITS_MAX) return dedupKey;
  const digest = sha256Hex(dedupKey);
  return dedupKey.slice(0, DEDUP_KEY_UNITS_MAX - digest.length) + digest;
}

/** `INCIDENT`, and from its second alert on `INCIDENT:NUMBER`: the number of the ring, as the key of a page holds it. */
function numberedIn(key: string, incidentId: string): string {
  const number = key.startsWith(`${incidentId}:ring:`) ? key.split(":")[2] : undefined;
  return number === undefined || number === "1" ? incidentId : `${incidentId}:${number}`;
}

/** What a trigger says (https://developer.pagerduty.com/docs/events-api-v2/trigger-events/); `mark` ends its summary. */
function alertOf({ body, createdAt, key, responder, severity, title, url }: Message, mark: string) {
  return {
    payload: {
      summary: cutText(visibleLine(title), SUMMARY_UNITS_MAX - mark.length) + mark,
      source: "countersign",
      severity,
      timestamp: new Date(createdAt).toISOString(),
      custom_details: { text: cutText(seenText(body), DETAILS_UNITS_MAX), responder, page: key },
    },
    client: "Countersign",
    ...(url === null ? {} : { client_url: url }),
    ...(url === null ? {} : { links: [{ href: url, text: "Open" }] }),
  };
}

/**
 * What is told beside alerts, and notifies nobody
 * (https://developer.pagerduty.com/docs/events-api-v2/send-change-events/).
 */
function changeOf(message: Message, routing_key: string) {
  const { links, payload } = alertOf(message, "");
  const { severity: _none, ...told } = payload;
  return { routing_key, payload: told, ...(links === undefined ? {} : { links }) };
}

function enqueued(server: string, event: object): Outgoing {
  return posted(server, "/v2/enqueue", event);
}

function posted(server: string, path: string, event: object): Outgoing {
  return {
    by: "network",
    request: jsonRequest(`${server.replace(/\/+$/, "")}${path}`, JSON.stringify(event)),
  };
}
