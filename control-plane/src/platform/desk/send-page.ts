// What the desk asks of a channel's provider: to bring one page, to say what became of it, to let a phone fall silent;
// each within a bound. A channel that cannot work (no terminal, a secret that is not bound, an address that is refused)
// is not tried: that is never "delivered". An attempt never throws: a pager that is down is an expected no, and the
// desk's core decides what follows. Details are for people and audit, so they never carry a secret or a URL.
import { namedAt } from "@countersign/shared/values/named";
import { notAccepted, readStatus } from "../../channels/answers.ts";
import {
  askRequestOf,
  type Channel,
  channelProblemOf,
  channelRequestOf,
  readAnswer,
  readReceipt,
  settleRequestOf,
} from "../../channels/any-channel.ts";
import type { Message, NotAccepted, ProviderAnswer } from "../../channels/channel.ts";
import type { Refusal } from "../../core/desk/deliveries/attempted.ts";
import type { ReceiptAnswer, SettleAnswer } from "../../core/desk/desk-event.ts";
import type { Delivery } from "../../core/desk/records/pages/delivery.ts";
import { isOfNone, type Page } from "../../core/desk/records/pages/page.ts";
import type { Policy } from "../../policy/policy.ts";
import { parsePublicUrl } from "../../public-url.ts";
import type { PageReceipt, PageSending } from "../../shell/desk/desk-ports.ts";
import { exchange, type Exchanged, isRedirect, SEND_TIMEOUT_MS } from "./exchange.ts";
import type { RouteBindings } from "./routes.ts";
import { withoutSecrets } from "./unquoted.ts";

/** Longer than any that a provider documents. */
const HANDLE = /^[\x20-\x7e]{1,255}$/;

/** What is sent, with its path below the desk's public address. */
export type Sendable = Omit<Message, "url" | "sentAt" | "toldAt"> & { readonly path: string };

/** What is sent of a page. */
export function sendableOf(
  page: Page,
  { earlier, latest }: Pick<PageSending, "earlier" | "latest">,
): Sendable {
  const thread = { earlier, ...(latest === undefined ? {} : { latest }) };
  return { ...page, ...thread, incidentId: isOfNone(page) ? null : page.incidentId };
}

/** Where, and by what, something is sent. */
export interface SendingBy {
  readonly policy: Policy;
  readonly bindings: RouteBindings;
  readonly now: number;
}

/** Tries one page on one channel; never throws. */
export async function sendPage(page: Sendable, channelName: string, by: SendingBy): Promise<PageReceipt> {
  const { policy, bindings, now } = by;
  const channel = namedAt(policy.channels, channelName);
  if (channel === undefined) return failed(`the policy has no channel "${channelName}"`);
  const problem = channelProblemOf(channel, bindings);
  if (problem !== null) return failed(problem);
  const message = messageOf(page, { channelName, bindings, now });
  const answered = await exchange(() => channelRequestOf(channel, message, bindings), bindings);
  switch (answered.kind) {
    case "nothing":
      return failed("the channel sends nothing");
    case "problem":
      return failed(answered.problem);
    case "refused":
      return failedAs(answered.refusal);
    case "silent":
      return answered.isTimeout
        ? { ...failed(`no answer in ${SEND_TIMEOUT_MS} ms`), isTimeout: true, mayHaveCome: true }
        : { ...failed("connection failed"), mayHaveCome: true };
    case "answer":
      return receiptOf(channel, answered, bindings);
  }
}

/** Asks a provider what became of a page. Never throws. */
export async function askReceipt(delivery: Delivery, by: SendingBy): Promise<ReceiptAnswer> {
  const { policy, bindings } = by;
  const channel = namedAt(policy.channels, delivery.channel);
  if (channel === undefined) return { receipt: null };
  const answered = await exchange(() => askRequestOf(channel, carriedOf(delivery), bindings), bindings);
  if (answered.kind !== "answer" || isRedirect(answered.answer)) return { receipt: null };
  const receipt = readReceipt(channel, answered.answer);
  return receipt === null ? { receipt, ...refusalIn(channel, answered.answer) } : { receipt };
}

/** Tells a provider that nobody needs a page any more. Never throws. */
export async function settleDelivery(delivery: Delivery, by: SendingBy): Promise<SettleAnswer> {
  const { policy, bindings } = by;
  const channel = namedAt(policy.channels, delivery.channel);
  const { settle } = delivery;
  if (channel === undefined || settle === null) return { result: "told" };
  const carried = { ...carriedOf(delivery), how: settle };
  const answered = await exchange(() => settleRequestOf(channel, carried, bindings), bindings);
  switch (answered.kind) {
    // Its provider is told no such thing.
    case "nothing":
      return { result: "told" };
    // A secret that is not bound now may be bound later; the core gives up by count.
    case "problem":
    case "silent":
      return { result: "failed" };
    case "refused":
      return { result: answered.refusal.isForGood ? "told" : "failed" };
    case "answer": {
      const { answer } = answered;
      if (isRedirect(answer)) return { result: "failed" };
      // What is refused for good is refused again: the message is gone, or the token is.
      const { isForGood, ...refusal } = refusalIn(channel, answer);
      const isOver = isForGood === true || readStatus(answer).result === "accepted";
      return isOver ? { result: "told" } : { result: "failed", ...refusal };
    }
  }
}

/** How a provider refuses, by its status; for how long, it may say in a form of its own as well. */
function refusalIn(channel: Channel, answer: ProviderAnswer): Refusal {
  const taken = readStatus(answer);
  if (taken.result === "accepted") return {};
  const own = readAnswer(channel, answer);
  const retryAfterMs = (own.result === "failed" ? own.retryAfterMs : null) ?? taken.retryAfterMs;
  return {
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    ...(taken.isForGood ? { isForGood: true } : {}),
  };
}

function carriedOf({ handle, incidentId, pageKey }: Delivery) {
  return { handle, incidentId, key: pageKey };
}

/** A page goes out without a link rather than not at all, and says so. */
function messageOf(
  page: Sendable,
  {
    bindings,
    channelName,
    now,
  }: { readonly channelName: string; readonly bindings: RouteBindings; readonly now: number },
): Message {
  const base = parsePublicUrl(bindings.PUBLIC_URL);
  if (base.ok) {
    const toldAt = `${base.value}/v1/channels/${channelName}`;
    return { ...page, url: `${base.value}${page.path}`, toldAt, sentAt: now };
  }
  const body = `${page.body}\nNo link: this desk's PUBLIC_URL is not set. Open the desk yourself.`;
  return { ...page, body, url: null, toldAt: null, sentAt: now };
}

/**
 * What an answer means. A provider that said "taken" by its status and then stalled has taken the page, as far as
 * anybody can know: another attempt
 * would wake a person twice, and should it be lost after all, nobody answers and the escalation goes on. What it called
 * the page is not known then.
 */
function receiptOf(
  channel: Channel,
  { answer, isWhole }: Extract<Exchanged, { kind: "answer" }>,
  bindings: RouteBindings,
): PageReceipt {
  // Whatever a channel reads of it: another address than the policy's was named, and not asked.
  if (isRedirect(answer)) return failedAs(notAccepted(answer, null));
  const detail = `HTTP ${answer.status}`;
  const taken = readAnswer(channel, answer);
  if (taken.result === "accepted")
    return { result: "delivered", detail, ...(isHandle(taken.handle) ? { handle: taken.handle } : {}) };
  return !isWhole && readStatus(answer).result === "accepted"
    ? { result: "delivered", detail: `${detail}, and no end of its answer` }
    : failedAnswer(answer, { ...taken, detail: unquotedDetail(channel, answer, bindings) });
}

/** Who fails over a page may have taken it first; who refuses it has not. */
function failedAnswer({ status }: ProviderAnswer, refusal: NotAccepted): PageReceipt {
  return { ...failedAs(refusal), ...(status >= 500 ? { mayHaveCome: true } : {}) };
}

/** Each page is kept with its handle, which goes into addresses and logs of providers: what is no name is none. */
function isHandle(handle: string | null): handle is string {
  return handle !== null && HANDLE.test(handle);
}

function unquotedDetail(channel: Channel, answer: ProviderAnswer, bindings: RouteBindings): string {
  const taken = readAnswer(channel, { ...answer, body: withoutSecrets(answer.body, bindings) });
  return taken.result === "failed" ? taken.detail : `HTTP ${answer.status}`;
}

function failedAs({ detail, isForGood, retryAfterMs }: NotAccepted): PageReceipt {
  return {
    ...failed(detail),
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    ...(isForGood ? { isForGood } : {}),
  };
}

function failed(detail: string): PageReceipt {
  return { result: "failed", detail };
}
