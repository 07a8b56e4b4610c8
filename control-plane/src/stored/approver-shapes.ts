// What the desk stores about approvers beside the versions of the fleet's trust: passkeys that wait to be let in, next versions that wait for
// signatures. Pure.
import * as z from "zod";
import { Assertion, Credential } from "@countersign/shared/wire/assertion";
import type { Actor } from "../core/words/actor.ts";
import { ActorShape } from "./actor-shape.ts";
import { Instant, shapeOf, Text } from "./read-stored.ts";

/** A passkey that waits, as it is stored. */
export interface StoredCandidate {
  readonly person: string;
  readonly credential: Credential;
  readonly deviceName: string;
  readonly madeAt: number;
  readonly expiresAt: number;
}

/** One person's signature of a next version. */
export interface DraftSignature {
  readonly person: string;
  readonly credentialName: string;
  readonly at: number;
  readonly assertion: Assertion;
}

/** A next version that waits, as it is stored. */
export interface StoredDraft {
  /** SHA-256 over its exact bytes */
  readonly hash: string;
  /** base64 of them */
  readonly text: string;
  readonly by: Actor;
  readonly madeAt: number;
  readonly expiresAt: number;
  readonly signed: readonly DraftSignature[];
}

export const CandidateShape = shapeOf<StoredCandidate>({
  person: Text,
  credential: Credential,
  deviceName: Text,
  madeAt: Instant,
  expiresAt: Instant,
});

export const DraftShape = shapeOf<StoredDraft>({
  hash: Text,
  text: Text,
  by: ActorShape,
  madeAt: Instant,
  expiresAt: Instant,
  signed: z.array(
    shapeOf<DraftSignature>({ person: Text, credentialName: Text, at: Instant, assertion: Assertion }),
  ),
});
