// The agent's lasting connection to the control plane: one dialled socket after the other, with backoff between them, for ever,
// except where trying again cannot help (core/connection/close-advice.ts). What happens is said once, when it changes. Not pure.
import type { AgentMessage } from "@countersign/shared/wire/protocol";
import { backoffMs, STEADY_AFTER_MS, waitMsOf } from "../core/connection/backoff.ts";
import { adviseOn } from "../core/connection/close-advice.ts";
import { soundMessage } from "../core/connection/sound-message.ts";
import { createConnectionWords } from "./connection-words.ts";
import { DialledSocket, type DialOptions, type OnRefused } from "./dialled-socket.ts";

export type SendMessage = (message: AgentMessage, onRefused?: OnRefused) => boolean;

export interface Connection {
  /**
   * False when there is no welcomed connection; what must not be lost is kept by the caller and sent again after the next welcome.
   * `onRefused` is called when the control plane says that it refused this very frame.
   */
  readonly send: SendMessage;
  readonly isWelcomed: () => boolean;
  /** Closes, and does not connect again. */
  readonly stop: () => void;
}

export interface ConnectionOptions extends DialOptions {
  /** a refusal that trying again cannot mend; the connection has stopped */
  readonly onHopeless: (sentence: string) => void;
}

/** Connects, and stays connected until stopped. */
export function openConnection(options: ConnectionOptions): Connection {
  const { identity, log } = options;
  let attempt = 0;
  let wasWelcomed = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let current: DialledSocket | null = null;
  const words = createConnectionWords(`Connected to ${identity.url} as ${identity.hostId}.`, log);

  const dialNext = () => {
    current = new DialledSocket({
      ...options,
      onWelcome: () => {
        wasWelcomed = true;
        words.welcomed();
        options.onWelcome();
      },
      onEnded: (ending, steadyMs) => {
        current = null;
        if (isStopped) return;
        if (steadyMs >= STEADY_AFTER_MS) attempt = 0;
        const advice = adviseOn(ending, { url: identity.url, wasWelcomed });
        if (advice.next === "exit") {
          isStopped = true;
          options.onHopeless(advice.sentence);
          return;
        }
        words.ended(advice.next === "retry" ? "warning" : "error", advice.sentence);
        const askedMs = ending.kind === "http" ? ending.retryAfterMs : null;
        timer = setTimeout(dialNext, waitMsOf(askedMs, backoffMs(advice.next, attempt, Math.random())));
        attempt += 1;
      },
    });
  };
  dialNext();
  const isWelcomed = () => current?.isWelcomed() ?? false;

  return {
    send: (candidate, onRefused) => {
      const { message, omitted } = soundMessage(candidate);
      if (omitted.length > 0)
        log.state(
          "error",
          "unsound",
          `Left out, because it is no value that can be told: ${omitted.join(", ")}.`,
        );
      // What nothing can be told of must not stop what waits behind it.
      return message === null ? isWelcomed() : (current?.send(message, onRefused) ?? false);
    },
    isWelcomed,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
      words.stop();
      current?.close();
    },
  };
}
