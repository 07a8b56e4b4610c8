// Sign-ins as they pass between the Worker and the desk: a device's, the links by which one begins. Types alone.
import type { Actor } from "../core/words/actor.ts";

/** A signed-in, enrolled device. */
export interface SignIn {
  readonly signInId: string;
  readonly deviceId: string;
  readonly deviceName: string;
  readonly responder: string;
  readonly expiresAt: number;
}

/** Who alone may approve, with one passkey alone. */
export interface SoleApprover {
  readonly responder: string;
  /** what the policy calls them; of who is not in it the id */
  readonly name: string;
}

/** A sign-in as it is listed: nothing in it lets anybody in. */
export interface ListedSignIn {
  readonly signInId: string;
  readonly deviceName: string;
  readonly responder: string;
  readonly openedAt: number;
  readonly expiresAt: number;
  /** when its device was used last, to the hour */
  readonly usedAt: number;
}

/** Which sign-in ends, and by whom; `of`: whose it must be, null: anybody's. */
export interface EndedSignIn {
  readonly signInId: string;
  readonly by: Actor;
  readonly of: string | null;
}

/** How a sign-in link reached the person; `token` is given here and never again. */
export type Invitation =
  | { readonly delivery: "printed"; readonly token: string; readonly expiresAt: number }
  | { readonly delivery: "paged"; readonly channel: string; readonly expiresAt: number };

export interface InvitationRefusal {
  readonly reason:
    | "responder-unknown"
    /** a person asks whom the policy does not let */
    | "role-missing"
    | "no-channel"
    | "link-undelivered"
    | "sign-in-links-waiting";
}

/** A link for one more device. */
export interface GivenLink {
  readonly token: string;
  readonly expiresAt: number;
}

export interface LinkRefusal {
  readonly reason: "responder-unknown" | "sign-in-links-waiting";
}
