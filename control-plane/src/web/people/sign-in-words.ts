// Why a device was not signed in, or a sign-in not ended. Pure.
import type { RefusalTable, ViewRefusal } from "../frame/refusals.ts";

/** Refusals of signing in and out. */
export const SIGN_IN_REFUSALS: RefusalTable<
  Extract<ViewRefusal, `token-${string}` | "device-name-missing" | "sign-in-unknown" | "responder-unknown">
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
    "Not signed in",
    "There is no such sign-in of yours any more. Nothing was changed.",
  ],
};
