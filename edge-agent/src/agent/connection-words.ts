// What is said of the connection: one line for each change that lasts, and not one for each try. After a connection that did not hold, the next
// one is only said to be there once it holds; a failure that was said lately is not said again. Not pure: it waits.
import { STEADY_AFTER_MS } from "../core/connection/backoff.ts";
import { type SaidLately, sayOnce } from "../core/connection/said-lately.ts";
import type { Log, LogLevel } from "./log.ts";

export interface ConnectionWords {
  readonly welcomed: () => void;
  /** a connection, or the try to make one, ended */
  readonly ended: (level: LogLevel, sentence: string) => void;
  readonly stop: () => void;
}

/** Makes them; `connected` is the sentence for a connection that is there. */
export function createConnectionWords(connected: string, log: Log): ConnectionWords {
  let said: SaidLately = new Map();
  let isSaidConnected = false;
  /** the last connection was welcomed and did not hold */
  let isDoubtful = false;
  /** runs from a welcome until the connection has held */
  let timer: NodeJS.Timeout | undefined;

  const sayConnected = () => {
    isSaidConnected = true;
    log.state("info", "connection", connected);
  };
  const hold = () => {
    timer = undefined;
    isDoubtful = false;
    said = new Map();
    if (!isSaidConnected) sayConnected();
  };

  return {
    welcomed: () => {
      if (!isDoubtful) sayConnected();
      timer = setTimeout(hold, STEADY_AFTER_MS);
    },
    ended: (level, sentence) => {
      if (timer !== undefined) isDoubtful = true;
      clearTimeout(timer);
      timer = undefined;
      const { isNews, said: after } = sayOnce(said, sentence, performance.now());
      said = after;
      // Whatever was said before: that there is no connection must stand at the end of the journal.
      if (isNews || isSaidConnected) log.state(level, "connection", sentence);
      isSaidConnected = false;
    },
    stop: () => clearTimeout(timer),
  };
}
