// The platform facts over the ports of workerd, in the runtime itself: what replays and simulations take for granted is true of it.
import { describe, it } from "vitest";
import { factsOf } from "../../platform-facts/platform-facts.ts";
import { workerdActor } from "../world/workerd-actor.ts";

describe("over workerd's ports", () => {
  it.each(factsOf("workerd"))("$name", async ({ check }) => check(workerdActor()));
});
