// A yes in advance as its giver reads and signs it: one action of one service of one host, so many uses, until an instant, why. The text
// itself is what is hashed, shown and signed; nothing is written anew from its parts. The host verifies it and counts its uses; no key of the
// desk makes one.
//
// Version history:
//   1  2026-11-22  sealed by the desk's key
//   2  2026-11-29  signed by its giver's passkey; `givenAt` instead of the device. One of version 1 covers nothing any more
import * as z from "zod";
import { decodeBase64, encodeBase64 } from "../values/base64.ts";
import { sha256Hex } from "../values/digest.ts";
import { HostId, ItemName, Nonce } from "../values/ids.ts";
import { Instant } from "../values/instant.ts";
import { ENVELOPE_SIGNATURES_MAX, STANDING_BYTES_MAX } from "../values/limits.ts";
import { refuse, type Result } from "../values/result.ts";
import { encodeUtf8 } from "../values/utf8.ts";
import { Assertion } from "./assertion.ts";
import { readBytes } from "./read-bytes.ts";

/** A yes for longer, or more often, is a policy that nobody has read. */
export const STANDING_MAX_MS = 30 * 24 * 3_600_000;
export const STANDING_USES_MAX = 20;
/** It covers no action above this level: level 5 needs a person each time. */
export const STANDING_LEVEL_MAX = 4;

export const StandingContent = z
  .strictObject({
    version: z.literal(2),
    /** drawn when the view was made: the same text is taken once, and its uses are counted by it */
    nonce: Nonce,
    hostId: HostId,
    service: ItemName,
    action: ItemName,
    usesMax: z.int().min(1).max(STANDING_USES_MAX),
    /** both by the desk's clock */
    givenAt: Instant,
    untilAt: Instant,
    /** responder id */
    givenBy: ItemName,
    why: z.string().min(1).max(300),
  })
  .refine(({ givenAt, untilAt }) => untilAt > givenAt && untilAt - givenAt <= STANDING_MAX_MS, {
    error: "it ends after it begins, within 30 days",
    path: ["untilAt"],
  });
export type StandingContent = z.infer<typeof StandingContent>;

/** With the signatures of who gave it, over `challengeOf("standing", bytes)`. */
export const SignedStanding = z.strictObject({
  /** base64 of its exact bytes */
  content: z.base64().max(Math.ceil(STANDING_BYTES_MAX / 3) * 4),
  signatures: z.array(Assertion).min(1).max(ENVELOPE_SIGNATURES_MAX),
});
export type SignedStanding = z.infer<typeof SignedStanding>;

/** The text with who signed it, as it travels. */
export function signedStandingOf(text: string, signatures: readonly Assertion[]): SignedStanding {
  return { content: encodeBase64(encodeUtf8(text)), signatures: [...signatures] };
}

/** The hash of a text, by which audit and views name it. */
export function standingHashOf(text: string): string {
  return sha256Hex(encodeUtf8(text));
}

/** Reads the text of a standing approval. */
export function parseStanding(
  text: string,
): Result<StandingContent, { readonly reason: "standing-malformed" }> {
  return parseStandingBytes(encodeUtf8(text));
}

/** Reads the bytes of one that was signed. */
export function parseSignedStanding({
  content,
}: SignedStanding): Result<StandingContent, { readonly reason: "standing-malformed" }> {
  const bytes = decodeBase64(content);
  return bytes === null ? refuse({ reason: "standing-malformed" }) : parseStandingBytes(bytes);
}

function parseStandingBytes(
  bytes: Uint8Array,
): Result<StandingContent, { readonly reason: "standing-malformed" }> {
  const read = readBytes(StandingContent, bytes, STANDING_BYTES_MAX);
  return read.ok ? read : refuse({ reason: "standing-malformed" });
}
