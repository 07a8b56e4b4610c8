// Why a passkey was not taken. Pure.
import type { TrustActRefusal } from "../../platform/approvers-rpc.ts";
import type { RefusalTable } from "../frame/refusals.ts";

/** Why none was taken, or a list not signed, as the desk or the form says; what every form may be refused for stands in frame-words.ts. */
export type PasskeyRefusal =
  | Exclude<TrustActRefusal["reason"], "people-only" | "role-missing">
  | "next-moved"
  | "person-unknown"
  | "registration-missing"
  | "registration-wrong"
  | "passkey-unnamed"
  | "passkey-needed"
  | "asker-cannot-sign"
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
  "party-wrong": [
    400,
    "Not a name of this desk",
    "Passkeys can belong to the desk's own name, or to one that it ends with. Nothing was changed.",
  ],
  "trust-missing": [409, "Nobody may approve yet", "The first passkey comes first. Nothing was changed."],
  "passkey-known": [
    409,
    "Known already",
    "This passkey is in the list, or waits to be let in. Nothing was changed.",
  ],
  "candidates-full": [
    409,
    "Too many wait",
    "As many passkeys wait to be let in as fit. Withdraw one of yours, or ask an approver to look at them. Nothing was changed.",
  ],
  "candidate-unknown": [
    404,
    "No longer there",
    "This passkey waits no more: it was let in, withdrawn, or a week has passed. Nothing was changed.",
  ],
  "draft-unknown": [
    404,
    "No longer there",
    "This list waits no more: it is in force, was forgotten, or another one came before it. Nothing was changed.",
  ],
  "drafts-full": [
    409,
    "Too many lists wait",
    "As many next lists wait for signatures as fit. Have one signed or forgotten first. Nothing was changed.",
  ],
  "desk-key-missing": [
    409,
    "It leaves out this desk",
    "By that list no host would take anything from this desk any more. Nothing was changed.",
  ],
  "next-moved": [
    409,
    "It changed meanwhile",
    "Since you opened it, what you read has become another list, or waits no more. Nothing was signed. Open it again, and read it again.",
  ],
  "trust-not-accepted": [
    409,
    "No list yet",
    "There is no list that this one could follow. Nothing was changed.",
  ],
  "trust-malformed": [400, "No list", "What came is no list that anybody could sign. Nothing was changed."],
  "trust-older": [
    409,
    "In force already",
    "A list as new as this one is in force already. Nothing was changed. Open it again.",
  ],
  "trust-skips": [409, "A list is missing", "It follows a list that is not here. Nothing was changed."],
  "trust-other-chain": [
    409,
    "Another list came first",
    "Somebody signed another list meanwhile, and this one no longer follows. Nothing was changed. Open it again.",
  ],
  "trust-unsigned": [
    403,
    "Not signed by enough",
    "Too few who may approve have signed it, or a signature does not hold. Nothing was changed.",
  ],
  "trust-chain-full": [
    409,
    "Too many lists",
    "No more versions of the list are kept. Nothing was changed. Whoever runs this desk can begin anew.",
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
