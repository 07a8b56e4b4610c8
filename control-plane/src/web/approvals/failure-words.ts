// Why an approved act failed, in plain words, and what to do next. Pure. What a reader would get wrong: the host's own
// sentence (`outcome.detail`) is shown as it is and never read; the words here come of codes, of the unit's state after it,
// and of how the approval ended.
import type { RefusalReason } from "@countersign/shared/wire/outcome";
import type { Approval } from "../../core/desk/records/approval.ts";
import { spanOf } from "../look/place-time.ts";
import { nounOf } from "./act-words.ts";
import { commandsFor } from "./act-words.ts";
import { failureKindOf } from "./failure-kind.ts";
import { type Readers, whoFirst } from "./who.ts";
import { resultWords } from "./why-lines.ts";

export interface FailureWords {
  /** what happened, as a heading */
  readonly heading: string;
  /** what it means */
  readonly meaning: string;
  readonly next: readonly NextStep[];
}

/** One thing to do, with what may be pasted, or where to press. */
export interface NextStep {
  readonly text: string;
  readonly command?: string;
  readonly link?: { readonly path: string; readonly words: string };
}

/** Of an approval that has failed. */
export function failureOf(approval: Approval, readers: Readers): FailureWords {
  const { end, subject } = approval;
  const noun = nounOf(approval.proposal);
  const by = end?.reason === "recalled" || end?.reason === "host-retired" ? whoFirst(end.by, readers) : "";
  switch (failureKindOf(approval)) {
    case "undelivered":
      return {
        heading: "The yes never reached the host",
        meaning: `${subject.hostName} did not take it in time, so it is void. Nothing ran.`,
        next: [lookAtHost(approval), { text: "Ask again when it is back." }],
      };
    case "recalled":
      return {
        heading: "A freeze came first",
        meaning: `${by} froze automation before it ran. Nothing ran.`,
        next: [{ text: "See what is frozen, and lift it:", link: { path: "/brake", words: "Freeze" } }],
      };
    case "retired":
      return unknown(approval, `${by} retired ${subject.hostName}, so no word will come.`);
    case "unheard":
      return unknown(approval, unheardWords(approval));
    case "unverified":
      return {
        heading: `The ${noun} ran, and nobody knows whether it helped`,
        meaning: `No reports came from ${subject.hostName} that would show it.`,
        next: [look(approval), lookAtHost(approval)],
      };
    case "ineffective":
      return {
        heading: `The ${noun} ran and did not help`,
        meaning: ineffectiveWords(approval),
        next: [journal(approval), { text: "Mend the cause, then ask again from here." }],
      };
    case "refused":
      return refused(approval);
    case "timed-out":
      return {
        heading: `The ${noun} did not finish in time`,
        meaning: "It may still be going on: look before you ask again.",
        next: [look(approval), journal(approval)],
      };
    case "failed":
      return {
        heading:
          isNewRun(approval) === false
            ? `The ${noun} failed: it did not start`
            : `The ${noun} ran and failed`,
        meaning: failedWords(approval),
        next:
          isNewRun(approval) === false
            ? [...again(approval), byHand(approval)]
            : [journal(approval), byHand(approval)],
      };
  }
}

function refused(approval: Approval): FailureWords {
  const { outcome, proposal, subject } = approval;
  return {
    heading: `${subject.hostName} refused the ${nounOf(proposal)}`,
    meaning: `${refusalWords(outcome?.refusal ?? null)} Nothing ran.`,
    next: [
      { text: "Read why, to the letter:", link: { path: "/audit", words: "The record" } },
      { text: "Ask again when that is mended." },
    ],
  };
}

function unknown(approval: Approval, meaning: string): FailureWords {
  return {
    heading: `Nobody knows whether the ${nounOf(approval.proposal)} ran`,
    meaning: `${meaning} It is not run again by itself.`,
    next: [look(approval), lookAtHost(approval)],
  };
}

function unheardWords({ outcome, subject }: Approval): string {
  return outcome === null
    ? `No word came from ${subject.hostName}, and the time for one is over.`
    : `${subject.hostName} began it and lost track of it.`;
}

function ineffectiveWords({ endedAt, outcome, subject, wellAt }: Approval): string {
  if (wellAt !== undefined && endedAt !== undefined && endedAt > wellAt)
    return `${subject.service} came back, and failed again after ${spanOf(endedAt - wellAt)}.`;
  return outcome === null
    ? `${subject.service} did not stay well.`
    : `${subject.service} did not become well, or did not stay so.`;
}

function failedWords(approval: Approval): string {
  const { outcome, subject } = approval;
  const words = resultWords(outcome?.unitAfter?.result ?? "");
  if (isNewRun(approval) === true && words !== null) return `${subject.service} was started, and ${words}.`;
  return outcome?.detail === "" ? "The host says no more about it." : "The host says:";
}

/** Whether the unit was started at all; null: it cannot be told. */
function isNewRun({ outcome }: Approval): boolean | null {
  const before = outcome?.unitBefore?.invocationId ?? "";
  const after = outcome?.unitAfter?.invocationId ?? "";
  return after === "" ? null : before !== after;
}

// Of what it checks about the world, and about who signed, a person can mend the cause; of what a signature itself lacks the record tells.
function refusalWords(refusal: RefusalReason | null): string {
  switch (refusal) {
    case "precondition-changed":
      return "The service was not as it had been when this was asked.";
    case "budget-exhausted":
      return "All the restarts that it allows within its time are used, whoever did them.";
    case "frozen":
      return "It is frozen by its own root.";
    case "expired":
      return "The yes came too late for it.";
    case "rebooted":
      return "It was booted anew since this was asked.";
    case "catalogue-changed":
    case "action-unknown":
      return "Its list of what may run was changed since this was asked.";
    case "people-missing":
      return "Its root asks for more people to sign than did.";
    case "asker-signed":
      return "Who asked for it may not sign it there.";
    case "credential-synced":
      return "It takes only passkeys that never leave their device.";
    case "credential-unknown":
      return "It does not know a passkey that signed: it believes another list of who may approve.";
    case "level-closed":
      return "It believes nobody for this yet: its root has accepted no list of who may approve, or has closed this level.";
    case "assertion-elsewhere":
      return "The passkey signed for another site than the one that its root has written down.";
    case "user-not-verified":
      return "The passkey did not check that its owner was there.";
    case "standing-over":
      return "The yes in advance is over.";
    case "standing-used-up":
      return "The yes in advance is used up there.";
    case "own-unit":
    case "assertion-malformed":
    case "envelope-malformed":
    case "nonce-unknown":
    case "nonce-used":
    case "proposal-mismatch":
    case "record-refused":
    case "signature-missing":
    case "signature-repeated":
    case "signature-wrong":
    case "standing-mismatch":
    case "wrong-host":
    case null:
      return "It checked the yes and did not take it.";
  }
}

function look(approval: Approval): NextStep {
  const command = commandsFor(approval)?.status;
  return command === undefined ? lookAtHost(approval) : { text: "Look how it stands:", command };
}

function journal(approval: Approval): NextStep {
  const command = commandsFor(approval)?.journal;
  return command === undefined ? lookAtHost(approval) : { text: "Read its log:", command };
}

// Of a start that systemd itself refused, the log of its runs says nothing new.
function again(approval: Approval): readonly NextStep[] {
  const commands = commandsFor(approval);
  if (commands === null) return [lookAtHost(approval)];
  return [
    { text: "See why systemd did not start it:", command: commands.status },
    { text: "If it was started too often, let systemd try again:", command: commands.resetFailed },
  ];
}

function byHand(approval: Approval): NextStep {
  const command = commandsFor(approval)?.start;
  if (command === undefined) return { text: "Mend the cause, then ask again from here." };
  return { text: "Mend the cause, then ask again from here, or start it by hand:", command };
}

function lookAtHost({ subject }: Approval): NextStep {
  const path = `/hosts/${encodeURIComponent(subject.hostId)}`;
  return { text: "Look at the host:", link: { path, words: subject.hostName } };
}
