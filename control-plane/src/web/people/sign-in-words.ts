// Why a device was not signed in, a sign-in not ended, or a test page not sent. Pure.
import type { RefusalTable, ViewRefusal } from "../frame/refusals.ts";

/** Refusals of signing in and out. */
export const SIGN_IN_REFUSALS: RefusalTable<
  Extract<
    ViewRefusal,
    | `token-${string}`
    | `test-page-${string}`
    | "channel-unknown"
    | "device-name-missing"
    | "sign-in-unknown"
    | "responder-unknown"
  >
> = {
  "device-name-missing": [400, "Name this device", "Give this device a name of 1 to 60 characters."],
  "token-unknown": [404, "Link not known", "This sign-in link is not known here. Check that it is complete."],
  "token-expired": [410, "Link expired", "This sign-in link has expired. Ask for a new one."],
  "token-used": [
    410,
    "Link used",
    "This sign-in link was already used: each signs in one device. Ask for a new one.",
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
    "Five test pages went to this person within ten minutes. Look at what became of them, and try again later.",
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
