// Why a device was not signed in, a sign-in not ended, or a test page not sent. Pure.
import type { InvitationRefusal } from "../../platform/sign-in-shapes.ts";
import type { RefusalTable, ViewRefusal } from "../frame/refusals.ts";

/** Refusals of signing in and out. */
export const SIGN_IN_REFUSALS: RefusalTable<
  Extract<
    ViewRefusal,
    | `token-${string}`
    | `test-page-${string}`
    | Exclude<InvitationRefusal["reason"], "role-missing">
    | `challenge-${string}`
    | "passkey-unknown"
    | "sign-in-unsigned"
    | "person-is-here"
    | "channel-unknown"
    | "device-name-missing"
    | "sign-in-unknown"
  >
> = {
  "device-name-missing": [400, "Name this device", "Give this device a name of 1 to 60 characters."],
  "token-unknown": [
    404,
    "Link not known",
    "This sign-in link is not known here. Check that it is complete: it ends with 43 letters and digits.",
  ],
  "token-expired": [
    410,
    "Link expired",
    "A sign-in link works for some minutes, an invitation for an hour. Sign in by your passkey, or make a new link under People on a device of yours that is signed in, or ask whoever runs this desk.",
  ],
  "token-used": [
    410,
    "Link used",
    "Each sign-in link signs in one device, and this one has. If that was not you, look under People on a device of yours, sign out what you do not know, and make a new link there; or ask whoever runs this desk.",
  ],
  "challenge-expired": [
    410,
    "Open too long",
    "Some minutes have passed since this was opened. Nobody was signed in. Try again.",
  ],
  "challenge-used": [
    409,
    "Sent twice",
    "This was signed and sent once already. If you are not signed in by it, try again.",
  ],
  "passkey-unknown": [
    403,
    "Passkey not known",
    "This passkey is not in the list of who may approve: it was taken out, or was never let in. Sign in by a link.",
  ],
  "sign-in-unsigned": [
    403,
    "Not signed in",
    "Your passkey did not sign this, or did not look whether it is you. Nobody was signed in. Try again, with script.",
  ],
  "person-is-here": [
    409,
    "Already here",
    "This person is signed in on a device, or has a passkey: a code for them is shown to nobody else. They show one to themselves, or are sent a link.",
  ],
  "no-channel": [
    409,
    "No way works",
    "No way to reach this person can work now: a link cannot be sent. Mend one in the rules first.",
  ],
  "link-undelivered": [
    409,
    "Not delivered",
    "No way of this person took the link, and it is void. Send a test page to see what is wrong, then invite again.",
  ],
  "sign-in-links-waiting": [
    409,
    "Links wait already",
    "Three sign-in links wait for this person already. Use one of them, or wait until they expire.",
  ],
  "sign-in-unknown": [
    404,
    "Not signed in",
    "There is no such sign-in of yours any more. Nothing was changed.",
  ],
  "responder-unknown": [
    404,
    "Not in the rules",
    "There is no such person in the rules any more. Nothing was changed.",
  ],
  "channel-unknown": [
    404,
    "No such way",
    "The rules give this person no such way to be woken any more. Nothing was sent.",
  ],
  "test-page-too-often": [
    429,
    "Enough test pages",
    "Five test pages went to this person within the last ten minutes. Look at what became of them: one more may be sent in ten minutes at the latest.",
  ],
  "test-page-unknown": [
    404,
    "Test page not known",
    "This test page is over an hour old, or was never sent. Send another one.",
  ],
  "test-page-not-yours": [
    403,
    "Sent to somebody else",
    "This test page was sent to somebody else: only they can say that it came.",
  ],
};
