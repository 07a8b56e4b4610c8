// What a view may say and offer about an approval right now. The desk's own state machine decides every act; this decides only
// whether there are buttons, and which words stand where they were. And why an answer did nothing. Pure.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Proposal } from "@countersign/shared/wire/grant";
import { type Reading, readOtherwise } from "../../core/desk/approvals/current.ts";
import { endWords } from "../../core/desk/records/approval-end.ts";
import type { Approval } from "../../core/desk/records/approval.ts";
import { type CannotRun, cannotRunText } from "../../core/desk/state/cannot-run.ts";
import type { Liveness } from "../../core/shard/host/shard-state.ts";
import { actorNameOf } from "../../core/words/actor.ts";
import type { RefusalTable, ViewRefusal } from "../frame/refusals.ts";

export interface ApprovalStatus {
  /** the words of the badge */
  readonly label: string;
  /** one or two sentences in plain words */
  readonly sentence: string;
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
      return now < approval.expiresAt ? openStatus : expiredStatus;
    case "approved":
      return {
        label: "Approved",
        sentence: `${decidedBy(approval)} approved this. ${grantSentence(approval)}`,
        isOpen: false,
        isMoving: true,
      };
    case "executing":
      return {
        label: approval.outcome?.status === "succeeded" ? "Being verified" : "Executing",
        sentence: `${decidedBy(approval)} approved this. ${outcomeSentence(approval)}`,
        isOpen: false,
        isMoving: true,
      };
    case "verified":
      return closed("Verified", `The action ran, and health held for the whole stability window.`);
    case "failed":
      return closed("Failed", failureSentence(approval));
    case "denied":
      return closed("Denied", `${decidedBy(approval)} denied this${whyNot(approval)}. Nothing was executed.`);
    case "expired":
      return expiredStatus;
    case "superseded":
      return closed(
        "Superseded",
        `What it was proposed for has changed, so it can no longer run. Nothing was executed. ${lapseSentence(approval)}`,
      );
  }
}

/** Who had the host asked, and why where it was a person. */
export function askedByWords({ askedBy }: Approval): string {
  return askedBy.kind === "rule" ? `the rule ${askedBy.reason}` : `${askedBy.responder}: ${askedBy.why}`;
}

/** Why a yes would run nothing now: what the desk knows comes before what only the host's shard does; null: nothing is known. */
export function cannotRunWords(
  { subject }: Approval,
  { cannotRun, liveness }: { readonly cannotRun: CannotRun | null; readonly liveness: Liveness | null },
): string | null {
  if (cannotRun !== null) return cannotRunText(cannotRun, subject);
  return liveness === null || liveness === "up" ? null : `${subject.hostName} is ${liveness}`;
}

/** Where the same is asked for again by a person. */
export function askAgainPathOf({ incidentId, proposal, subject }: Approval): string {
  const query = new URLSearchParams({
    incident: incidentId,
    service: proposal.service,
    action: proposal.action,
  });
  return `/ask/${encodeURIComponent(subject.hostId)}?${query.toString()}`;
}

const openStatus: ApprovalStatus = {
  label: "Waiting for you",
  sentence: "Nothing runs until you approve.",
  isOpen: true,
  isMoving: false,
};

const expiredStatus = closed(
  "Expired",
  "Nobody answered in time. Nothing was executed, and nobody is recorded as having said no.",
);

function closed(label: string, sentence: string): ApprovalStatus {
  return { label, sentence: sentence.trim(), isOpen: false, isMoving: false };
}

function decidedBy(approval: Approval): string {
  return approval.decidedBy === null ? "Someone" : actorNameOf(approval.decidedBy);
}

function whyNot({ decidedWhy }: Approval): string {
  return decidedWhy === undefined ? "" : `, saying: ${decidedWhy}`;
}

function grantSentence(approval: Approval): string {
  if (approval.recalledBy !== undefined)
    return `Automation was frozen by ${actorNameOf(approval.recalledBy)}, so the grant is recalled. If the host has it already, it runs.`;
  if (!approval.isGrantDelivered) return "The grant is on its way to the host.";
  if (approval.grantExpiresAt === null || approval.decidedAt === null) return "The grant was handed over.";
  const validMs = approval.grantExpiresAt - approval.decidedAt;
  return `The grant was handed over; the host may use it for ${formatDuration(validMs)} from the approval.`;
}

function outcomeSentence({ outcome }: Approval): string {
  if (outcome === null) return "The host is executing it.";
  return `The host reports: ${outcome.status}. Whether it helped is judged over the stability window.`;
}

/** Why the host refused stays in the audit; the end reasons are those of core/desk/approvals/approval-outcomes.ts. */
function failureSentence({ end, outcome }: Approval): string {
  if (end?.reason === "grant-undelivered")
    return "It was approved, but the grant never reached the host. Nothing was executed.";
  if (end?.reason === "recalled")
    return `It was approved, and automation was ${endWords(end)}. Nothing was executed.`;
  if (end?.reason === "verification-missing")
    return "It ran, but nobody could tell whether health held. Look at the service.";
  switch (outcome?.status) {
    case undefined:
      return "It was approved, but no outcome came from the host: unknown whether it ran. It is not run again by itself.";
    case "succeeded":
      return "It ran, but health did not hold for the whole stability window.";
    case "failed":
      // The host's own words stand below it; of a start that systemd refused, nothing ran.
      return outcome.detail === "" ? "It ran and failed." : "It failed.";
    case "timed-out":
      return "It ran and did not reach its goal in time.";
    case "refused":
      return "The host refused it, so nothing was executed. The audit says why.";
    case "lost":
      return "The host lost track of it: unknown whether it ran. It is not run again by itself.";
  }
}

/** One line for who holds the link of an older proposal: what reads otherwise now. */
export function renewedWords(older: Proposal, current: Proposal): string {
  const changed = readOtherwise(older, current).map((part) => changeWords(part, older, current));
  if (changed.length === 0) return "The host has made its proposal anew since. It reads the same.";
  return `This has changed since: ${changed.join("; ")}. Read it again.`;
}

function changeWords(part: Reading, older: Proposal, current: Proposal): string {
  switch (part) {
    case "action":
      return `the action was ${older.action} (level ${older.level}) and is ${current.action} (level ${current.level}) now`;
    case "command":
      return "the command is another one";
    case "place":
      return "it is for another host or service";
    case "state": {
      const [before, now] = [unitWords(older), unitWords(current)];
      return before === now ? "the unit was started anew" : `the unit was ${before} and is ${now} now`;
    }
  }
}

function unitWords({ unitState }: Proposal): string {
  return `${unitState.activeState} (${unitState.result || unitState.subState})`;
}

function lapseSentence({ end }: Approval): string {
  if (end === null) return "";
  const words = endWords(end);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** Why an answer did nothing. */
export const APPROVAL_REFUSALS: RefusalTable<
  Extract<ViewRefusal, `approval-${string}` | "proposal-changed">
> = {
  "approval-unknown": [404, "No such approval", "There is no approval here. Nothing was executed."],
  "approval-expired": [409, "Expired", "This request expired before it was answered. Nothing was executed."],
  "approval-used": [409, "Already approved", "This request was already approved. It is not executed twice."],
  "approval-denied": [409, "Already denied", "This request was already denied. Nothing was executed."],
  "approval-superseded": [
    409,
    "Superseded",
    "What this was proposed for has changed. Nothing was executed, nothing can be.",
  ],
  "proposal-changed": [
    409,
    "Proposal changed",
    "This is not the proposal you saw. Nothing was executed. Read it again.",
  ],
};
