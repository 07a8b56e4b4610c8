// Whether root has compared a version of the fleet's trust with what people see on the desk: by a yes at the terminal, or by the words themselves.
// It is the one moment at which a host begins to believe people, so nothing else counts as a yes.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { RelyingParty } from "@countersign/shared/wire/assertion";
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import { isSameWords, linesToCompare, wordsOf } from "../core/actuator/trust-words.ts";
import type { CommandRefusal } from "../core/command-refusal.ts";
import { askAtConsole } from "./console.ts";

/** How it is confirmed. `option` names the flag that takes the words. */
export interface Confirmation {
  /** null: somebody is asked at the terminal */
  readonly words: string | null;
  readonly option: string;
  /** what can be done instead, as the end of a sentence; empty: nothing */
  readonly instead: string;
  /** lines that are shown before the question */
  readonly warnings?: readonly string[];
}

/** Asks for the yes. */
export async function confirmApprovers(
  known: KnownTrust,
  party: RelyingParty,
  { instead, option, warnings = [], words }: Confirmation,
): Promise<Result<null, CommandRefusal>> {
  if (words !== null)
    return isSameWords(words, known)
      ? ok(null)
      : refuse({
          reason: "words-differ",
          sentence: `The fleet's approvers have other words than those given (here they are "${wordsOf(known)}"): nothing was trusted; look at them on the desk again, and find out who stands between if they stay different.`,
        });
  const question = [
    ...linesToCompare(known, party),
    ...warnings,
    "",
    "Compare the words with those on the desk, on the screen of somebody who is named above.",
    'Are they the same? Type "yes" to believe these approvers:',
  ];
  const answer = await askAtConsole(question);
  if (answer === true) return ok(null);
  if (answer === false)
    return refuse({
      reason: "not-confirmed",
      sentence: `Nothing was trusted, because the words were not confirmed: run the command again${instead}.`,
    });
  return refuse({
    reason: "words-needed",
    sentence: `The fleet has approvers, and nobody can be asked here whether their words are right ("${wordsOf(known)}"): compare them with the desk, and run the command again with ${option} "WORDS"${instead}.`,
  });
}
