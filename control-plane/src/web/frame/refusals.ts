// Why an act of a person did nothing, and the shape of what they are told: a status, a title and a sentence. The frame only shows them; each
// room has the words of its own subject, and rooms.ts puts them together, so that none is missing. Pure.
import type { ActRefusal } from "../../core/desk/state/desk-events.ts";
import type { TrustActRefusal } from "../../platform/approvers-rpc.ts";
import type { PolicyActRefusal } from "../../platform/desk/desk-policies.ts";
import type { InvitationRefusal } from "../../platform/sign-in-shapes.ts";
import type { CsrfRefusal } from "./csrf.ts";

/** Why a form was not even looked at, or what it lacks whatever it asks for. */
export interface FormRefusal {
  readonly reason: "cross-origin" | "form-type" | "form-too-large" | CsrfRefusal["reason"];
}

/** Why nothing is there that a person pointed at; `shard-silent`: only its shard could say. */
export interface ScopeRefusal {
  readonly reason: "scope-unknown" | "shard-silent";
}

/** Every reason that a view may have to tell. */
export type ViewRefusal =
  | ActRefusal["reason"]
  | FormRefusal["reason"]
  | PolicyActRefusal["reason"]
  | ScopeRefusal["reason"]
  | TrustActRefusal["reason"]
  | "next-moved"
  | "person-unknown"
  | "person-is-here"
  | "sign-in-unsigned"
  | "challenge-expired"
  | "challenge-used"
  | "passkey-unknown"
  | "registration-missing"
  | "registration-wrong"
  | "passkey-unnamed"
  | "not-promotable"
  | "public-url-unusable"
  | "sign-in-unknown"
  | InvitationRefusal["reason"]
  | "device-name-missing"
  | "token-unknown"
  | "token-expired"
  | "token-used"
  | "too-many-attempts";

/** What a person is told. Public: it never helps an attacker; the full reason is in the audit row. */
export type RefusalWords = readonly [
  status: 400 | 403 | 404 | 409 | 410 | 413 | 415 | 429 | 503,
  title: string,
  sentence: string,
];

/** The words of some reasons: none of them may lack its own. */
export type RefusalTable<Reason extends ViewRefusal> = { readonly [Each in Reason]: RefusalWords };

/** All of them. */
export type Refusals = RefusalTable<ViewRefusal>;
