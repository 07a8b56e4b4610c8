// What is attached to a socket that is kept in memory, as text: a copy, in which nothing is left that would not survive. What is larger than
// workerd takes is attached as workerd's port does it: without what can be learned again. Pure.
import { bytesOf } from "../../src/core/shard/kept/host-rows.ts";
import type { AttachedHost } from "../../src/core/shard/kept/shard-stored.ts";
import { withoutLearned } from "../../src/shell/shard/surviving-socket.ts";

/** The platform's limit of what is attached to a socket. What it adds to our two texts is not counted: some two hundred bytes. */
const ATTACHMENT_BYTES_MAX = 16_384;

/** JSON of what is attached. */
export function attachedText(attached: AttachedHost): string {
  const { unsaved, ...said } = { ...attached, connection: { ...attached.connection, catalogue: [] } };
  const bytes = bytesOf(JSON.stringify(said)) + bytesOf(unsaved?.difference ?? "");
  if (bytes > ATTACHMENT_BYTES_MAX) return JSON.stringify(withoutLearned(said));
  return JSON.stringify(unsaved === undefined ? said : { ...said, unsaved });
}
