// What the frame itself refuses, whatever a form asks for. Pure.
import type { FormRefusal, RefusalTable } from "./refusals.ts";

export const FRAME_REFUSALS: RefusalTable<
  | FormRefusal["reason"]
  | "too-many-attempts"
  | "people-only"
  | "role-missing"
  | "reason-missing"
  | "act-unknown"
> = {
  "cross-origin": [403, "Refused", "This was not sent by a form of this desk. Nothing was changed."],
  "form-type": [415, "Refused", "Only this desk's own forms are read here. Nothing was changed."],
  "form-too-large": [413, "Refused", "This is larger than any form of this desk. Nothing was changed."],
  "csrf-malformed": [
    403,
    "Refused",
    "This form was not made for this device and this act. Nothing was changed.",
  ],
  "csrf-wrong": [403, "Refused", "This form was not made for this device and this act. Nothing was changed."],
  "csrf-expired": [
    403,
    "Open too long",
    "This form was made over an hour ago. Nothing was changed. Open it again.",
  ],
  "too-many-attempts": [
    429,
    "Too many failed attempts",
    "Wait a minute, then open it again. Nothing was changed.",
  ],
  "people-only": [403, "Refused", "Only a person of this fleet's policy may do this. Nothing was changed."],
  "role-missing": [
    403,
    "Not yours to do",
    "The rules of this fleet do not let you do this. Who may, stands under People. Nothing was changed.",
  ],
  "reason-missing": [400, "Say why", "A sentence that says why is needed. Nothing was changed."],
  "act-unknown": [
    409,
    "Just deployed",
    "This desk is changing to another version. Nothing was changed. Try again.",
  ],
};
