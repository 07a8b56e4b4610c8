// What the class of a failure means, in the words in which people are told why a check fails. Pure.
// What a reader would get wrong: the class itself is what rules act on; nothing reads these words again.
import type { FailureClass } from "@countersign/shared/wire/failure-class";

/** The class in plain words, as they stand beside what failed; null: it says nothing more than that. */
export function failureClassWords(failureClass: FailureClass): string | null {
  switch (failureClass) {
    case "auth":
      return "access is refused";
    case "memory":
      return "out of memory";
    case "rate-limit":
      return "too many requests";
    case "network":
      return "it cannot be reached";
    case "provider":
      return "what stands behind it does not answer";
    case "config":
      return "its configuration is wrong";
    case "crash":
      return "it crashed";
    case "timeout":
      return "no answer in time";
    case "other":
      return null;
  }
}
