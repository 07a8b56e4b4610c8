// Tells the last words of a service when it fails, and after an act on it failed. Not pure. Nothing waits for them and nothing is kept of them
// but the newest of each service while nobody is connected, which goes out with the next welcome.
import type { Catalogue, ServiceSpec } from "@countersign/shared/host/catalogue";
import type { LastWords, WordsOccasion, WordsRead } from "@countersign/shared/wire/last-words";
import type { Outcome } from "@countersign/shared/wire/outcome";
import { PROTOCOL_VERSION } from "@countersign/shared/wire/protocol";
import type { ServiceReport } from "@countersign/shared/wire/service-report";
import {
  afterLook,
  hasUnitFailed,
  isFailingNow,
  NOTHING_TOLD,
  type TellState,
} from "../core/words/when-to-tell.ts";
import type { SendMessage } from "./connection.ts";
import type { startOutcomeRelay } from "./outcome-relay.ts";
import type { ReadWords } from "./read-words.ts";

/**
 * A log is written a moment after its process is gone, and systemd's own line after that; on a busy host later, so what
 * holds nothing yet, or not yet how a failed unit ended, is read twice more.
 */
const READ_AFTER_MS = [1_000, 5_000, 20_000] as const;
const OUTCOMES_SEEN_MAX = 64;

type SendOutcome = Parameters<typeof startOutcomeRelay>[0]["send"];

export interface LastWordsTelling {
  /** what was seen of all services */
  readonly look: (observed: readonly ServiceReport[]) => void;
  /** sees each outcome that is sent, which may come more than once */
  readonly noting: (sendOutcome: SendOutcome) => SendOutcome;
  readonly onWelcome: () => void;
  readonly stop: () => void;
}

/** Starts telling; services whose catalogue switches it off are never asked about. */
export function startLastWords(options: {
  readonly catalogue: Catalogue;
  readonly read: ReadWords;
  readonly send: SendMessage;
}): LastWordsTelling {
  const { catalogue, read, send } = options;
  const services = new Map<string, ServiceSpec>(
    catalogue.services.flatMap((service) => (service.lastWords === false ? [] : [[service.name, service]])),
  );
  const states = new Map<string, TellState>();
  const unsent = new Map<string, LastWords>();
  const reading = startReading(read);
  const outcomesSeen = new Set<string>();

  const deliver = (words: LastWords) => {
    const isSent = send({ version: PROTOCOL_VERSION, type: "last-words", ...words });
    if (isSent) unsent.delete(words.service);
    else unsent.set(words.service, words);
  };
  const tell = (service: ServiceSpec, occasion: WordsOccasion, hasExited: boolean) => {
    const at = Date.now();
    reading.start(service, hasExited, (answer) => {
      deliver({ service: service.name, at, occasion, ...answer, lines: [...answer.lines] });
    });
  };

  const noteOutcome = ({ sequence, status, service: name, startedAt }: Outcome) => {
    const key = `${sequence} ${startedAt}`;
    const service = services.get(name ?? "");
    if (service === undefined || outcomesSeen.has(key)) return;
    outcomesSeen.add(key);
    for (const oldest of outcomesSeen) {
      if (outcomesSeen.size <= OUTCOMES_SEEN_MAX) break;
      outcomesSeen.delete(oldest);
    }
    if (status === "failed" || status === "timed-out") tell(service, "act-failed", false);
  };

  return {
    look: (observed) => {
      const now = performance.now();
      for (const report of observed) {
        const service = services.get(report.service);
        if (service === undefined) continue;
        const before = states.get(report.service) ?? NOTHING_TOLD;
        const { isDue, state } = afterLook(before, {
          isFailing: isFailingNow(report),
          isUnitFailed: hasUnitFailed(report),
          now,
        });
        states.set(report.service, state);
        if (isDue) tell(service, "failed", hasUnitFailed(report));
      }
    },
    noting: (sendOutcome) => (outcome, onRefused) => {
      noteOutcome(outcome);
      return sendOutcome(outcome, onRefused);
    },
    onWelcome: () => {
      for (const words of unsent.values()) deliver(words);
    },
    stop: () => reading.stop(),
  };
}

/** Reads a service's words a moment after something was noticed, and twice more where there are none yet. */
function startReading(read: ReadWords) {
  const timers = new Set<NodeJS.Timeout>();
  const newest = new Map<string, symbol>();
  const readAfter = (
    service: ServiceSpec,
    [delayMs, ...later]: readonly number[],
    { hasExited, onWords }: { readonly hasExited: boolean; readonly onWords: (words: WordsRead) => void },
  ) => {
    const mine = newest.get(service.name);
    if (delayMs === undefined) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      void read(service).then((words) => {
        const isNothing = words.exit === null && words.lines.length === 0;
        if (!isNothing) onWords(words);
        const isWhole = hasExited ? words.exit !== null : !isNothing;
        // What was noticed since has its own reading.
        if (!isWhole && newest.get(service.name) === mine) readAfter(service, later, { hasExited, onWords });
      });
    }, delayMs);
    timers.add(timer);
  };
  return {
    start: (service: ServiceSpec, hasExited: boolean, onWords: (words: WordsRead) => void) => {
      newest.set(service.name, Symbol());
      readAfter(service, READ_AFTER_MS, { hasExited, onWords });
    },
    stop: () => {
      newest.clear();
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
