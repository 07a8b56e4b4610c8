// Carries outcomes from the actuator's journal to the control plane, at least once: read, sent, acknowledged by the control plane,
// and only then acknowledged to the actuator. Nothing is kept here: the journal is the spool, so a killed agent loses nothing.
// It asks only while there is something to ask for, because each question wakes a socket-activated actuator. An outcome that the control
// plane does not understand is told once more, without what was seen of the unit, and then given up until this agent is started again: it
// stays in the journal, and holds up no other. Not pure.
import type { Outcome } from "@countersign/shared/wire/outcome";
import type { ActuatorClient } from "../actuator-client.ts";
import type { OnRefused } from "./dialled-socket.ts";
import type { Log } from "./log.ts";

/** How long one question waits for news; after a wait without any, what was sent and not acknowledged is sent again. */
const WAIT_MS = 10_000;
/** Between tries on an actuator that does not answer: doubled up to the cap, and from the start with every wake. */
const RETRY_MS = 500;
const RETRY_MAX_MS = 15_000;

export interface OutcomeRelay {
  /** something may be there: a welcome, or an execution that was handed over */
  readonly wake: () => void;
  readonly acknowledge: (sequence: number) => void;
  readonly stop: () => void;
}

/** Starts a relay; `send` says whether a welcomed connection took the outcome. */
export function startOutcomeRelay(options: {
  readonly actuator: ActuatorClient;
  readonly send: (outcome: Outcome, onRefused: OnRefused) => boolean;
  readonly log: Log;
}): OutcomeRelay {
  const { actuator, log } = options;
  /** acknowledged by the control plane, and not yet by us to the actuator */
  const acknowledged = new Set<number>();
  const sender = createSender(options);

  // Each wake starts a new run; the one before ends where it notices, and its wait at the actuator at once: each wait holds a connection there.
  let run = 0;
  let waiting = new AbortController();
  const endRun = () => {
    run += 1;
    waiting.abort();
    waiting = new AbortController();
  };

  const passAcknowledgement = async (sequence: number) => {
    await actuator.acknowledge(sequence);
    acknowledged.delete(sequence);
  };

  /** Runs until the journal holds nothing unacknowledged and nothing executes, or the connection is gone. */
  const relay = async (own: number) => {
    let afterSequence = 0;
    let waitMs = 0;
    for (;;) {
      const outcomes = await actuator.outcomes(afterSequence, waitMs, waiting.signal);
      for (const outcome of outcomes) {
        if (own !== run) return;
        afterSequence = outcome.sequence;
        if (acknowledged.has(outcome.sequence)) await passAcknowledgement(outcome.sequence);
        // Without a connection the next welcome wakes the relay again.
        else if (!sender.send(outcome)) return;
      }
      if (own !== run) return;
      if (outcomes.length > 0) continue;
      const { executionsRunning, outcomesUnacknowledged, lastSequence } = await actuator.status();
      if (own !== run) return;
      if (executionsRunning === 0 && outcomesUnacknowledged <= sender.givenUp.size) return;
      // Wait at the journal's end for news; after a wait without any, begin anew.
      const hasWaited = waitMs > 0;
      afterSequence = hasWaited ? 0 : Math.max(afterSequence, lastSequence);
      waitMs = hasWaited ? 0 : WAIT_MS;
    }
  };

  const start = async (own: number) => {
    for (let retryMs = RETRY_MS; own === run; retryMs = Math.min(RETRY_MAX_MS, retryMs * 2)) {
      try {
        await relay(own);
        log.recovered("actuator", "The actuator answers again.");
        return;
      } catch (error) {
        if (own !== run) return;
        log.state("error", "actuator", describeActuatorFailure(error));
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  };

  return {
    wake: () => {
      endRun();
      void start(run);
    },
    acknowledge: (sequence) => {
      sender.givenUp.delete(sequence);
      acknowledged.add(sequence);
      // When this fails, the relay finds the outcome again and repeats it.
      passAcknowledgement(sequence).catch((error: unknown) => {
        log.state("error", "actuator", describeActuatorFailure(error));
      });
    },
    stop: endRun,
  };
}

/** Sends an outcome whole, once more bare when that was refused, and then not any more. */
function createSender({ send, log }: Pick<Parameters<typeof startOutcomeRelay>[0], "send" | "log">) {
  const givenUp = new Set<number>();
  const giveUp = ({ sequence, status }: Outcome) => {
    givenUp.add(sequence);
    log.event({
      level: "error",
      event: "outcome",
      text: `The control plane does not understand outcome ${sequence} (${status}), which stays in the actuator's journal: update the older side, then restart countersign-agent.`,
    });
  };
  const sendBare = (outcome: Outcome) => {
    const { signers: _, ...bare } = outcome;
    return send({ ...bare, unitBefore: null, unitAfter: null, detail: "" }, () => giveUp(outcome));
  };
  return {
    givenUp,
    send: (outcome: Outcome): boolean =>
      givenUp.has(outcome.sequence) || send(outcome, () => void sendBare(outcome)),
  };
}

/** One sentence for an actuator that does not answer. */
export function describeActuatorFailure(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
  const what = error instanceof Error ? error.message : String(error);
  return `The actuator does not answer (${what}${cause}): look at \`systemctl status countersign-actuator\`.`;
}
