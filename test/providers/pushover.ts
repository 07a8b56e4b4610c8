// Pushover as its documentation has it: messages (https://pushover.net/api), receipts of emergencies and their end
// (https://pushover.net/api/receipts), by receipt and by tag. It checks each parameter, and that a receipt is not asked about more often than
// it allows. What a reader would get wrong: `last_delivered_at` is when an emergency was last sent to devices, so it is
// set at once, and again with each retry.
import * as z from "zod";
import type { Arrived, FakeProvider, ProviderClock } from "./provider.ts";

/** https://pushover.net/api#limits: "10,000 messages per month for free". */
const MESSAGES_A_MONTH = 10_000;
/** https://pushover.net/api/receipts: "no faster than once every 5 seconds". */
const ASKED_EVERY_MS = 5_000;

const characters = (max: number) => z.string().refine((text) => Array.from(text).length <= max);
const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^-?[0-9]+$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max));

/** https://pushover.net/api#messages, #limits ("1024 4-byte UTF-8 characters … 250 … 512 … 100"), #priority, #ttl. */
const Sent = z.strictObject({
  token: z.string(),
  user: z.string(),
  message: characters(1_024).min(1),
  title: characters(250).optional(),
  device: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,25}$/)
    .optional(),
  sound: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,20}$/)
    .optional(),
  priority: whole(-2, 2).default(0),
  retry: whole(30, 10_800).optional(),
  expire: whole(1, 10_800).optional(),
  timestamp: whole(1, 4_294_967_295).optional(),
  ttl: whole(1, 31_536_000).optional(),
  /** https://pushover.net/api/receipts#cancel_by_tag: of emergencies, a list with commas between */
  tags: z
    .string()
    .regex(/^[^,\s]+(,[^,\s]+)*$/)
    .optional(),
  url: characters(512).optional(),
  url_title: characters(100).optional(),
});
type Sent = z.infer<typeof Sent>;

interface Emergency {
  readonly user: string;
  readonly tags: readonly string[];
  readonly sentAt: number;
  readonly retryMs: number;
  readonly expiresAt: number;
  acknowledgedAt: number | null;
  cancelledAt: number | null;
  askedAt: number | null;
}

interface PushoverOptions {
  /** the application's */
  readonly token: string;
  /** keys of users and groups */
  readonly users: readonly string[];
  readonly messagesAMonth?: number;
  /** false: no device is reached any more */
  readonly isReached?: () => boolean;
}

/** Pushover, with one application. */
export function fakePushover(clock: ProviderClock, options: PushoverOptions): FakeProvider {
  const { isReached = () => true, messagesAMonth = MESSAGES_A_MONTH, token, users } = options;
  const arrived: Arrived[] = [];
  const emergencies = new Map<string, Emergency>();
  let sent = 0;

  async function answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const receipt = /^\/1\/receipts\/([A-Za-z0-9]{30})(\.json|\/cancel\.json)$/.exec(pathname);
    if (request.method === "GET" && receipt?.[2] === ".json") return told(receipt[1] ?? "", searchParams);
    if (request.method !== "POST") return refuse(404, ["no such address"]);
    const isForm = request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded");
    if (isForm !== true) return refuse(400, ["message cannot be blank"]);
    const form = new URLSearchParams(await request.text());
    if (pathname === "/1/messages.json") return taken(form);
    const tag = /^\/1\/receipts\/cancel_by_tag\/([^/]+)\.json$/.exec(pathname)?.[1];
    if (tag !== undefined) return cancelledByTag(decodeURIComponent(tag), form);
    return receipt === null ? refuse(404, ["no such address"]) : cancelled(receipt[1] ?? "", form);
  }

  function taken(form: URLSearchParams): Response {
    const read = Sent.safeParse(Object.fromEntries(form));
    if (form.get("token") !== token)
      return refuse(400, ["application token is invalid"], { token: "invalid" });
    if (!users.includes(form.get("user") ?? ""))
      return refuse(400, ["user identifier is not a valid user, group, or subscribed user key"], {
        user: "invalid",
      });
    if (!read.success)
      return refuse(
        400,
        read.error.issues.map(({ path }) => `${path.join(".")} is invalid`),
      );
    const { expire, priority, retry } = read.data;
    // https://pushover.net/api#priority: "retry" and "expire" "must be supplied" with emergencies.
    if (priority === 2 && (retry === undefined || expire === undefined))
      return refuse(400, ["expire must be supplied with priority=2"], { expire: "invalid" });
    if (sent >= messagesAMonth)
      return refuse(429, ["application is over its monthly message quota"], {}, limits());
    sent += 1;
    return accepted(read.data);
  }

  function accepted(message: Sent): Response {
    const { expire = 0, priority, retry = 0, tags = "", title = "", user } = message;
    const handle = `r${String(sent).padStart(29, "0")}`;
    // https://pushover.net/api#priority: -1 makes neither sound nor vibration.
    if (isReached())
      arrived.push({ handle, to: user, title, body: message.message, isLoud: priority > -1, at: clock.now });
    const receipt = priority === 2 ? { receipt: handle } : {};
    if (priority === 2) {
      const expiresAt = clock.now + expire * 1_000;
      const fresh = { acknowledgedAt: null, cancelledAt: null, askedAt: null };
      const sentAt = clock.now;
      const of = { user, tags: tags.split(","), sentAt, retryMs: retry * 1_000, expiresAt };
      emergencies.set(handle, { ...of, ...fresh });
    }
    return Response.json({ status: 1, request: requestId(), ...receipt }, { headers: limits() });
  }

  /** https://pushover.net/api/receipts#receipt. */
  function told(handle: string, query: URLSearchParams): Response {
    const emergency = emergencies.get(handle);
    if (query.get("token") !== token)
      return refuse(400, ["application token is invalid"], { token: "invalid" });
    if (emergency === undefined)
      return refuse(404, ["receipt not found; may be invalid or expired"], { receipt: "not found" });
    // The page gives no answer for who asks too often; a test that does is wrong.
    if (emergency.askedAt !== null && clock.now - emergency.askedAt < ASKED_EVERY_MS)
      return refuse(429, ["asked too often"]);
    emergency.askedAt = clock.now;
    return Response.json({ status: 1, ...stateOf(emergency), request: requestId() });
  }

  function stateOf({ acknowledgedAt, cancelledAt, expiresAt, retryMs, sentAt, user }: Emergency) {
    const endedAt = Math.min(clock.now, acknowledgedAt ?? expiresAt, cancelledAt ?? expiresAt, expiresAt);
    const lastAt = sentAt + Math.floor((endedAt - sentAt) / retryMs) * retryMs;
    return {
      acknowledged: acknowledgedAt === null ? 0 : 1,
      acknowledged_at: secondsOf(acknowledgedAt),
      acknowledged_by: acknowledgedAt === null ? "" : user,
      acknowledged_by_device: acknowledgedAt === null ? "" : "phone",
      last_delivered_at: isReached() ? secondsOf(lastAt) : 0,
      expired: clock.now >= expiresAt || cancelledAt !== null ? 1 : 0,
      expires_at: secondsOf(cancelledAt ?? expiresAt),
      called_back: 0,
      called_back_at: 0,
    };
  }

  /** https://pushover.net/api/receipts#cancel. */
  function cancelled(handle: string, form: URLSearchParams): Response {
    const emergency = emergencies.get(handle);
    if (form.get("token") !== token)
      return refuse(400, ["application token is invalid"], { token: "invalid" });
    if (emergency === undefined)
      return refuse(404, ["receipt not found; may be invalid or expired"], { receipt: "not found" });
    emergency.cancelledAt ??= clock.now;
    return Response.json({ status: 1, request: requestId() });
  }

  /** https://pushover.net/api/receipts#cancel_by_tag: all that still sound, and how many there were. */
  function cancelledByTag(tag: string, form: URLSearchParams): Response {
    if (form.get("token") !== token)
      return refuse(400, ["application token is invalid"], { token: "invalid" });
    const sounding = [...emergencies.values()].filter((one) => isRinging(one) && one.tags.includes(tag));
    for (const emergency of sounding) emergency.cancelledAt = clock.now;
    return Response.json({ status: 1, canceled: sounding.length, request: requestId() });
  }

  /** https://pushover.net/api#limits: these headers stand in the answer to each message. */
  function limits(): Record<string, string> {
    const monthLater = new Date(clock.now);
    const reset = Date.UTC(monthLater.getUTCFullYear(), monthLater.getUTCMonth() + 1);
    return {
      "X-Limit-App-Limit": String(messagesAMonth),
      "X-Limit-App-Remaining": String(messagesAMonth - sent),
      "X-Limit-App-Reset": String(reset / 1_000),
      Date: new Date(clock.now).toUTCString(),
    };
  }

  const isRinging = ({ acknowledgedAt, cancelledAt, expiresAt }: Emergency) =>
    acknowledgedAt === null && cancelledAt === null && clock.now < expiresAt;

  return {
    answer,
    arrived,
    get ringing() {
      return new Set([...emergencies].filter(([, one]) => isRinging(one)).map(([handle]) => handle));
    },
    async acknowledge(handle) {
      const emergency = emergencies.get(handle);
      if (emergency === undefined || !isRinging(emergency)) return false;
      emergency.acknowledgedAt = clock.now;
      return true;
    },
  };
}

/**
 * https://pushover.net/api#response: `{"user":"invalid","errors":["user identifier is
 * invalid"],"status":0,"request":"…"}`.
 */
function refuse(
  status: number,
  errors: readonly string[],
  invalid: object = {},
  headers: Record<string, string> = {},
): Response {
  return Response.json({ ...invalid, errors, status: 0, request: requestId() }, { status, headers });
}

function requestId(): string {
  return "647d2300-702c-4b38-8b2f-d56326ae460b";
}

function secondsOf(at: number | null): number {
  return at === null ? 0 : Math.floor(at / 1_000);
}
