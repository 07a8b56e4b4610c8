// By what a passkey that waits to be let in is known on both sides: its person's view and the approver's show the same words of it. Pure.
import { sha256Hex } from "@countersign/shared/values/digest";
import type { Credential } from "@countersign/shared/wire/assertion";

/** SHA-256 over a person and their key: its words say the same at both sides only where nobody exchanged either. */
export function candidateHashOf({
  credential,
  person,
}: {
  readonly person: string;
  readonly credential: Credential;
}): string {
  return sha256Hex(`countersign-candidate-v1\n${person}\n${credential.publicKey}`);
}
