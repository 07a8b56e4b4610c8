// A view in one of its states, with all that it shows made up: what the gallery is made of. The night of the mocks: Saturday
// 28 November 2026, 03:12:02 in Berlin; nginx on web-1 crashed 31 seconds ago.
import type { Child } from "hono/jsx";
import type { Frame } from "../../control-plane/src/web/frame/layout.tsx";

export interface ShownState {
  /** `ROOM-STATE`, such as `approval-waiting` */
  readonly name: string;
  readonly view: Child;
  /** where it stands in the desk; absent: `/` */
  readonly path?: string;
}

export const NOW = Date.UTC(2026, 10, 28, 2, 12, 2);
export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** What Alice's phone is shown. */
export const ALICE: Frame = {
  signIn: {
    signInId: "sgn_alice",
    deviceId: "dev_pixel",
    deviceName: "Pixel 9",
    responder: "alice",
    expiresAt: NOW + 30 * DAY_MS,
  },
  name: "Alice",
  roles: ["look", "answer", "approve", "administer"],
  soleApprover: null,
  inApp: null,
  signOutToken: "a-token-of-the-gallery",
  now: NOW,
  timeZone: "Europe/Berlin",
  warnings: [],
  address: { moving: "/", still: "/?still=1", isStill: false },
};

/** What is shown to Zoe, who may only look. */
export const ZOE: Frame = {
  ...ALICE,
  signIn: { ...ALICE.signIn, signInId: "sgn_zoe", deviceId: "dev_zoe", responder: "zoe" },
  name: "Zoe",
  roles: ["look"],
};
