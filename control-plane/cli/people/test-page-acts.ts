// What `countersign test-page` does: it has the page sent, looks every second what became of it, and says so in one
// sentence. What a reader would get wrong: delivered is not received. Only the person's own word makes it end with 0.
import { formatDuration } from "@countersign/shared/values/duration";
import type { BodyOf } from "../../src/api/table/route.ts";
import type { RouteOf } from "../../src/api/table/routes.ts";
import { complain, type Desk, EXIT, printJson } from "../desk.ts";
import { complainOfNames } from "./who-was-meant.ts";

type Test = BodyOf<RouteOf<"GET /v1/admin/test-pages/:id">>;

interface Wanted {
  readonly responder: string;
  readonly channel?: string;
  /** its person can say so right where it arrives, without opening it */
  readonly isAnsweredThere?: boolean;
  /** milliseconds */
  readonly timeout: number;
  readonly wait: boolean;
  readonly json?: boolean;
}

/** What waiting needs of the world. */
interface Waiting {
  readonly now: () => number;
  readonly pause: (durationMs: number) => Promise<void>;
}

const LOOK_EVERY_MS = 1_000;

const BY_CLOCK: Waiting = {
  now: () => Date.now(),
  pause: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
};

/** Sends a test page and waits for its receipt; ends with 0 only when it came. */
export async function sendTestPage(wanted: Wanted, desk: Desk, waiting = BY_CLOCK): Promise<number> {
  const { channel, json, responder } = wanted;
  const { api, output } = desk;
  const body = { responder, ...(channel === undefined ? {} : { channel }) };
  const sent = await api.ask("POST /v1/admin/test-pages", { body });
  if (!sent.ok) return complainOfNames(wanted, desk, sent.error);
  const { testId } = sent.value;
  if (wanted.wait) return waitFor(testId, wanted, { ...desk, ...waiting });
  if (json === true) printJson(output, { testId, result: "sent" });
  else output.print(testId);
  return EXIT.done;
}

async function waitFor(testId: string, wanted: Wanted, desk: Desk & Waiting): Promise<number> {
  const { api, now, output, pause } = desk;
  const { responder, timeout } = wanted;
  const untilAt = now() + timeout;
  output.complain(
    `Sent to ${responder}. Waits for a channel to take it, at most ${formatDuration(timeout)}.`,
  );
  let told: Test | null = null;
  for (;;) {
    const shown = await api.ask("GET /v1/admin/test-pages/:id", { params: { id: testId } });
    const isLast = now() >= untilAt;
    // A desk that does not answer for a moment has the page all the same.
    if (!shown.ok && (shown.error.reason !== "not-reachable" || isLast)) return complain(output, shown.error);
    if (shown.ok) {
      const test = shown.value;
      const line = progressOf(test, told, wanted);
      if (line !== null) output.complain(line);
      told = test;
      if (isReceived(test) || isLost(test) || isLast) return ended(test, wanted, desk);
    }
    await pause(Math.min(LOOK_EVERY_MS, Math.max(1, untilAt - now())));
  }
}

/** What is new, in one line; null: nothing. */
function progressOf(test: Test, told: Test | null, { isAnsweredThere = false }: Wanted): string | null {
  const { askedAt, deliveredAt, deliveredBy, error, receipt, responder } = test;
  if (isReceived(test)) return null;
  if (receipt !== null)
    return told?.receipt === null || told === null
      ? `${responder} says that it came. Waits for a channel to report it.`
      : null;
  if (deliveredAt !== null && told?.deliveredAt !== deliveredAt) {
    const after = formatDuration(Math.max(1_000, deliveredAt - askedAt));
    const there = isAnsweredThere ? "answer it there, or to " : "";
    return `Delivered by ${deliveredBy} within ${after}. Waits for ${responder} to ${there}open it and tap "I got it".`;
  }
  const isNew = error !== null && error !== told?.error;
  return isNew && !isLost(test) ? `Not taken yet. ${error}. It is tried on.` : null;
}

/** Said by its person and reported by a channel: either alone proves nothing. */
function isReceived({ deliveredAt, receipt }: Test): boolean {
  return receipt !== null && deliveredAt !== null;
}

function isLost({ deliveredAt, isGivenUp }: Test): boolean {
  return isGivenUp && deliveredAt === null;
}

function ended(test: Test, { json, timeout }: Wanted, { output }: Desk): number {
  const { deliveredAt, deliveredBy, error, receipt, responder } = test;
  if (json === true) printJson(output, { ...test, result: resultOf(test) });
  const say = json === true ? () => {} : output.complain;
  if (receipt !== null && deliveredAt !== null) {
    const after = formatDuration(Math.max(1_000, receipt.at - deliveredAt));
    if (json !== true) output.print(`${responder} got it${byOf(deliveredBy)}, and said so after ${after}.`);
    return EXIT.done;
  }
  const within = formatDuration(timeout);
  if (receipt !== null) say(`${responder} says that it came, though no channel reported it.`);
  else if (deliveredAt !== null)
    say(`Delivered${byOf(deliveredBy)}, but ${responder} did not say within ${within} that it came.`);
  else if (isLost(test)) say(`Not delivered to ${responder}: ${error ?? "no channel answered"}.`);
  else say(`Not delivered to ${responder} within ${within}: ${error ?? "no channel answered yet"}.`);
  return EXIT.refused;
}

function byOf(channel: string | null): string {
  return channel === null ? "" : ` by ${channel}`;
}

function resultOf({ deliveredAt, receipt }: Test): "received" | "claimed" | "unanswered" | "not-delivered" {
  if (receipt !== null) return deliveredAt === null ? "claimed" : "received";
  return deliveredAt === null ? "not-delivered" : "unanswered";
}
