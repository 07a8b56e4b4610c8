// The ntfy channel: publish as JSON (https://docs.ntfy.sh/publish/#publish-as-json). The tap and the button *Open* lead to
// the approval or incident (https://docs.ntfy.sh/publish/#open-websiteapp); they only locate. No button acts: ntfy's `http`
// action would act without a person's own device.
import * as z from "zod";
import { ok, type Result } from "@countersign/shared/values/result";
import type { Severity } from "@countersign/shared/wire/service-report";
import { problemIn, readToken, type SecretUnusable } from "./channel-secret.ts";
import { AddressText, Insecure, SecretName } from "./channel-settings.ts";
import { channelKind, type Message } from "./channel.ts";
import { jsonRequest } from "./json-request.ts";

/** ntfy refuses longer messages, or turns them into attachments. */
const MESSAGE_CHARS_MAX = 3_000;

/** Publishes pages to a topic of an ntfy server. */
export const NTFY = channelKind({
  kind: "ntfy",
  settings: z.strictObject({
    kind: z.literal("ntfy"),
    server: AddressText.default("https://ntfy.sh"),
    topic: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
    /** binding that holds an access token; absent: none is sent */
    secret: SecretName.optional(),
    insecure: Insecure,
  }),
  addressKeys: ["server", "topic"],
  addressOf: ({ server, insecure }) => ({ key: "server", text: server, insecure }),
  problemOf: ({ secret }, bindings) => problemIn(headersFor(secret, bindings)),
  async request({ secret, server, topic }, message, bindings) {
    const headers = headersFor(secret, bindings);
    if (!headers.ok) return headers;
    const published = {
      topic,
      title: message.title,
      message: message.body.slice(0, MESSAGE_CHARS_MAX),
      priority: priorityOf(message),
      tags: [tagOf(message)],
      ...(message.url === null ? {} : { click: message.url, actions: [openAt(message.url)] }),
    };
    return ok({
      by: "network",
      request: jsonRequest(server, JSON.stringify(published), headers.value),
    });
  },
});

/** A button beneath the notification, for who does not tap on it. */
function openAt(url: string) {
  return { action: "view", label: "Open", url };
}

function headersFor(secret: string | undefined, bindings: object): Result<Headers, SecretUnusable> {
  if (secret === undefined) return ok(new Headers());
  const token = readToken(bindings, secret);
  return token.ok ? ok(new Headers({ authorization: `Bearer ${token.value}` })) : token;
}

/** 1 (min) to 5 (max); what only adds to what was told, and good news, never ring like bad news. */
function priorityOf({ kind, severity }: Message): number {
  if (kind === "update") return 2;
  if (kind === "recovered" || kind === "sign-in") return 3;
  const priorities: Record<Severity, number> = { info: 2, warning: 3, error: 4, critical: 5 };
  return priorities[severity];
}

function tagOf({ kind }: Message): string {
  switch (kind) {
    case "ring":
      return "rotating_light";
    case "update":
      return "speech_balloon";
    case "recovered":
      return "white_check_mark";
    case "test":
      return "test_tube";
    case "sign-in":
      return "key";
  }
}
