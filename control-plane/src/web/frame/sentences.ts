// One switch that turns each refusal of a view's act into a status and a sentence for the person. Public texts: they never help an
// attacker; the full reason is in the audit row. Pure.
import type { ActRefusal } from "../../core/desk/state/desk-events.ts";
import { PUBLIC_URL_HINT } from "../../http/problem.ts";
import type { CsrfRefusal } from "./csrf.ts";

export interface FormRefusal {
  readonly reason:
    | "cross-origin"
    | "form-type"
    | "form-too-large"
    | "device-name-missing"
    | CsrfRefusal["reason"];
}
export interface SignInRefusal {
  readonly reason: "token-unknown" | "token-expired" | "token-used" | "too-many-attempts";
}
/** Why an act on the policy did nothing. */
export interface PolicyRefusal {
  readonly reason:
    | "policy-version-mismatch"
    | "policy-malformed"
    | "nothing-to-undo"
    | "not-promotable"
    | "nobody-left";
}
/** Why no sign-in was ended. */
export interface EndSignInRefusal {
  readonly reason: "sign-in-unknown" | "responder-unknown";
}
/** Why no link can be made. */
export interface LinkRefusal {
  readonly reason: "public-url-unusable";
}
export type ViewRefusal =
  | LinkRefusal["reason"]
  | PolicyRefusal["reason"]
  | EndSignInRefusal["reason"]
  | ActRefusal["reason"]
  | FormRefusal["reason"]
  | SignInRefusal["reason"];

export interface RefusalWords {
  readonly status: 400 | 403 | 404 | 409 | 410 | 413 | 415 | 429 | 503;
  readonly title: string;
  readonly sentence: string;
}

/** What a person is told when an act of theirs did nothing. */
export function wordsOf(reason: ViewRefusal): RefusalWords {
  const [status, title, sentence] = describe(reason);
  return { status, title, sentence };
}

type Words = readonly [status: RefusalWords["status"], title: string, sentence: string];

function describe(reason: ViewRefusal): Words {
  switch (reason) {
    case "approval-unknown":
      return [404, "No such approval", "There is no approval here. Nothing was executed."];
    case "approval-expired":
      return [409, "Expired", "This request expired before it was answered. Nothing was executed."];
    case "approval-used":
      return [409, "Already approved", "This request was already approved. It is not executed twice."];
    case "approval-denied":
      return [409, "Already denied", "This request was already denied. Nothing was executed."];
    case "approval-superseded":
      return [
        409,
        "Superseded",
        "What this was proposed for has changed. Nothing was executed, nothing can be.",
      ];
    case "proposal-changed":
      return [
        409,
        "Proposal changed",
        "This is not the proposal you saw. Nothing was executed. Read it again.",
      ];
    case "incident-unknown":
      return [404, "No such incident", "There is no incident here. Nothing was changed."];
    case "incident-resolved":
      return [409, "Already resolved", "This incident is resolved. There is nothing left to acknowledge."];
    case "automation-frozen":
    case "freeze-unknown":
    case "people-only":
    case "silence-unknown":
    case "silence-too-wide":
    case "silence-bounds":
    case "standing-unknown":
    case "standing-too-wide":
    case "standing-bounds":
    case "standing-used":
    case "finding-unknown":
    case "reason-missing":
    case "act-unknown":
      return describeSteering(reason);
    case "policy-version-mismatch":
    case "policy-malformed":
    case "nothing-to-undo":
    case "not-promotable":
    case "nobody-left":
      return describePolicy(reason);
    case "host-unknown":
      return [404, "No such host", "There is no host here. Nothing was changed."];
    case "sign-in-unknown":
    case "responder-unknown":
      return [404, "Not signed in", "There is no such sign-in of yours any more. Nothing was changed."];
    case "cross-origin":
    case "form-type":
    case "form-too-large":
    case "device-name-missing":
    case "csrf-malformed":
    case "csrf-wrong":
    case "csrf-expired":
      return describeForm(reason);
    case "public-url-unusable":
      return [503, "No public address", PUBLIC_URL_HINT];
    case "too-many-attempts":
    case "token-unknown":
    case "token-expired":
    case "token-used":
      return describeSignIn(reason);
  }
}

function describeForm(reason: FormRefusal["reason"]): Words {
  switch (reason) {
    case "cross-origin":
      return [403, "Refused", "This was not sent by a form of this desk. Nothing was changed."];
    case "form-type":
      return [415, "Refused", "Only this desk's own forms are read here. Nothing was changed."];
    case "form-too-large":
      return [413, "Refused", "This is larger than any form of this desk. Nothing was changed."];
    case "device-name-missing":
      return [400, "Name this device", "Give this device a name of 1 to 60 characters."];
    case "csrf-malformed":
    case "csrf-wrong":
      return [403, "Refused", "This form was not made for this device and this act. Nothing was changed."];
    case "csrf-expired":
      return [
        403,
        "Open too long",
        "This form was made over an hour ago. Nothing was changed. Open it again.",
      ];
  }
}

function describeSignIn(reason: SignInRefusal["reason"]): Words {
  switch (reason) {
    case "too-many-attempts":
      return [429, "Too many failed attempts", "Wait a minute, then open it again. Nothing was changed."];
    case "token-unknown":
      return [404, "Link not known", "This sign-in link is not known here. Check that it is complete."];
    case "token-expired":
      return [410, "Link expired", "This sign-in link has expired. Ask for a new one."];
    case "token-used":
      return [
        410,
        "Link used",
        "This sign-in link was already used: each signs in one device. Ask for a new one.",
      ];
  }
}

function describePolicy(reason: PolicyRefusal["reason"]): Words {
  switch (reason) {
    case "policy-version-mismatch":
      return [
        409,
        "Another version",
        "Another version is in force than the one you saw. Nothing was changed.",
      ];
    case "policy-malformed":
      return [
        409,
        "Not readable",
        "The running code cannot read that version any more. Nothing was changed.",
      ];
    case "nothing-to-undo":
      return [409, "Nothing to undo", "No older version is kept. Nothing was changed."];
    case "nobody-left":
      return [
        409,
        "Nobody would be left",
        "Everybody who is signed in would lose access. Nothing was changed. Use countersign policy undo --yes if that is meant.",
      ];
    case "not-promotable":
      return [409, "Not in shadow", "This rule is not in shadow by a line of its own. Nothing was changed."];
  }
}

type SteeringRefusal =
  | "automation-frozen"
  | "freeze-unknown"
  | "people-only"
  | "silence-unknown"
  | "silence-too-wide"
  | "silence-bounds"
  | "standing-unknown"
  | "standing-too-wide"
  | "standing-bounds"
  | "standing-used"
  | "finding-unknown"
  | "reason-missing"
  | "act-unknown";

/** Freezes, silences and marks. */
function describeSteering(reason: SteeringRefusal): Words {
  switch (reason) {
    case "automation-frozen":
      return [
        409,
        "Frozen",
        "Automation is frozen here. Nothing was executed, nothing will be before a person lifts it.",
      ];
    case "freeze-unknown":
      return [404, "Not frozen", "Nothing is frozen here. Nothing was changed."];
    case "people-only":
      return [403, "Refused", "Only a person of this fleet's policy may do this. Nothing was changed."];
    case "silence-unknown":
      return [404, "No such silence", "There is no silence here. Nothing was changed."];
    case "silence-too-wide":
      return [409, "Too wide", "A silence needs a host, a service or a reason. Nothing was silenced."];
    case "silence-bounds":
      return [
        409,
        "Bad times",
        "A silence ends after it begins, and within thirty days. Nothing was silenced.",
      ];
    case "standing-unknown":
      return [404, "No such approval", "There is no standing approval here. Nothing was changed."];
    case "standing-too-wide":
      return [409, "Too wide", "A standing approval names one action of one service. Nothing was approved."];
    case "standing-bounds":
      return [
        409,
        "Bad bounds",
        "A standing approval has 1 to 20 uses and ends within thirty days. Nothing was approved.",
      ];
    case "standing-used":
      return [409, "Already given", "This standing approval was already given. It is not given twice."];
    case "finding-unknown":
      return [404, "No such finding", "There is no finding of a rule in shadow here. Nothing was changed."];
    case "reason-missing":
      return [400, "Say why", "A sentence that says why is needed. Nothing was changed."];
    case "act-unknown":
      return [
        409,
        "Just deployed",
        "This desk is changing to another version. Nothing was changed. Try again.",
      ];
  }
}
