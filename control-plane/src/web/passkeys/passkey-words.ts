// Why a passkey was not taken. Pure.
import type { RefusalTable } from "../frame/refusals.ts";

/** Why none was taken, as the desk or the form says. */
export type PasskeyRefusal =
  | "trust-exists"
  | "party-missing"
  | "person-unknown"
  | "registration-missing"
  | "registration-wrong"
  | "passkey-unnamed"
  | "passkey-needed"
  | "passkey-wrong"
  | "passkey-not-yours"
  | "asker-cannot-sign"
  | "signed-already"
  | "credential-synced";

export const PASSKEY_REFUSALS: RefusalTable<PasskeyRefusal> = {
  "trust-exists": [
    409,
    "Somebody was first",
    "The list of who may approve exists already. Who is in it can add you. Nothing was changed.",
  ],
  "party-missing": [
    409,
    "No passkeys at an address",
    "Passkeys belong to a name such as desk.example.org, and this desk is reached by an address. Nothing was changed.",
  ],
  "person-unknown": [
    403,
    "Not in the rules",
    "Only a person of this fleet's rules may be the first to approve. Nothing was changed.",
  ],
  "registration-missing": [
    400,
    "No passkey came",
    "The browser sent the form without a passkey: its script did not run. Nothing was changed.",
  ],
  "registration-wrong": [
    400,
    "The passkey was not taken",
    "It was not made just now, by this form, on a device that looked whether it is you. Nothing was changed. Try again.",
  ],
  "passkey-unnamed": [
    400,
    "Name the passkey",
    "Others must know it again, such as Alice's phone. Nothing was changed.",
  ],
  "passkey-needed": [
    403,
    "Your passkey must sign it",
    "The host runs this only when a person's passkey has signed exactly it, and none did. Nothing was done. Open it again, with script.",
  ],
  "passkey-wrong": [
    403,
    "The signature does not hold",
    "What your passkey signed is not exactly what stands here now. Nothing was done. Open it again, and read it again.",
  ],
  "passkey-not-yours": [
    403,
    "Not a passkey of yours",
    "The passkey that signed is not yours in the list of who may approve. Nothing was done.",
  ],
  "asker-cannot-sign": [
    403,
    "You asked for it",
    "Who asked for this may not be among those who sign it. Nothing was done. Somebody else must.",
  ],
  "signed-already": [
    409,
    "You have signed already",
    "Each person counts once. Nothing was changed. Others must sign it too before it runs.",
  ],
  "credential-synced": [
    403,
    "This passkey is copied",
    "The host takes only passkeys that never leave their device, for this. Nothing was done. Use another of yours.",
  ],
};
