// What does not go where many read. Pure. A sign-in link signs in whoever opens it first, as the person for whom it was
// made: it goes by their next channel instead, or not at all. What a reader would get wrong: pages may go there,
// because their link only locates.
import { unusable } from "./channel-secret.ts";
import type { Message } from "./channel.ts";

/** The refusal of a message that is for one person alone; null: it may be read by many. */
export function refusedByMany({ kind }: Message): ReturnType<typeof unusable> | null {
  return kind === "sign-in"
    ? unusable("a sign-in link is for one person: a channel that many read carries none")
    : null;
}
