// Calls somebody over the network as one life of an actor: the answer is an entry of its own, and one that comes too late is heard by nobody.
import { ok, refuse } from "@countersign/shared/values/result";
import type { Ask } from "../ports/distant-read-side.ts";
import type { Network } from "./network.ts";

/** `hears` enters the life that asked, or does nothing where that is over. */
export function callerOf(network: Network, hears: (answer: () => void) => void): Ask {
  return (run, answered) => {
    let done: ReturnType<typeof run> = null;
    network.call(
      () => (done = run()) !== null,
      (isDone) =>
        hears(() =>
          answered(isDone && done !== null ? ok(done) : refuse({ reason: "call-failed", cause: "lost" })),
        ),
    );
  };
}
