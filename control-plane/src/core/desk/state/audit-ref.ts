// What an audit row is about, as tagged ids: what a reader of the audit follows, a replay above all. Pure.
// What a reader would get wrong: the row's `subject` is a text for people, made of the first of them, and nothing reads it again.
import type { PageReason } from "../../words/signal.ts";
import { nameOf, type Scope, type Subject } from "../../words/subject.ts";

/** One thing that a row names; the first of a row is what the row is about. */
export type AuditRef =
  | { readonly kind: "incident"; readonly incidentId: string }
  | { readonly kind: "approval"; readonly approvalId: string }
  | { readonly kind: "grant"; readonly grantId: string }
  | { readonly kind: "page"; readonly key: string }
  | { readonly kind: "silence"; readonly silenceId: string }
  /** what a silence that was refused would have covered; null: any */
  | {
      readonly kind: "matcher";
      readonly hostId: string | null;
      readonly service: string | null;
      readonly reason: PageReason | null;
      /** absent: any */
      readonly subject?: Subject;
    }
  /** `use`: which of its uses it is about; null: none */
  | { readonly kind: "standing"; readonly standingId: string; readonly use: number | null }
  | { readonly kind: "freeze"; readonly scope: Scope }
  | { readonly kind: "finding"; readonly findingId: string }
  /** a stored record that could not be read */
  | { readonly kind: "record"; readonly recordKey: string }
  | { readonly kind: "policy"; readonly version: number }
  /** a version of the fleet's trust */
  | { readonly kind: "trust"; readonly version: number }
  | { readonly kind: "sign-in"; readonly signInId: string }
  | { readonly kind: "device"; readonly name: string }
  /** the rows that left the front of the audit: from the first to the last, and the last one's hash */
  | { readonly kind: "cut"; readonly from: number; readonly through: number; readonly hash: string }
  | { readonly kind: "subject"; readonly subject: Subject };

/** The thing in a few words, as a row's `subject`. */
export function refText(ref: AuditRef): string {
  switch (ref.kind) {
    case "incident":
      return `incident:${ref.incidentId}`;
    case "approval":
      return `approval:${ref.approvalId}`;
    case "grant":
      return `grant:${ref.grantId}`;
    case "page":
      return `page:${ref.key}`;
    case "silence":
      return `silence:${ref.silenceId}`;
    case "matcher":
      return `silence of ${matchedText(ref) || "everything"}`;
    case "standing":
      return `standing:${ref.standingId}`;
    case "freeze":
      return `freeze:${nameOf(ref.scope)}`;
    case "finding":
      return `finding:${ref.findingId}`;
    case "record":
      return ref.recordKey;
    case "policy":
      return `policy:${ref.version}`;
    case "trust":
      return `trust:${ref.version}`;
    case "sign-in":
      return ref.signInId;
    case "device":
      return ref.name;
    case "cut":
      return `audit:${ref.from}-${ref.through}`;
    case "subject":
      return nameOf(ref.subject);
  }
}

function matchedText({ hostId, reason, service, subject }: Extract<AuditRef, { kind: "matcher" }>): string {
  const name = subject === undefined ? null : nameOf(subject);
  return [name, service, hostId, reason].filter((part) => part !== null).join(" ");
}

/** The first reference of a kind; undefined: the row names none. */
export function refOf<Kind extends AuditRef["kind"]>(
  { refs }: { readonly refs: readonly AuditRef[] },
  kind: Kind,
): Extract<AuditRef, { kind: Kind }> | undefined {
  return refs.find((ref): ref is Extract<AuditRef, { kind: Kind }> => ref.kind === kind);
}
