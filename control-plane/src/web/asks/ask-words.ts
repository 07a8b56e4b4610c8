// Why a host was not asked for what a person wanted, and what has come of what was asked. Pure.
import type { Ask } from "../../core/desk/records/ask.ts";
import { refusalText } from "../../core/words/proposal-refusal.ts";
import type { RefusalTable, ViewRefusal } from "../frame/refusals.ts";

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

/** What came of a question, in a sentence. */
export function answerWords({ answer, subject }: Ask): string {
  if (answer === null) return `${subject.hostName} was asked and has not answered yet.`;
  switch (answer.kind) {
    case "proposed":
      return "The host says what it would run: that waits for an answer.";
    case "refused":
      return `It cannot run: ${refusalText(answer.refusal)}.`;
    case "dropped":
      return DROPPED[answer.why];
  }
}

const DROPPED: Readonly<Record<Extract<NonNullable<Ask["answer"]>, { kind: "dropped" }>["why"], string>> = {
  frozen: "It cannot run: automation was frozen before the host answered.",
  unreadable: "What the host answered could not be read, so nothing can run.",
  "incident-over": "What it was asked for was over before the host answered.",
  "under-way": "Something else was approved before the host answered.",
};
