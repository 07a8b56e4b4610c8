// The hash of a passkey that waits, whose eight words stand on both sides. Pure.
import { sha256Hex } from "@countersign/shared/values/digest";
import type { Candidate } from "../../platform/approvers-rpc.ts";

/** SHA-256 over a person and their key. */
export function candidateHashOf({ credential, person }: Pick<Candidate, "credential" | "person">): string {
  return sha256Hex(`countersign-candidate-v1\n${person}\n${credential.publicKey}`);
}
