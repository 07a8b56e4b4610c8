// One request to a provider and what came of it, within a bound that holds for all of it: headers, body, a mailer's
// answer. Never throws: a pager that is down is an expected no. What a reader would get wrong: a body that stalls or is
// too long does not undo the status before it; it is handed on as far as it came, and said not to be whole.
import type { Result } from "@countersign/shared/values/result";
import { ANSWER_BYTES_MAX } from "../../channels/answers.ts";
import type { SecretUnusable } from "../../channels/channel-secret.ts";
import type { ChannelBindings, NotAccepted, Outgoing, ProviderAnswer } from "../../channels/channel.ts";
import { refusalOfMailer } from "./mailer-errors.ts";

/** The longest one attempt on one channel may take. */
export const SEND_TIMEOUT_MS = 10_000;

/** What came of a request. */
export type Exchanged =
  | {
      readonly kind: "answer";
      readonly answer: ProviderAnswer;
      /** false: the rest of its body did not come, or was too long */
      readonly isWhole: boolean;
    }
  /** the mailer's own word that it takes no such mail */
  | { readonly kind: "refused"; readonly refusal: NotAccepted }
  | { readonly kind: "silent"; readonly isTimeout: boolean }
  /** it could not be made, as things are now */
  | { readonly kind: "problem"; readonly problem: string }
  /** the provider knows no such request */
  | { readonly kind: "nothing" };

type Make = () => Promise<Result<Outgoing, SecretUnusable> | null>;

/** Makes a request, sends it and reads what is answered. */
export async function exchange(make: Make, bindings: ChannelBindings): Promise<Exchanged> {
  let outgoing: Outgoing;
  try {
    const made = await make();
    if (made === null) return { kind: "nothing" };
    if (!made.ok) return { kind: "problem", problem: made.error.problem };
    outgoing = made.value;
  } catch {
    // The error's own text might quote a secret.
    return { kind: "problem", problem: "the channel could not be used" };
  }
  const signal = AbortSignal.timeout(SEND_TIMEOUT_MS);
  try {
    return await send(outgoing, bindings, signal);
  } catch {
    return { kind: "silent", isTimeout: signal.aborted };
  }
}

/** Says whether an answer only names another address: a signed page goes where policy says, and nowhere else. */
export function isRedirect({ status }: ProviderAnswer): boolean {
  return status === 0 || (status >= 300 && status < 400);
}

async function send(
  outgoing: Outgoing,
  { EMAIL, TERMINAL }: ChannelBindings,
  signal: AbortSignal,
): Promise<Exchanged> {
  const init = { signal, redirect: "manual" } as const;
  switch (outgoing.by) {
    case "network":
      return answerIn(await until(signal, fetch(outgoing.request, init)), signal);
    case "terminal":
      if (TERMINAL === undefined) return { kind: "problem", problem: "there is no terminal" };
      return answerIn(await until(signal, TERMINAL.fetch(outgoing.request, init)), signal);
    case "mail":
      if (EMAIL === undefined) return { kind: "problem", problem: "no mailer is bound as EMAIL" };
      return mailed(() => EMAIL.send(outgoing.mail), signal);
  }
}

async function answerIn(response: Response, signal: AbortSignal): Promise<Exchanged> {
  const { headers, status } = response;
  const { isWhole, text } = await readBody(response, signal);
  return { kind: "answer", answer: { status, headers, body: text }, isWhole };
}

/** A mailer's answer as a provider's: the id that it gave stands in the body. */
async function mailed(
  deliver: () => Promise<{ readonly messageId?: string } | undefined | void>,
  signal: AbortSignal,
): Promise<Exchanged> {
  try {
    const sent = await until(signal, deliver());
    const messageId = sent?.messageId;
    const body = messageId === undefined ? "" : JSON.stringify({ messageId });
    return { kind: "answer", answer: { status: 200, headers: new Headers(), body }, isWhole: true };
  } catch (error) {
    if (signal.aborted) throw error;
    return { kind: "refused", refusal: refusalOfMailer(error) };
  }
}

/** So much of a body as is read, and so much of it as came in time. */
async function readBody(
  { body }: Response,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  const reader = body?.getReader();
  if (reader === undefined) return { text: "", isWhole: true };
  const parts: Uint8Array[] = [];
  const isWhole = await readInto(parts, reader, signal);
  // Nobody waits for a provider to take note of it.
  if (!isWhole) void reader.cancel().catch(() => {});
  return { text: new TextDecoder().decode(joined(parts)), isWhole };
}

/** Says whether all of it was read. */
async function readInto(
  parts: Uint8Array[],
  reader: ReadableStreamDefaultReader<Uint8Array>,
  signal: AbortSignal,
): Promise<boolean> {
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await until(signal, reader.read());
      if (done) return true;
      parts.push(value.subarray(0, ANSWER_BYTES_MAX - length));
      length += value.length;
      if (length > ANSWER_BYTES_MAX) return false;
    }
  } catch {
    return false;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * Settles like `work`, or rejects when the signal says that it is time: not all that is awaited listens to a signal by
 * itself.
 */
async function until<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const stop = Promise.withResolvers<never>();
  const abort = () => stop.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, stop.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
