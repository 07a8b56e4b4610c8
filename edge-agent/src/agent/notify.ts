// Tells systemd that the agent has started, and then, as its watchdog asks, that it lives. Node has no datagram sockets of this family, so the
// small program of systemd does it (the unit needs NotifyAccess=all): once a minute it costs some milliseconds, and no more often. The second
// word is said by the agent's own loop and only while it is earned: a loop that is stuck is ended and started anew by systemd. Not pure.
import { execFile } from "node:child_process";

const NOTIFY = "/usr/bin/systemd-notify";
/** A word that does not leave in time is lost; the next one is due by then. */
const NOTIFY_TIMEOUT_MS = 10_000;
/** Words in one period of systemd's watchdog: one may be lost. */
const WORDS_PER_PERIOD = 3;

export interface Watchdog {
  readonly stop: () => void;
}

/** Says READY=1; silent outside systemd, and nothing depends on its success. */
export function notifyReady(): void {
  notify("--ready");
}

/** Says WATCHDOG=1 in time while it is earned, from now on; nothing where systemd does not ask for it (`WatchdogSec=`). */
export function startWatchdog(isEarned: () => boolean): Watchdog {
  const periodMs = Number(process.env["WATCHDOG_USEC"]) / 1_000;
  if (!(periodMs > 0)) return { stop: () => {} };
  const timer = setInterval(() => {
    if (isEarned()) notify("WATCHDOG=1");
  }, periodMs / WORDS_PER_PERIOD);
  return { stop: () => clearInterval(timer) };
}

function notify(word: string): void {
  if (process.env["NOTIFY_SOCKET"] === undefined) return;
  execFile(NOTIFY, [word], { timeout: NOTIFY_TIMEOUT_MS }, () => undefined);
}
