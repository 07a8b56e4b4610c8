// The voice channel: a phone call by Twilio (https://www.twilio.com/docs/voice/api/call-resource) that says what is
// wrong and is taken by a key. It rings a phone on silent where its owner lets the number through (a favourite, an
// emergency bypass). What a reader would get wrong: that somebody, or an answering machine, took the call is no
// receipt; only the key is. Without a public https address for this desk a call says what is wrong, and no key can be
// taken. Twilio knows no idempotency key: an attempt that got no answer may call twice.
import * as z from "zod";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { jsonObjectIn, notAccepted } from "./answers.ts";
import { problemIn, readSecret, type SecretUnusable, unusable } from "./channel-secret.ts";
import { AddressText, SecretName } from "./channel-settings.ts";
import {
  channelKind,
  type Message,
  type ProviderAnswer,
  type Receipt,
  type Taken,
  type Told,
} from "./channel.ts";
import { firstLine, publicAddress, oneLine } from "./message-text.ts";
import { isTwilioSigned } from "./twilio-signature.ts";

/**
 * Of the title, and of the first line of the body; more is not taken in by ear. All of it escaped stays far below
 * Twilio's 4,000 characters.
 */
const SAID_CHARS_MAX = 200;
const RINGS_FOR_SECONDS = 30;
const KEY_SECONDS = 8;
/** Refused now, and taken when other calls are over (https://www.twilio.com/docs/api/errors/10004, /20429). */
const LATER_CODES: ReadonlySet<unknown> = new Set([10_004, 20_429]);
const SID = /^CA[0-9a-f]{32}$/;

/** A number that is not in quotes is none of YAML's texts. */
const NUMBER_HINT = "expected a phone number in quotes, such as '+15551234567'";
/** E.164 */
const PhoneNumber = z.string({ error: NUMBER_HINT }).regex(/^\+[1-9][0-9]{6,14}$/, { error: NUMBER_HINT });

const Settings = z.strictObject({
  kind: z.literal("voice"),
  server: AddressText.default("https://api.twilio.com"),
  account: z.string().regex(/^AC[0-9a-f]{32}$/, { error: "expected an Account SID: AC and 32 hex digits" }),
  /** a number of the account, or one that it has verified */
  from: PhoneNumber,
  to: PhoneNumber,
  /** binding that holds the account's auth token: an API key could call, and could not prove who brings a key press */
  secret: SecretName,
  /** what the call is read in (https://www.twilio.com/docs/voice/twiml/say/text-speech): the words are English */
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$/, { error: "expected a language such as en-US" })
    .default("en-US"),
});
type Settings = z.infer<typeof Settings>;

/** Calls a phone. */
export const VOICE = channelKind({
  kind: "voice",
  traits: {
    name: "a phone call (Twilio)",
    wakes: "silent-phone",
    receipts: "acknowledged",
    acknowledges: true,
    carries: "rings",
    arrivesWithinMs: 60_000,
    costs: "a number by the month and each call by the minute, as Twilio's price list for the country says",
  },
  settings: Settings,
  addressKeys: ["server", "from", "to"],
  addressOf: ({ server }) => ({ key: "server", text: server, insecure: false }),
  problemOf: ({ secret }, bindings) => problemIn(readAuthToken(bindings, secret)),
  async request(settings, message, bindings) {
    if (message.kind !== "ring" && message.kind !== "test")
      return unusable("a phone call is made for what rings, and says no links");
    return callRequest(settings, bindings, { path: "Calls", form: formOf(settings, message) });
  },
  read: readCalled,
  asks: {
    everyMs: [15_000, 30_000, 60_000],
    untilMs: 300_000,
    request: async (settings, { handle }, bindings) =>
      callRequest(settings, bindings, { path: `Calls/${handle}`, form: null }),
    read: ({ body }) => receiptOf(jsonObjectIn({ body })?.["status"]),
  },
  settles: {
    how: ["acknowledged", "resolved", "superseded"],
    // `canceled`, not `completed`: who has taken the call hears the end of it.
    request: async (settings, { handle }, bindings) =>
      callRequest(settings, bindings, {
        path: `Calls/${handle}`,
        form: new URLSearchParams({ Status: "canceled" }),
      }),
  },
  async hear(settings, { body, headers, url }, bindings) {
    const token = readAuthToken(bindings, settings.secret);
    if (!token.ok) return refuse({ reason: "secret-unusable" });
    const parameters = [...new URLSearchParams(body)];
    const signature = headers.get("x-twilio-signature") ?? "";
    const isSigned = await isTwilioSigned({ url, parameters }, { signature, authToken: token.value });
    const given = new Map(parameters);
    return isSigned && given.get("AccountSid") === settings.account
      ? ok(toldIn(settings, given))
      : refuse({ reason: "not-the-provider" });
  },
});

function formOf(settings: Settings, message: Message): URLSearchParams {
  const toldAt = publicAddress(message.toldAt);
  return new URLSearchParams({
    To: settings.to,
    From: settings.from,
    Timeout: String(RINGS_FOR_SECONDS),
    Twiml: callWords(settings, message, toldAt),
    ...(toldAt === null ? {} : { StatusCallback: toldAt, StatusCallbackEvent: "completed" }),
  });
}

/** https://www.twilio.com/docs/voice/twiml/gather: a key ends what is being said */
function callWords(settings: Settings, { body, title }: Message, toldAt: string | null): string {
  const lines = [oneLine(title, SAID_CHARS_MAX), firstLine(body, SAID_CHARS_MAX)].map(spoken);
  const parts = ["Countersign", ...lines].filter((part) => part !== "");
  const words = parts.map((part) => (/[.!?…]$/.test(part) ? part : `${part}.`)).join(" ");
  if (toldAt === null) return response(say(settings, `${words} Open your desk to take it.`, 3));
  const asking = say(settings, `${words} Press 1 to take it.`, 3);
  const attributes = `numDigits="1" timeout="${KEY_SECONDS}" method="POST" action="${escaped(toldAt)}"`;
  return response(
    `<Gather ${attributes}>${asking}</Gather>${say(settings, "No key was pressed. Goodbye.", 1)}`,
  );
}

/** What cannot be seen cannot be heard; and no document may hold the last two letters of the first plane. */
function spoken(line: string): string {
  return line.replaceAll(/[\uFFFD-\uFFFF\s]+/g, " ").trim();
}

function response(verbs: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs}</Response>`;
}

function say({ language }: Settings, words: string, times: number): string {
  const loop = times === 1 ? "" : ` loop="${times}"`;
  return `<Say language="${escaped(language)}"${loop}>${escaped(words)}</Say>`;
}

function escaped(words: string): string {
  return words
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** A request about calls; `form` null: it only asks. */
function callRequest(
  { account, secret, server }: Settings,
  bindings: object,
  { form, path }: { readonly path: string; readonly form: URLSearchParams | null },
) {
  const token = readAuthToken(bindings, secret);
  if (!token.ok) return token;
  const url = `${server.replace(/\/+$/, "")}/2010-04-01/Accounts/${account}/${path}.json`;
  const authorization = `Basic ${encodeBase64(encodeUtf8(`${account}:${token.value}`))}`;
  const init = form === null ? {} : { method: "POST", body: form };
  return ok({ by: "network" as const, request: new Request(url, { headers: { authorization }, ...init }) });
}

/** An error's own words may hold the number, so its code is told (https://www.twilio.com/docs/api/errors). */
function readCalled(answer: ProviderAnswer): Taken {
  const { code, sid } = jsonObjectIn(answer) ?? {};
  if (answer.status < 300 && typeof sid === "string" && SID.test(sid))
    return { result: "accepted", handle: sid };
  return notAccepted(
    answer,
    typeof code === "number" ? `Twilio ${code}` : null,
    LATER_CODES.has(code) ? { isForGood: false } : {},
  );
}

/** https://www.twilio.com/docs/voice/api/call-resource#call-status-values: an end without a key reached nobody. */
const ENDS: ReadonlyMap<unknown, string> = new Map([
  ["busy", "the line was busy"],
  ["failed", "the number could not be reached"],
  ["no-answer", "nobody took the call"],
  ["canceled", "the call was ended while it rang"],
  ["completed", "the call ended, and no key took it"],
]);

function receiptOf(status: unknown): Receipt | null {
  const detail = ENDS.get(status);
  return detail === undefined ? null : { stage: "lost", at: null, detail };
}

function toldIn(settings: Settings, given: ReadonlyMap<string, string>): Told {
  const sid = given.get("CallSid") ?? "";
  const handle = SID.test(sid) ? sid : null;
  const digits = given.get("Digits");
  if (digits === "1")
    return {
      handle,
      receipt: { stage: "acknowledged", at: null, detail: "pressed 1" },
      answer: (became) => xmlAnswer(say(settings, WORDS[became], 1)),
    };
  const receipt = digits === undefined ? receiptOf(given.get("CallStatus")) : null;
  // A <Gather> without `action` asks where it was asked before.
  const again = `<Gather numDigits="1" timeout="${KEY_SECONDS}">${say(settings, "Press 1 to take it.", 1)}</Gather>`;
  const answer = () => xmlAnswer(digits === undefined ? "" : again);
  return { handle: receipt === null ? null : handle, receipt, answer };
}

const WORDS = {
  taken: "Taken. You have it. Goodbye.",
  refused: "Not taken. Your role may not take it. Goodbye.",
  unknown: "Too late. This is over, or was forgotten. Goodbye.",
} as const;

function xmlAnswer(verbs: string) {
  return { contentType: "text/xml", body: response(verbs) };
}

function readAuthToken(bindings: object, name: string): Result<string, SecretUnusable> {
  const token = readSecret(bindings, name);
  if (!token.ok || /^[0-9a-f]{32}$/i.test(token.value)) return token;
  return unusable(`the binding ${name} holds no auth token of Twilio: 32 hex digits`);
}
