// How an approval ended, where its state alone does not say it: as data, and the words made of it where they are shown. Pure.
import type { Outcome } from "@countersign/shared/wire/outcome";
import { type Actor, actorNameOf } from "../../words/actor.ts";
import { proposalEndWords } from "../../words/proposal-refusal.ts";
import type { ProposalEnd } from "../../words/signal.ts";

interface HostRetired {
  readonly reason: "host-retired";
  readonly by: Actor;
}

/** Why nobody can decide any more: its ground is gone. */
export type Lapse =
  | ProposalEnd
  | HostRetired
  | { readonly reason: "incident-cleared" | "incident-resolved" | "newer-proposal" }
  | { readonly reason: "brake-pulled"; readonly by: Actor };

/** Why what was approved did not help, as far as it is known. */
export type Failure =
  | HostRetired
  /** the host's last word */
  | { readonly reason: "outcome"; readonly status: Outcome["status"]; readonly refusal: Outcome["refusal"] }
  /** a freeze recalled its grant before that reached the host */
  | { readonly reason: "recalled"; readonly by: Actor }
  | { readonly reason: "ineffective" | "grant-undelivered" | "no-outcome" | "verification-missing" };

export type ApprovalEnd = Lapse | Failure;

/** The end as a clause, with all that is known: for the audit and for views. */
export function endWords(end: ApprovalEnd): string {
  switch (end.reason) {
    case "frozen":
    case "restart-pointless":
    case "recovered":
    case "reset":
    case "started-anew":
    case "turned":
    case "rebooted":
    case "check-first":
    case "asked-otherwise":
      return proposalEndWords(end);
    case "incident-cleared":
      return "it recovered by itself";
    case "incident-resolved":
      return "the incident was resolved";
    case "newer-proposal":
      return "the host made a newer proposal";
    case "brake-pulled":
      return `automation was frozen by ${actorNameOf(end.by)}`;
    case "host-retired":
      return `the host was retired by ${actorNameOf(end.by)}`;
    case "outcome":
      return end.refusal === null ? end.status : `${end.status}: ${end.refusal}`;
    case "recalled":
      return `frozen by ${actorNameOf(end.by)} before it ran`;
    case "ineffective":
    case "grant-undelivered":
    case "no-outcome":
    case "verification-missing":
      return end.reason;
  }
}

/** The end in a word or two, for the title of a page: why a host refused stays in the audit. */
export function endTitleOf(end: ApprovalEnd): string {
  return end.reason === "outcome" ? end.status : endWords(end);
}
