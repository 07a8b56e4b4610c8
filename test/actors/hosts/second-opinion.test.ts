// What a TCP connect to the host's declared port says, and that it reaches the state and the wording.
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, inject, it } from "vitest";
import type { Env } from "../../../control-plane/src/env.ts";
import { askSecondOpinion, isAskable } from "../../../control-plane/src/platform/shard/second-opinion.ts";
import { dial, enrolledHost, helloOf, shard, takeClock } from "../world/fleet.ts";

/** The discard port: nothing listens there on a test machine. */
const CLOSED_PORT = 9;

describe("a second opinion", () => {
  it("tells an answering port from a closed one", async () => {
    expect(await askSecondOpinion("127.0.0.1", inject("probePort"))).toBe("answers");
    expect(await askSecondOpinion("127.0.0.1", CLOSED_PORT)).toBe("refused");
  });

  it.each([
    ["203.0.113.7", true],
    ["10.0.0.5", true],
    ["2001:db8::1", true],
    ["fd12::1", true],
    ["127.0.0.1", false],
    ["127.9.9.9", false],
    ["::1", false],
    ["::ffff:7f00:1", false],
    ["::ffff:127.0.0.1", false],
    ["0.0.0.0", false],
    ["169.254.169.254", false],
    ["fe80::1", false],
    ["localhost", false],
    ["", false],
  ])("of %s may be asked for in production: %s; embedded, everything may", (address, isAsked) => {
    expect(isAskable(address, false)).toBe(isAsked);
    expect(isAskable(address, true)).toBe(true);
  });

  it("is not asked for at an address of our own without a terminal beside us", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    const agent = await dial(host);
    const { challenge } = await agent.expect("challenge");
    agent.send(await helloOf(host, challenge, { probePort: inject("probePort") }));
    await agent.expect("welcome");
    await runInDurableObject(shard(), (instance) => {
      const { env } = instance as unknown as { env: Env };
      void Object.assign(instance, { env: { ...env, TERMINAL: undefined } });
    });
    clock.advance(12_000);
    await runDurableObjectAlarm(shard());
    await shard().settled();
    expect((await shard().snapshot())[0]).toMatchObject({ secondOpinion: "not-asked" });
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
