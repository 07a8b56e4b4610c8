// Why a host was not asked for what a person wanted, and what has come of what was asked. Pure.
import type { Ask } from "../../core/desk/records/ask.ts";
import { refusalText } from "../../core/words/proposal-refusal.ts";
import type { AskRefusal } from "../../core/words/signal.ts";
import type { RefusalTable, ViewRefusal } from "../frame/refusals.ts";
import type { StateKind } from "../look/state.tsx";

/** Refusals of a question to a host. */
export const ASK_REFUSALS: RefusalTable<Extract<ViewRefusal, `ask-${string}`>> = {
  "ask-open": [409, "Asked already", "The same is asked already, and not answered. Nothing more was asked."],
  "ask-too-often": [
    429,
    "Asked often",
    "Six times within an hour, by you or for this service, is the most. Nothing was asked. Look at the host itself.",
  ],
  "ask-host-down": [
    409,
    "It cannot run now",
    "The host is down, so nothing can be asked of it. Ask again when it is back.",
  ],
  "ask-under-way": [
    409,
    "Something runs already",
    "What was approved for this service is under way. Wait for how it ends. Nothing was asked.",
  ],
  "ask-nothing-open": [
    409,
    "Nothing is open",
    "Nothing is open about this service, its host or many hosts, so there is nothing to ask for.",
  ],
};

/** How long an answer of the host is looked for without anybody's doing. */
const AWAITED_MS = 60_000;

/** Says whether the host may answer any moment. */
export function isAwaited({ answer, askedAt }: Pick<Ask, "answer" | "askedAt">, now: number): boolean {
  return answer === null && now < askedAt + AWAITED_MS;
}

/** How a question stands: a shape, a word, and whether it came to nothing. */
export interface AskStatus {
  readonly kind: StateKind;
  readonly label: string;
  /** what it means, in a sentence; a host's own words may be in it */
  readonly sentence: string;
}

/** What came of a question. */
export function askStatusOf(ask: Ask, now: number): AskStatus {
  const { answer, subject } = ask;
  if (answer === null)
    return isAwaited(ask, now)
      ? {
          kind: "running",
          label: "Asked",
          sentence: `${subject.hostName} was asked, and may answer any moment.`,
        }
      : {
          kind: "unknown",
          label: "No answer",
          sentence: `${subject.hostName} has not answered yet. Nothing runs; an answer may still come.`,
        };
  switch (answer.kind) {
    case "proposed":
      return {
        kind: "asks",
        label: "Waits for an answer",
        sentence: `${subject.hostName} says what it would run. Nothing runs before somebody says yes.`,
      };
    case "refused":
      return {
        kind: "failed",
        label: "Cannot run",
        sentence: refusedWords(answer.refusal, subject.hostName),
      };
    case "dropped":
      return { kind: "failed", label: "Cannot run", sentence: DROPPED[answer.why] };
  }
}

function refusedWords(refusal: AskRefusal, hostName: string): string {
  const words = refusalText(refusal);
  return refusal.reason === "host-refused"
    ? `${hostName} says no: ${HOST_NO[refusal.code]} (${words}).`
    : `It cannot run: ${words}.`;
}

const HOST_NO: Readonly<Record<Extract<AskRefusal, { reason: "host-refused" }>["code"], string>> = {
  "action-unknown": "its list of what may run has no such act",
  "actuator-unreachable": "the part of it that runs acts does not answer",
  "budget-exhausted": "all the restarts that it allows within its time are used",
  frozen: "it is frozen by its own root",
  "level-closed": "it believes nobody yet who could approve it; its root has to accept the list of who may",
  "own-unit": "it never acts on its own agent",
};

const DROPPED: Readonly<Record<Extract<NonNullable<Ask["answer"]>, { kind: "dropped" }>["why"], string>> = {
  frozen: "Automation was frozen before the host answered.",
  unreadable: "What the host answered could not be read.",
  "incident-over": "What it was asked for was over before the host answered.",
  "under-way": "Something else was approved before the host answered.",
};
