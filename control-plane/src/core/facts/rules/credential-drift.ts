// Rule `credential-drift`: a credential's file changed its kind, owner or link target against the last accepted description. Pure.
// In seed 002 a login replaced the symlink by a regular file: a fresh, valid credential that nothing found any more.
// The first description is taken as accepted. After that only proof moves it: the credential was accepted by whom it is for while
// the file looked as it does now. The rule also clears when the file returns to what it was. Either way a person was paged before.
import type { Fact } from "@countersign/shared/wire/fact";
import type { Evidence } from "../../words/signal.ts";
import { nameOf } from "../../words/subject.ts";
import type { FactBook } from "../fact-book.ts";
import { alikeIn, type Named, namedIn, namesInWords, withNamed } from "../named-list.ts";
import { type FactRule, type Finding, type Judgement, QUIET, type RuleScene } from "../rule.ts";
import { CREDENTIALS_MAX } from "./credential-expiring.ts";

interface Shape {
  readonly fileKind: "file" | "symlink" | "missing";
  readonly owner: string;
  readonly linkTarget: string | null;
}

interface Description extends Named {
  readonly accepted: Shape;
  readonly current: Shape;
  /** since when the two differ; null: they do not */
  readonly driftedAt: number | null;
}

type Descriptions = readonly Description[];

const NONE_DESCRIBED: Descriptions = [];

function absorb(descriptions: Descriptions, fact: Fact): Descriptions {
  if (fact.kind === "credential-use") return fact.isAccepted ? accept(descriptions, fact) : descriptions;
  if (fact.kind !== "credential") return descriptions;
  const { credential: name, fileKind, owner, linkTarget } = fact;
  const current: Shape = { fileKind, owner, linkTarget };
  const before = namedIn(descriptions, name);
  if (before === undefined)
    return withNamed(descriptions, { name, accepted: current, current, driftedAt: null }, CREDENTIALS_MAX);
  if (isSameShape(before.current, current)) return descriptions;
  const driftedAt = isSameShape(before.accepted, current) ? null : (before.driftedAt ?? fact.at);
  return withNamed(descriptions, { ...before, current, driftedAt }, CREDENTIALS_MAX);
}

// An acceptance from before the change proves nothing about the file as it is now.
function accept(descriptions: Descriptions, use: Extract<Fact, { kind: "credential-use" }>): Descriptions {
  const before = namedIn(descriptions, use.credential);
  if (before === undefined || before.driftedAt === null || use.at <= before.driftedAt) return descriptions;
  const accepted: Description = { ...before, accepted: before.current, driftedAt: null };
  return withNamed(descriptions, accepted, CREDENTIALS_MAX);
}

function judge(descriptions: Descriptions, { subject }: RuleScene): Judgement {
  const drifted = descriptions.filter(({ driftedAt }) => driftedAt !== null);
  if (drifted.length === 0) return QUIET;
  const finding: Finding = {
    severity: "error",
    ...alikeIn(drifted),
    title: `Credential files of ${nameOf(subject)} are not what they were: ${namesInWords(drifted)}`,
    evidence: drifted.slice(-5).flatMap(evidenceOf),
    happenedAt: Math.min(...drifted.map(({ driftedAt }) => driftedAt ?? Infinity)),
    isRestartPointless: true,
    failureClass: "auth",
    freezes: false,
  };
  return { finding, nextAt: null };
}

/** A credential's file that is not what it was, of the service of a book. */
export interface Drifted {
  readonly name: string;
  readonly was: string;
  readonly is: string;
  readonly sinceAt: number;
}

/** Those that differ now. */
export function driftedIn({ slices }: FactBook): readonly Drifted[] {
  const descriptions = (slices["credential-drift"] as Descriptions | undefined) ?? NONE_DESCRIBED;
  return descriptions.flatMap(({ accepted, current, driftedAt: sinceAt, name }) =>
    sinceAt === null ? [] : [{ name, was: wordsOf(accepted), is: wordsOf(current), sinceAt }],
  );
}

function evidenceOf({ name, accepted, current, driftedAt }: Description): readonly Evidence[] {
  const at = driftedAt ?? 0;
  return [
    { at, text: `${name} was ${wordsOf(accepted)}` },
    { at, text: `${name} is ${wordsOf(current)}` },
  ];
}

function wordsOf({ fileKind, owner, linkTarget }: Shape): string {
  switch (fileKind) {
    case "missing":
      return "missing";
    case "file":
      return `a regular file of ${owner}`;
    case "symlink":
      return `a symlink of ${owner} to ${linkTarget ?? "nothing known"}`;
  }
}

function isSameShape(left: Shape, right: Shape): boolean {
  if (left.fileKind !== right.fileKind) return false;
  return left.fileKind === "missing" || (left.owner === right.owner && left.linkTarget === right.linkTarget);
}

export const credentialDrift: FactRule<Descriptions> = {
  reason: "credential-drift",
  scope: "service",
  kinds: ["credential", "credential-use"],
  initial: NONE_DESCRIBED,
  absorb,
  judge,
};
