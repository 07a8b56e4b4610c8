// Sends the keepalive on every period while it is earned (shared/src/host/earned-keepalive.ts), the first one at once, and watches for the answers.
// Not pure.
import { KEEPALIVE_TEXT } from "@countersign/shared/wire/protocol";
import type { Log } from "./log.ts";

const UNEARNED =
  "Something is overdue that could not be told, so no keepalive is sent: this agent's own loop is stuck, restart countersign-agent.";

export interface Keepalive {
  /** the answer came */
  readonly answered: () => void;
  readonly stop: () => void;
}

export interface KeepaliveOptions {
  readonly keepaliveMs: number;
  readonly lateAfterMs: number;
  readonly isEarned: () => boolean;
  readonly send: (text: string) => void;
  /** the oldest keepalive has had no answer for `lateAfterMs` */
  readonly onUnanswered: () => void;
  readonly log: Log;
}

/** Starts at once. */
export function startKeepalive(options: KeepaliveOptions): Keepalive {
  const { keepaliveMs, lateAfterMs, isEarned, send, onUnanswered, log } = options;
  let unansweredTimer: NodeJS.Timeout | undefined;
  const tick = () => {
    if (!isEarned()) return log.state("error", "keepalive", UNEARNED);
    log.recovered("keepalive", "What is overdue is told again; keepalives are sent.");
    send(KEEPALIVE_TEXT);
    // Runs from the oldest one that is unanswered, so those sent into a dead path do not prolong it.
    unansweredTimer ??= setTimeout(onUnanswered, lateAfterMs);
  };
  tick();
  const interval = setInterval(tick, keepaliveMs);
  return {
    answered: () => {
      clearTimeout(unansweredTimer);
      unansweredTimer = undefined;
    },
    stop: () => {
      clearInterval(interval);
      clearTimeout(unansweredTimer);
    },
  };
}
