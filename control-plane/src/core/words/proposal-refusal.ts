// The words for why nothing was proposed, and for why a proposal lapsed, made where they are shown. Pure.
// What a reader would get wrong: decisions look at the `reason`; the words are for people only, and nothing reads them again.
import type { UnloadedState } from "@countersign/shared/host/unit-run";
import { formatDuration } from "@countersign/shared/values/duration";
import { clockOf } from "./clock-text.ts";
import type { AskRefusal, Ceiling, Evidence, ProposalEnd, ProposalRefusal } from "./signal.ts";

const ASKED_OTHERWISE = "a person asked for something else";

/** When what was refused is asked for again; null: not by time alone. */
export function askAgainAt(refusal: ProposalRefusal): number | null {
  return "askAt" in refusal ? refusal.askAt : null;
}

/**
 * Says whether something holds the question back that ends by an event: what is held back so is asked for when that is over.
 */
export function isHeldBackBy({ reason }: ProposalRefusal): boolean {
  return ["frozen", "restart-pointless", "starting", "not-loaded", "install-again"].includes(reason);
}

/** What it is counted by: the host's own code where the host said no. */
export function refusalCodeOf(refusal: AskRefusal): string {
  return refusal.reason === "host-refused" ? refusal.code : refusal.reason;
}

/** The refusal as a line of evidence. */
export function refusalText(refusal: AskRefusal): string {
  switch (refusal.reason) {
    case "frozen":
    case "restart-pointless":
      return `not proposed: ${ceilingWords(refusal)}`;
    case "no-action":
      return `nothing is proposed: ${refusal.isTried ? "every action was tried" : "the catalogue has no action for it"}`;
    case "not-observed":
      return `not proposed yet: the host is watched for ${formatDuration(refusal.watchMs)} first`;
    case "only-just-over":
      return `not proposed yet: what others suffer from too, or its host's absence, is only just over; its checks may pass before ${clockOf(refusal.askAt)} UTC`;
    case "starting":
      return `not proposed yet: its unit is being started, and may take until ${clockOf(refusal.askAt)} UTC`;
    case "not-loaded":
      return `nothing is proposed: ${UNLOADED_WORDS[refusal.loadState]}`;
    case "budget-used-up":
      return `restart budget used up: ${refusal.count} of ${refusal.max} in ${formatDuration(refusal.windowMs)}`;
    case "asked-too-often":
      return `asked ${refusal.count} times within ${formatDuration(refusal.windowMs)}, and each time it was void before it helped: nothing is proposed before ${clockOf(refusal.askAt)} UTC`;
    case "under-way":
      return "nothing is proposed: an approved action is under way";
    case "install-again":
      return "nothing is proposed: the agent there is of version 1, and what it would propose nobody can sign: install again";
    case "in-shadow":
      return `in shadow: ${refusal.action} would have been proposed`;
    case "host-not-up":
      return `the host is ${refusal.liveness === "up" ? "not heard" : refusal.liveness}: it cannot run there now`;
    case "action-unknown":
      return `the host's catalogue names no action ${refusal.action}`;
    case "asked-too-late":
      return "the question did not reach the part that watches the host in time";
    case "no-answer":
      return "the host did not answer";
    case "asked-otherwise":
      return ASKED_OTHERWISE;
    case "host-refused":
      return hostRefusalText(refusal);
    case "answered-otherwise":
      return `answered-otherwise: ${refusal.answered}, not ${refusal.asked}`;
    case "catalogue-changed":
      return `catalogue-changed: ${refusal.action} is of level ${refusal.level} there, and was announced as ${refusal.announced ?? "none"}; restart the agent`;
  }
}

function hostRefusalText({ code, detail }: Extract<AskRefusal, { reason: "host-refused" }>): string {
  const text = detail === "" ? code : `${code}: ${detail}`;
  return code === "level-closed"
    ? `${text}; nobody can sign acts of that level there, before root accepts the fleet's trust or opens it`
    : text;
}

const UNLOADED_WORDS: Readonly<Record<UnloadedState, string>> = {
  "not-found":
    "the host has no such unit; its name in the catalogue is wrong, or what it belongs to is not installed",
  masked: "the unit is masked, and nothing can start it before a person unmasks it",
  "bad-setting": "systemd cannot read the unit's file",
  error: "systemd cannot load the unit",
};

/**
 * Only the state that it was minted for is gone, and the service fails on: the same question is asked of the host again at once. To people it
 * is no news.
 */
export function isRenewed({ reason }: { readonly reason: string }): boolean {
  return RENEWED.some((renewed) => renewed === reason);
}

const RENEWED = [
  "reset",
  "started-anew",
  "turned",
  "rebooted",
] as const satisfies readonly ProposalEnd["reason"][];

/** The end of a proposal as a clause, such as `the service recovered by itself`. */
export function proposalEndWords(end: ProposalEnd): string {
  switch (end.reason) {
    case "frozen":
    case "restart-pointless":
      return ceilingWords(end);
    case "recovered":
      return "the service recovered by itself";
    case "reset":
      return "the service was reset by someone else";
    case "started-anew":
      return "the service was started anew by someone else";
    case "turned":
      return "the unit's state changed";
    case "rebooted":
      return "the host was booted anew";
    case "check-first":
      return "a check began to fail, and is asked about first";
    case "asked-otherwise":
      return ASKED_OTHERWISE;
  }
}

function ceilingWords(ceiling: Ceiling): string {
  if (ceiling.reason === "frozen") return `automation is frozen by ${ceiling.by}`;
  const { failureClass, finding } = ceiling;
  return failureClass === null
    ? `while ${finding} holds, restarting is not the fix`
    : `the failure's class is ${failureClass} (${finding}); restarting is not the fix`;
}

/** When a proposal was refused last, and why. */
export interface Refused {
  readonly at: number;
  readonly refusal: ProposalRefusal;
}

/** Evidence as people see it: why nothing was proposed stands among the lines, at its instant. */
export function evidenceWith(evidence: readonly Evidence[], refused: Refused | null): readonly Evidence[] {
  if (refused === null) return evidence;
  const { at, refusal } = refused;
  const place = evidence.findLastIndex((line) => line.at <= at) + 1;
  return evidence.toSpliced(place, 0, { at, text: refusalText(refusal) });
}
