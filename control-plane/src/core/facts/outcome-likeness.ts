// What an outcome of a remedy says, without what is another one each time: two that say the same end alike, whatever took
// how long on which host. Pure. The text is a stranger's, so it is only compared with others and never read for a meaning.
// What a reader would get wrong: a number alone is kept. `exit 1` and `exit 2` are two outcomes, and so are HTTP 401 and
// 503; `after 29 s`, a process id, which try it was, a clock time, an address and the name of the host or service it was
// tried on are none.
import { placeNameOf, serviceOf, type Subject } from "../words/subject.ts";

const UNIT = "(?:ns|us|µs|ms|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|%|[kmgt]i?b|bytes?|b)";
/** In this order: what is longer goes first. */
const PASSING: readonly RegExp[] = [
  // an instant, or a clock time
  /\d{4}-\d\d-\d\d(?:[t ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?)?(?:z|[+-]\d\d:?\d\d)?/g,
  /\b\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?\b/g,
  // a UUID, an address with or without its port, a hash or another hexadecimal id
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g,
  /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b/g,
  /\b(?=[a-f]*\d)[0-9a-f]{8,}\b/g,
  // which try it was
  /\b(?:attempt|try|retry|run|round)\W{0,2}\d+(?:\s?(?:\/|of)\s?\d+)?/g,
  // an amount of time, memory or share; a process id or another long number
  new RegExp(`\\b\\d+(?:[.,]\\d+)?\\s?${UNIT}(?![\\p{L}\\d])`, "gu"),
  /\bpid\W{0,2}\d+\b/g,
  /\b\d{4,}\b/g,
];

/** The outcome as it is compared; `subject` is what was tried to be mended. */
export function likenessOf(outcome: string, subject: Subject): string {
  const names = [placeNameOf(subject), serviceOf(subject) ?? ""].filter((name) => name.length > 1);
  const unnamed = names.reduce((said, name) => withoutName(said, name.toLowerCase()), outcome.toLowerCase());
  const passed = PASSING.reduce((said, pattern) => said.replaceAll(pattern, "#"), unnamed);
  return passed.replaceAll(/\s+/g, " ").trim();
}

// As a whole word: `api` is not in `apid`.
function withoutName(said: string, name: string): string {
  const escaped = name.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  return said.replaceAll(new RegExp(`(?<![\\p{L}\\d])${escaped}(?![\\p{L}\\d])`, "gu"), "#");
}
