// Rule `record-unreadable`: something stored could not be read, and was put aside. One finding for each host that it is about, and one for
// each part of the control plane; it ends when a person has dealt with every record of it. Pure.
import { assert } from "@countersign/shared/values/result";
import { Severity } from "@countersign/shared/wire/service-report";
import { subjectKeyOf } from "../words/subject.ts";
import type { DeskFinding, DeskRule } from "./desk-rule.ts";
import { meaningOf } from "./records/record-words.ts";
import type { UnreadableRecord } from "./records/unreadable-record.ts";

/** Records that one finding names; the list of all is in the API. */
const NAMED_MAX = 10;

export const recordUnreadable: DeskRule = {
  reason: "record-unreadable",
  judge: ({ unreadable }) => {
    const bySubject = Map.groupBy(unreadable.values(), ({ subject }) => subjectKeyOf(subject));
    return [...bySubject.values()].map(findingOf);
  },
  dueAt: () => null,
  endsBecause: "A person has dealt with what could not be read.",
};

function findingOf(records: readonly UnreadableRecord[]): DeskFinding {
  const sorted = records.toSorted((left, right) => gravityOf(right) - gravityOf(left));
  const [gravest] = sorted;
  assert(gravest !== undefined, "a finding is of at least one record");
  const { name, severity } = meaningOf(gravest.kind);
  const more = sorted.length === 1 ? "" : `, and ${sorted.length - 1} more`;
  return {
    subject: gravest.subject,
    severity,
    title: `A ${name} could not be read${more}`,
    happenedAt: sorted.reduce((earliest, { at }) => Math.min(earliest, at), gravest.at),
    evidence: sorted.slice(0, NAMED_MAX).map(({ at, id, kind, problem }) => ({
      at,
      text: `${kind} ${id} (${problem}): ${meaningOf(kind).meaning}`,
    })),
  };
}

function gravityOf({ kind }: UnreadableRecord): number {
  return Severity.options.indexOf(meaningOf(kind).severity);
}
