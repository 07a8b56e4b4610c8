// What a runbook leaves open in its commands (a host, a unit, a file): filled in where it is known, and else told in small
// letters, so that nobody runs a command with a capital word in it. Pure. What a reader would get wrong: a name from a host
// goes into a command that a person pastes into a shell, so only what no shell takes for more than a word is filled in.
import type { Subject } from "../../core/words/subject.ts";

/** The words that the runbooks use, the longer ones first. */
const PLACEHOLDERS = [
  "PATH_OF_THE_CREDENTIAL",
  "TIME IN THE EVIDENCE",
  "CONFIG-DIRECTORY",
  "CODE-DIRECTORY",
  "PROCESS-NAME",
  "OLD-CONFIG",
  "NEW-CONFIG",
  "YOUR-TOPIC",
  "FILE-NAME",
  "REVISION",
  "PERSON",
  "LEDGER",
  "CHAIN",
  "TOKEN",
  "HOST",
  "UNIT",
  "FILE",
  "NAME",
  "PORT",
  "TEXT",
  "JOB",
  "URL",
  "PID",
  "INC",
] as const;
const PLACEHOLDER = new RegExp(`(?<![A-Z$_-])(?:${PLACEHOLDERS.join("|")})(?![A-Z_-])`, "g");
const SHELL_WORD = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,252}$/;

/** What is known, by the runbooks' word for it. */
export type Known = ReadonlyMap<string, string>;

/** What is known of what an incident is about; nothing: nothing is open, or much. */
export function knownOf(subject: Subject | null, unit: string | null): Known {
  const host = subject?.kind === "host" || subject?.kind === "service" ? subject.hostName : null;
  const words = [["HOST", host] as const, ["UNIT", unit] as const];
  return new Map(
    words.flatMap(([word, name]) => (name !== null && SHELL_WORD.test(name) ? [[word, name] as const] : [])),
  );
}

/** A command with all that is known; what is not stands in ‹ ›. */
export function filledIn(code: string, known: Known): string {
  return code.replaceAll(
    PLACEHOLDER,
    (word) => known.get(word) ?? `‹${word.toLowerCase().replaceAll(/[_-]/g, " ")}›`,
  );
}

/** Says whether something of a runbook is left open. */
export function isLeftOpen(markdown: string, known: Known): boolean {
  return [...markdown.matchAll(PLACEHOLDER)].some(([word]) => !known.has(word));
}
