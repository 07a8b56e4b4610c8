// The ntfy channel: publish as JSON (https://docs.ntfy.sh/publish/#publish-as-json). The tap and the button *Open* lead to
// the approval or incident (https://docs.ntfy.sh/publish/#open-websiteapp); they only locate. No button acts: ntfy's `http`
// action would act without a person's own device. What a reader would get wrong: a message that was published has a
// name, but ntfy says nothing more of it, nor can it be called back: there is no handle.
import * as z from "zod";
import { ok, type Result } from "@countersign/shared/values/result";
import { visibleLine } from "@countersign/shared/values/visible-text";
import type { Severity } from "@countersign/shared/wire/service-report";
import { jsonObjectIn, notAccepted, readStatus } from "./answers.ts";
import { problemIn, readToken, type SecretUnusable } from "./channel-secret.ts";
import { AddressText, Insecure, SecretName } from "./channel-settings.ts";
import { channelKind, type Message, type ProviderAnswer } from "./channel.ts";
import { cutJsonBytes, seenText } from "./fitted-text.ts";
import { jsonRequest } from "./json-request.ts";

/**
 * ntfy turns longer messages into attachments, refuses longer titles (https://docs.ntfy.sh/publish/#limitations, server
 * v2.28.0) and, as a server
 * does without saying so, JSON of more than 8 KiB: so the escapes count.
 */
const MESSAGE_BYTES_MAX = 4_096;
const TITLE_BYTES_MAX = 1_024;

/** Publishes pages to a topic of an ntfy server. */
export const NTFY = channelKind({
  kind: "ntfy",
  traits: {
    name: "ntfy",
    wakes: "phone",
    receipts: "accepted",
    acknowledges: false,
    carries: "everything",
    arrivesWithinMs: null,
    costs: "nothing on ntfy.sh within its limits, or a server of your own",
  },
  settings: z.strictObject({
    kind: z.literal("ntfy"),
    server: AddressText.default("https://ntfy.sh"),
    topic: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: "expected a topic: 1 to 64 of A-Z a-z 0-9 _ -" }),
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
      ...textsOf(message),
      priority: priorityOf(message),
      tags: [tagOf(message)],
      ...(message.url === null ? {} : { click: message.url, actions: [openAt(message.url)] }),
    };
    return ok({
      by: "network",
      request: jsonRequest(server, JSON.stringify(published), headers.value),
    });
  },
  read(answer) {
    const taken = readStatus(answer);
    return taken.result === "accepted" ? taken : notAccepted(answer, codeIn(answer));
  },
});

/** An empty message would be "triggered" to ntfy. */
function textsOf({ body, title }: Message) {
  const line = cutJsonBytes(visibleLine(title), TITLE_BYTES_MAX);
  return { title: line, message: body === "" ? line : cutJsonBytes(seenText(body), MESSAGE_BYTES_MAX) };
}

/** `{"code":42901,"http":429,"error":"limit reached: …"}` (https://docs.ntfy.sh/publish/#limitations). */
function codeIn(answer: ProviderAnswer): string | null {
  const { code, error } = jsonObjectIn(answer) ?? {};
  if (typeof code !== "number") return null;
  return typeof error === "string" ? `${code} ${error}` : String(code);
}

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
