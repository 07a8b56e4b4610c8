// Who asks a host for an act, and why, as it will stand in the proposal that people sign: made here alone, so that what is asked, what is
// answered and what the desk compares are one text. Pure.
import { ASK_REASON_CHARS_MAX } from "@countersign/shared/values/limits";
import { visibleLine } from "@countersign/shared/values/visible-text";
import type { Asker } from "@countersign/shared/wire/proposal";
import type { AskedBy } from "./signal.ts";

/** What a host is told of who asks it, and why. */
export interface Asking {
  readonly askedBy: Asker;
  readonly reason: string;
}

/** Who asks, as the wire names them. */
export function wireAskerOf(askedBy: AskedBy): Asker {
  return askedBy.kind === "person"
    ? { kind: "person", person: askedBy.responder }
    : { kind: "rule", rule: askedBy.reason };
}

/** A text as a reason: one line of what can be seen, not longer than one may be. */
export function askReasonOf(text: string): string {
  const line = visibleLine(text).trim();
  if (line === "") return "nobody said why";
  if (line.length <= ASK_REASON_CHARS_MAX) return line;
  // Half of a character would come back as another one.
  const cut = line.slice(0, ASK_REASON_CHARS_MAX - 1).replace(/[\uD800-\uDBFF]$/, "");
  return `${cut.trimEnd()}…`;
}

/** The very same asker. */
export function isSameAsker(one: Asker, other: Asker): boolean {
  return askerText(one) === askerText(other);
}

/** The asker in a word or two, such as `person alice`. */
export function askerText(asker: Asker): string {
  switch (asker.kind) {
    case "rule":
      return `rule ${asker.rule}`;
    case "person":
      return `person ${asker.person}`;
    case "service":
      return `service ${asker.service}`;
  }
}
