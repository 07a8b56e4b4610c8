// The title of an approval's view: the question while it waits, then the state of the thing in a whole sentence. Pure. What
// a reader would get wrong: an old link is opened too, so a title says how the service is now only where its shard has just
// said it.
import type { Approval } from "../../core/desk/records/approval.ts";
import { upperFirst } from "../look/upper-first.ts";
import { askOf, doingOf, doneOf, isDown, nounOf } from "./act-words.ts";
import { FAILURES, failureKindOf } from "./failure-kind.ts";
import type { HealthNow } from "./shown-approval.ts";
import { type Readers, whoFirst } from "./who.ts";

/** A sentence about a host; its name stands between the two parts. */
export interface Title {
  readonly before: string;
  readonly after: string;
}

/** As it stands now. */
export function titleOf(
  approval: Approval,
  isOpen: boolean,
  seen: { readonly health: HealthNow; readonly readers: Readers },
): Title {
  const { proposal } = approval;
  if (isOpen) return { before: `${upperFirst(askOf(proposal))} on `, after: "?" };
  switch (approval.state) {
    case "approved":
      return approval.recalledBy === undefined
        ? { before: `${upperFirst(doingOf(proposal))} on `, after: "" }
        : { before: `The ${nounOf(proposal)} of ${proposal.service} on `, after: " is called back" };
    case "executing":
      return seen.health.isWell === true
        ? { before: `${proposal.service} on `, after: " is well so far" }
        : { before: `${doneOf(proposal)} on `, after: "" };
    case "verified":
      return { before: `${proposal.service} on `, after: verifiedWords(seen.health) };
    case "failed":
      return failedTitle(approval, seen);
    case "denied":
      return {
        before: `${whoFirst(approval.decidedBy, seen.readers)} denied ${doingOf(proposal)} on `,
        after: "",
      };
    case "superseded":
      return isRecovered(approval) && seen.health.isWell !== false
        ? {
            before: `Nothing to answer: ${proposal.service} on `,
            after: seen.health.isWell === true ? " is well again" : " recovered",
          }
        : { before: `${upperFirst(doingOf(proposal))} on `, after: " is no longer asked" };
    case "requested":
    case "delivered":
    case "seen":
    case "expired":
      return unansweredTitle(approval, seen.health);
  }
}

/** Nobody is asked any more because what it was asked for is over. */
export function isRecovered({ end }: Pick<Approval, "end">): boolean {
  return end?.reason === "recovered" || end?.reason === "incident-cleared";
}

function unansweredTitle({ proposal }: Approval, { isWell }: HealthNow): Title {
  if (isWell === null) return { before: `Nobody answered whether to ${askOf(proposal)} on `, after: "" };
  return { before: `${proposal.service} on `, after: isWell ? " is well again" : stillWords(proposal) };
}

function stillWords(proposal: Approval["proposal"]): string {
  return isDown(proposal) ? " is still down" : " is still failing";
}

function verifiedWords({ isWell }: HealthNow): string {
  if (isWell === null) return " came back";
  return isWell ? " is well again" : " came back, and fails again";
}

function failedTitle(approval: Approval, { health }: { readonly health: HealthNow }): Title {
  const { proposal } = approval;
  if (health.isWell === false) return { before: `${proposal.service} on `, after: stillWords(proposal) };
  const { became } = FAILURES[failureKindOf(approval)];
  return { before: `The ${nounOf(proposal)} of ${proposal.service} on `, after: ` ${became}` };
}
