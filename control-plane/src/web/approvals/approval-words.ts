// How an approval stands right now, in a word, and why an answer to it did nothing. Pure. The desk's own state machine
// decides every act; this decides only which words stand where, and whether there are buttons.
import { listText } from "@countersign/shared/values/list-text";
import type { Asker, Proposal } from "@countersign/shared/wire/proposal";
import { type Reading, readOtherwise } from "../../core/desk/approvals/current.ts";
import { endWords } from "../../core/desk/records/approval-end.ts";
import type { Approval } from "../../core/desk/records/approval.ts";
import { askPathOf } from "../asks/ask-path.ts";
import type { RefusalTable, ViewRefusal } from "../frame/refusals.ts";
import type { StateKind } from "../look/state.tsx";
import { upperFirst } from "../look/upper-first.ts";
import { FAILURES, failureKindOf } from "./failure-kind.ts";
import { type Readers, whoFirst, whoOf } from "./who.ts";

export interface ApprovalStatus {
  /** the words of the badge */
  readonly label: string;
  /** its shape and colour */
  readonly kind: StateKind;
  /** an approve or a deny would still be taken */
  readonly isOpen: boolean;
  /** something is going on at the host; looking again later shows more */
  readonly isMoving: boolean;
}

/** Reads an approval at an instant: one whose time is over counts as expired even before the desk's alarm has rung. */
export function statusOf(approval: Approval, now: number): ApprovalStatus {
  switch (approval.state) {
    case "requested":
    case "delivered":
    case "seen":
      return now < approval.expiresAt
        ? { label: "Waiting for you", kind: "asks", isOpen: true, isMoving: false }
        : EXPIRED;
    case "approved":
      return approval.recalledBy === undefined
        ? moving("Running", "running")
        : moving("Called back", "frozen");
    case "executing":
      return moving("Must stay well", "running");
    case "verified":
      return over("Fixed", "done");
    case "failed":
      return over(FAILURES[failureKindOf(approval)].label, "failed");
    case "denied":
      return over("Denied", "todo");
    case "expired":
      return EXPIRED;
    case "superseded":
      return over("No longer asked", "todo");
  }
}

const EXPIRED = over("Nobody answered", "todo");

function moving(label: string, kind: StateKind): ApprovalStatus {
  return { label, kind, isOpen: false, isMoving: true };
}

function over(label: string, kind: StateKind): ApprovalStatus {
  return { label, kind, isOpen: false, isMoving: false };
}

/** Who had the host asked, and why, as it stands in what is signed. */
export function askedByWords({ proposal: { askedBy, reason }, subject }: Approval, readers: Readers): string {
  return `${askerOf(askedBy, subject.hostName, readers)}: ${reason}`;
}

/** `Omar asks`, `You ask`, `The service cron on web-1 asks`. */
export function askerAsks(asker: Asker, hostName: string, readers: Readers): string {
  const isReader = asker.kind === "person" && asker.person === readers.reader;
  const who = askerOf(asker, hostName, readers);
  return `${asker.kind === "person" && !isReader ? who : upperFirst(who)} ask${isReader ? "" : "s"}`;
}

function askerOf(asker: Asker, hostName: string, readers: Readers): string {
  switch (asker.kind) {
    case "rule":
      return `the rule ${asker.rule}`;
    case "person":
      return whoOf({ kind: "person", responder: asker.person }, readers);
    case "service":
      return `the service ${asker.service} on ${hostName}`;
  }
}

/** What the host looks at to say whether it helped. */
export function lookedAtWords({ verification: { checks, unit } }: Proposal): string {
  const all = checks.length === 1 ? `the check ${checks[0]}` : `the checks ${listText(checks)}`;
  if (unit === null) return checks.length === 0 ? "nothing of its own" : all;
  return checks.length === 0 ? `the unit ${unit}` : `the unit ${unit} and ${all}`;
}

/** Where the same is asked for again by a person. */
export function askAgainPathOf({ incidentId, proposal, subject }: Approval): string {
  const { action, service } = proposal;
  return askPathOf(subject.hostId, { incidentId, service, action });
}

/** One line for who holds the link of an older proposal: what reads otherwise now. */
export function renewedWords(older: Proposal, current: Proposal): string {
  const changed = readOtherwise(older, current).map((part) => changeWords(part, older, current));
  if (changed.length === 0) return "The host has made it anew since you were asked. It reads the same.";
  return `This has changed since you were asked: ${changed.join("; ")}. Read it again.`;
}

function changeWords(part: Reading, older: Proposal, current: Proposal): string {
  switch (part) {
    case "action":
      return `it was “${older.action}” and is “${current.action}” now`;
    case "command":
      return "the command is another one";
    case "place":
      return "it is for another host or service";
    case "asker":
      return "who asks for it, or why, is told otherwise";
    case "signers":
      return "other people must sign it";
    case "protection":
      return "whether its name must be typed is said otherwise";
    case "state": {
      const [before, now] = [unitWords(older), unitWords(current)];
      return before === now ? "somebody started it anew" : `it was ${before} and is ${now} now`;
    }
  }
}

function unitWords({ unitState }: Proposal): string {
  return `${unitState.activeState} (${unitState.result || unitState.subState})`;
}

/** Why nobody is asked any more, as a sentence; empty: it is not known. */
export function lapseWords({ end }: Approval, readers: Readers): string {
  if (end === null) return "";
  if (end.reason === "brake-pulled") return `${whoFirst(end.by, readers)} froze automation.`;
  if (end.reason === "host-retired") return `${whoFirst(end.by, readers)} retired the host.`;
  return `${upperFirst(endWords(end))}.`;
}

/** Why an answer did nothing. */
export const APPROVAL_REFUSALS: RefusalTable<
  Extract<ViewRefusal, `approval-${string}` | "proposal-changed">
> = {
  "approval-unknown": [404, "No such question", "There is no such question here. Nothing ran."],
  "approval-expired": [
    409,
    "Too late",
    "The time for an answer was over before yours came. Nothing ran. You can ask for it again.",
  ],
  "approval-used": [
    409,
    "Approved already",
    "Somebody approved this already, perhaps you. It is not run twice.",
  ],
  "approval-denied": [409, "Denied already", "Somebody denied this already. Nothing ran."],
  "approval-superseded": [
    409,
    "No longer asked",
    "What this was asked for has changed, so it can no longer run. Nothing ran.",
  ],
  "approval-name-untyped": [
    400,
    "Type the service's name",
    "The host protects this service: who says yes types its name exactly. Nothing ran.",
  ],
  "proposal-changed": [
    409,
    "It has changed",
    "The host would run something else now than you read. Nothing ran. Read it again.",
  ],
};
