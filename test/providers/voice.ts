// Twilio's Programmable Voice (https://www.twilio.com/docs/voice/api/call-resource) in memory, on virtual time: calls
// are made, ring, are taken by a person, by a machine or by nobody, and what happens in them is brought to this desk,
// signed (https://www.twilio.com/docs/usage/webhooks/webhooks-security). What a reader would get wrong: a call whose
// TwiML cannot be read is made all the same, and says that an application error has occurred.
import { createHmac } from "node:crypto";
import type { Arrived, FakeProvider, ProviderClock } from "./provider.ts";
import { plainOf, saidIn } from "./twiml.ts";

/** Who or what is at the other end. */
export type FarEnd = "person" | "machine" | "busy" | "unreachable";

/** https://www.twilio.com/docs/voice/api/call-resource#call-status-values */
type CallStatus = "ringing" | "in-progress" | "completed" | "busy" | "failed" | "no-answer" | "canceled";

/** https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource: "limit: 4000 characters" */
const TWIML_CHARS_MAX = 4_000;
/**
 * https://help.twilio.com/articles/223180228: an account's default of new calls a second; what is more of them waits,
 * so this is the queue's end.
 */
const REQUESTS_A_SECOND_MAX = 100;
const PARAMETERS = new Set(["To", "From", "Twiml", "Timeout", "StatusCallback", "StatusCallbackEvent"]);
/** https://www.twilio.com/docs/api/errors/12100: what a caller hears of a document that cannot be read */
const APPLICATION_ERROR = "We are sorry. An application error has occurred. Goodbye.";

interface Call extends Arrived {
  readonly timeoutMs: number;
  readonly farEnd: FarEnd;
  readonly gatherUrl: string | null;
  readonly statusUrl: string | null;
  ended: { readonly status: CallStatus; readonly at: number } | null;
  takenAt: number | null;
}

export interface VoiceSetup {
  readonly clock: ProviderClock;
  readonly account: string;
  readonly token: string;
  /** the account's own numbers */
  readonly from: readonly string[];
  /** numbers that may be called, and who is there; others are not verified (a trial account) */
  readonly numbers: ReadonlyMap<string, FarEnd>;
  /** brings a request to this desk */
  readonly deliver?: (request: Request) => Promise<Response>;
}

export class FakeVoice implements FakeProvider {
  /** what was said in answer to keys, oldest first */
  readonly said: string[] = [];
  readonly #calls: Call[] = [];
  readonly #setup: VoiceSetup;

  constructor(setup: VoiceSetup) {
    this.#setup = setup;
  }

  get arrived(): readonly Call[] {
    return this.#calls;
  }

  get ringing(): ReadonlySet<string> {
    return new Set(
      this.#calls
        .filter((call) => ["ringing", "in-progress"].includes(this.#statusOf(call)))
        .map(({ handle }) => handle),
    );
  }

  async answer(request: Request): Promise<Response> {
    const { account, token } = this.#setup;
    if (request.headers.get("authorization") !== `Basic ${btoa(`${account}:${token}`)}`)
      return refused(401, 20_003, "Authenticate");
    const path = new URL(request.url).pathname.replace(`/2010-04-01/Accounts/${account}/`, "");
    const [, sid] = /^Calls\/(CA[0-9a-f]{32})\.json$/.exec(path) ?? [];
    if (sid !== undefined) return this.#answerCall(request, sid);
    if (path !== "Calls.json" || request.method !== "POST") return notFound(path);
    return this.#make(await formOf(request));
  }

  /** The person takes the call and presses the key; false: they cannot. */
  async acknowledge(handle: string, digit = "1"): Promise<boolean> {
    const call = this.#calls.find((each) => each.handle === handle);
    if (call === undefined || call.farEnd !== "person" || !this.ringing.has(handle)) return false;
    call.takenAt ??= this.#setup.clock.now;
    if (call.gatherUrl === null) return false;
    // https://www.twilio.com/docs/voice/twiml/gather#action: Digits beside the parameters of every request
    const response = await this.#bring(call, call.gatherUrl, { Digits: digit });
    if (response?.ok !== true) return false;
    this.said.push(saidIn(await response.text()) ?? APPLICATION_ERROR);
    return true;
  }

  /** Brings the status of a call that is over (https://www.twilio.com/docs/voice/api/call-resource#statuscallback). */
  async tellEnd(handle: string): Promise<Response | null> {
    const call = this.#calls.find((each) => each.handle === handle);
    if (call === undefined || call.statusUrl === null || this.ringing.has(handle)) return null;
    return this.#bring(call, call.statusUrl, {});
  }

  #make(form: URLSearchParams): Response {
    const [to, from, twiml] = [form.get("To") ?? "", form.get("From") ?? "", form.get("Twiml") ?? ""];
    const problem = this.#problemOf(form, { to, from, twiml });
    if (problem !== null) return problem;
    const [, gather = null] = /<Gather [^>]*action="([^"]*)"/.exec(twiml) ?? [];
    const call = {
      handle: `CA${String(this.#calls.length + 1).padStart(32, "0")}`,
      to,
      title: "",
      body: saidIn(twiml) ?? APPLICATION_ERROR,
      isLoud: true,
      at: this.#setup.clock.now,
      timeoutMs: Number(form.get("Timeout") ?? 60) * 1_000,
      farEnd: this.#setup.numbers.get(to) ?? "unreachable",
      gatherUrl: gather === null ? null : plainOf(gather),
      statusUrl: form.get("StatusCallback"),
      ended: null,
      takenAt: null,
    };
    this.#calls.push(call);
    return Response.json(this.#resourceOf(call, "queued"), { status: 201 });
  }

  #problemOf(
    form: URLSearchParams,
    { from, to, twiml }: { readonly from: string; readonly to: string; readonly twiml: string },
  ): Response | null {
    const { clock, numbers } = this.#setup;
    const lately = this.#calls.filter(({ at }) => at > clock.now - 1_000).length;
    if (lately >= REQUESTS_A_SECOND_MAX) return tooMany(null);
    const unknown = [...form.keys()].find((key) => !PARAMETERS.has(key));
    if (unknown !== undefined) return refused(400, 20_001, `Unknown parameter ${unknown}`);
    if (!/^\+[1-9][0-9]{1,14}$/.test(to))
      return refused(400, 21_211, `The 'To' number ${to} is not a valid phone number.`);
    if (!this.#setup.from.includes(from))
      return refused(
        400,
        21_210,
        `The source phone number provided, ${from}, is not yet verified for your account.`,
      );
    if (!numbers.has(to))
      return refused(
        400,
        21_219,
        `The number ${to} is unverified. Trial accounts may only make calls to verified numbers.`,
      );
    // https://www.twilio.com/docs/api/errors/21609, and "URLs must contain a valid hostname (underscores are not permitted)"
    const statusUrl = URL.parse(form.get("StatusCallback") ?? "https://absent.test");
    if (statusUrl === null || !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(statusUrl.hostname))
      return refused(400, 21_609, "The StatusCallback URL is not a valid url.");
    if (twiml === "" || twiml.length > TWIML_CHARS_MAX)
      return refused(400, 21_205, "Url parameter is required.");
    return null;
  }

  async #answerCall(request: Request, sid: string): Promise<Response> {
    const call = this.#calls.find(({ handle }) => handle === sid);
    if (call === undefined) return notFound(`Calls/${sid}.json`);
    if (request.method === "GET") return Response.json(this.#resourceOf(call, this.#statusOf(call)));
    if (request.method !== "POST") return refused(405, 20_004, "Method not allowed");
    const status = (await formOf(request)).get("Status");
    if (status !== "canceled" && status !== "completed") return refused(400, 20_001, "Status is invalid");
    const before = this.#statusOf(call);
    if (before !== "ringing" && before !== "in-progress")
      return refused(400, 21_220, "Call is not in-progress. Cannot redirect.");
    // https://www.twilio.com/docs/voice/api/call-resource#update-a-call-resource: `canceled` leaves calls in progress alone
    if (status === "completed" || before === "ringing")
      call.ended = { status: before === "ringing" ? "canceled" : "completed", at: this.#setup.clock.now };
    return Response.json(this.#resourceOf(call, this.#statusOf(call)));
  }

  #statusOf({ at, ended, farEnd, takenAt, timeoutMs }: Call): CallStatus {
    const { now } = this.#setup.clock;
    if (ended !== null) return ended.status;
    switch (farEnd) {
      case "busy":
        return now < at + 2_000 ? "ringing" : "busy";
      case "unreachable":
        return now < at + 2_000 ? "ringing" : "failed";
      case "machine":
        return now < at + 15_000 ? "ringing" : now < at + 60_000 ? "in-progress" : "completed";
      case "person":
        if (takenAt !== null) return now < takenAt + 60_000 ? "in-progress" : "completed";
        return now < at + timeoutMs ? "ringing" : "no-answer";
    }
  }

  #resourceOf({ handle, to }: Call, status: string): object {
    const { account, from } = this.#setup;
    return {
      sid: handle,
      account_sid: account,
      to,
      from: from[0],
      status,
      direction: "outbound-api",
      answered_by: null,
      api_version: "2010-04-01",
      uri: `/2010-04-01/Accounts/${account}/Calls/${handle}.json`,
    };
  }

  #bring(call: Call, url: string, more: Readonly<Record<string, string>>): Promise<Response> | null {
    const { account, deliver, from, token } = this.#setup;
    const parameters = {
      AccountSid: account,
      ApiVersion: "2010-04-01",
      CallSid: call.handle,
      CallStatus: this.#statusOf(call),
      Direction: "outbound-api",
      From: from[0] ?? "",
      To: call.to,
      ...more,
    };
    return deliver?.(signedRequest({ url, token, parameters })) ?? null;
  }
}

/**
 * A request as Twilio signs it: the whole URL, then each parameter of the body, sorted by name, name and value without
 * anything between.
 */
export function signedRequest({
  parameters,
  token,
  url,
}: {
  readonly url: string;
  readonly token: string;
  readonly parameters: Readonly<Record<string, string>>;
}): Request {
  const sorted = Object.entries(parameters).toSorted(([left], [right]) => (left < right ? -1 : 1));
  const signed = url + sorted.map(([name, value]) => name + value).join("");
  const signature = createHmac("sha1", token).update(signed, "utf8").digest("base64");
  const body = new URLSearchParams(parameters);
  return new Request(url, { method: "POST", headers: { "x-twilio-signature": signature }, body });
}

async function formOf(request: Request): Promise<URLSearchParams> {
  const isForm =
    request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded") === true;
  return new URLSearchParams(isForm ? await request.text() : "");
}

function notFound(path: string): Response {
  return refused(404, 20_404, `The requested resource /${path} was not found`);
}

/**
 * https://www.twilio.com/docs/api/errors/20429: the documentation names no Retry-After; where a number is given, it is
 * said.
 */
export function tooMany(seconds: number | null): Response {
  const response = refused(429, 20_429, "Too Many Requests");
  if (seconds !== null) response.headers.set("retry-after", String(seconds));
  return response;
}

/**
 * https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions; the codes:
 * https://www.twilio.com/docs/api/errors
 */
function refused(status: number, code: number, message: string): Response {
  const moreInfo = `https://www.twilio.com/docs/errors/${code}`;
  return Response.json({ code, message, more_info: moreInfo, status }, { status });
}
