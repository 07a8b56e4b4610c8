// What a TCP connect to the host's declared port says, and that it reaches the state and the wording.
import { runDurableObjectAlarm } from "cloudflare:test";
import { describe, expect, inject, it } from "vitest";
import { askSecondOpinion } from "../../control-plane/src/actors/second-opinion.ts";
import { dial, enrolledHost, helloOf, shard, takeClock } from "./fleet.ts";

/** The discard port: nothing listens there on a test machine. */
const CLOSED_PORT = 9;

describe("a second opinion", () => {
  it("tells an answering port from a closed one", async () => {
    expect(await askSecondOpinion("127.0.0.1", inject("probePort"))).toBe("answers");
    expect(await askSecondOpinion("127.0.0.1", CLOSED_PORT)).toBe("refused");
  });

  it("is taken when a host is late, at the address it was seen from", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    const agent = await dial(host);
    const { challenge } = await agent.expect("challenge");
    agent.send(await helloOf(host, challenge, { probePort: inject("probePort") }));
    await agent.expect("welcome");
    clock.advance(12_000);
    await runDurableObjectAlarm(shard());
    await shard().settled();
    expect((await shard().snapshot())[0]).toMatchObject({ liveness: "late", secondOpinion: "answers" });
  });
});
