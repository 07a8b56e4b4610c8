// What passes between a channel and the fake of its provider in the channels' own tests: a request goes in, and what
// the channel may read of the answer comes out, cut as the platform cuts it.
import { ANSWER_BYTES_MAX } from "../../../control-plane/src/channels/answers.ts";
import {
  askRequestOf,
  Channel,
  hearOn,
  readAnswer,
  readReceipt,
  settleRequestOf,
} from "../../../control-plane/src/channels/any-channel.ts";
import type {
  ChannelBindings,
  Message,
  Outgoing,
  ProviderAnswer,
  Settling,
  ToldRequest,
} from "../../../control-plane/src/channels/channel.ts";
import type { FakeProvider } from "../../providers/provider.ts";
import { BINDINGS, MESSAGE, requestFor } from "./samples.ts";

/** Text that hosts may have written: each of it is somebody's mark-up, and none of it may be read as such. */
export const HOSTILE = [
  "@everyone @here <@123> <@&456> <#789> <!channel> <!here> <!subteam^S1> <@U1>",
  "<https://evil.test|click> [click](https://evil.test) https://evil.test *b* _i_ ~s~ `c` ||s|| ```x```",
  "# h\n> q\n- l\n1. n\n\\*\\@everyone </b><script>&amp;&lt;!channel&gt; :smile: <:a:1> <t:1:R>",
  "\u001B[2J\u0000\u0007\u202Egnp\u200Bx\r\nnext\uD800",
  `${"x".repeat(10_000)}\n${"😀ä".repeat(3_000)}`,
  '"'.repeat(5_000),
  "\n\\".repeat(2_500),
  "&".repeat(5_000),
  "*".repeat(5_000),
] as const;

/** Texts of hosts that try to be more than text, each with its name. */
export const HOSTILE_TEXTS: readonly (readonly [string, string])[] = [
  ["line ends", "two\r\nlines\nBcc: eve@evil.test"],
  ["control characters", "null \0 bell \u0007 escape \u001B[31m"],
  ["turned letters", "turned \u202Egnp.exe\u202C and \u2066isolated\u2069"],
  ["no width", "zero\u200Bwidth\uFEFF and half a pair \uD83D"],
  ["no characters", "noncharacters \uFFFE\uFFFF"],
  ["a verb", "</Say><Dial>+19005550100</Dial><Say>"],
  ["markup", `"quotes" & 'ampersands' <b>bold</b> *star* _under_ [link](https://evil.test)`],
  ["entities", "<![CDATA[ ]]> &#x0; &lol; %0d%0a"],
  ["pictures", "\u{1F525}".repeat(3_000)],
  ["lines of pictures", `${"\u{1F525}".repeat(200)}\n`.repeat(20)],
  ["10,000 letters", "x".repeat(10_000)],
  ["9,000 that are escaped", "&\"'".repeat(3_000)],
  ["5,000 lines", "a\n".repeat(5_000)],
];

/** Characters that nothing which goes to a person may hold. */
export const UNSEEN = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** What a provider answers, as a channel reads it. */
export async function answeredBy(provider: FakeProvider, request: Request): Promise<ProviderAnswer> {
  const response = await provider.answer(request);
  const bytes = new Uint8Array(await response.arrayBuffer()).subarray(0, ANSWER_BYTES_MAX);
  return { status: response.status, headers: response.headers, body: new TextDecoder().decode(bytes) };
}

/** An answer as it stands in a table. */
export function answered(
  status: number,
  body: object | string,
  headers: Record<string, string> = {},
): ProviderAnswer {
  return {
    status,
    headers: new Headers(headers),
    body: typeof body === "string" ? body : JSON.stringify(body),
  };
}

/** A provider that answers everything with this. */
export function answering(response: Response): FakeProvider {
  const answer = async () => response.clone();
  return { answer, arrived: [], ringing: new Set(), acknowledge: async () => false };
}

/** One provider, and one channel as a policy writes it. */
export interface Line {
  readonly provider: FakeProvider;
  readonly written: object;
  readonly bindings?: ChannelBindings;
}

/** Sends a message, and reads what became of it. */
export async function sendBy({ bindings = BINDINGS, provider, written }: Line, text: Partial<Message> = {}) {
  const answer = await answeredBy(provider, await requestFor(written, text, bindings));
  return readAnswer(Channel.parse(written), answer);
}

/** The same, of a message that must be taken with a handle. */
export async function handleOf(line: Line, text: Partial<Message> = {}): Promise<string> {
  const taken = await sendBy(line, text);
  if (taken.result !== "accepted" || taken.handle === null) throw new Error(JSON.stringify(taken));
  return taken.handle;
}

/** Asks what became of a message. */
export async function askBy({ bindings = BINDINGS, provider, written }: Line, handle: string) {
  const channel = Channel.parse(written);
  const made = await askRequestOf(channel, { handle, incidentId: "inc_1", key: "k" }, bindings);
  return readReceipt(channel, await answeredBy(provider, networkRequest(made)));
}

/** Tells that nobody needs a message any more: the status of the answer. */
export async function settleBy(
  { bindings = BINDINGS, provider, written }: Line,
  handle: string,
  how: Settling,
): Promise<number> {
  const channel = Channel.parse(written);
  const { key } = MESSAGE;
  const made = await settleRequestOf(channel, { handle, incidentId: "inc_1", key, how }, bindings);
  return (await answeredBy(provider, networkRequest(made))).status;
}

/** What a channel hears of a request that came to this desk. */
export function heard(
  written: object,
  told: Omit<ToldRequest, "cameAt"> & Partial<Pick<ToldRequest, "cameAt">>,
  bindings: ChannelBindings = BINDINGS,
) {
  return hearOn(Channel.parse(written), { cameAt: MESSAGE.sentAt, ...told }, bindings);
}

/** A request to this desk, as its route hands it on. */
export async function toldBy(request: Request): Promise<ToldRequest> {
  const { headers, url } = request;
  return { url, headers, body: await request.text(), cameAt: MESSAGE.sentAt };
}

function networkRequest(
  made:
    | { readonly ok: true; readonly value: Outgoing }
    | { readonly ok: false; readonly error: object }
    | null,
): Request {
  if (made?.ok !== true || made.value.by !== "network") throw new Error(JSON.stringify(made));
  return made.value.request;
}
