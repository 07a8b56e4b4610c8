// How a socket is proven, and with which named code it ends when it is not.
import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { sha256Hex } from "@countersign/shared/values/digest";
import {
  AGENT_FRAME_BYTES_MAX,
  CHALLENGE_TTL_MS,
  SERVICES_PER_HOST_MAX,
  TAGS_PER_HOST_MAX,
} from "@countersign/shared/values/limits";
import { namesOf } from "@countersign/shared/values/named";
import { CLOSE_CODES } from "@countersign/shared/wire/close-codes";
import { generateKeyPair } from "@countersign/shared/wire/signature";
import { PATIENT } from "../../patience.ts";
import {
  ask,
  BOOT,
  connectedAgent,
  dial,
  enrolledHost,
  helloOf,
  OTHER_BOOT,
  serviceReport,
  shard,
  takeClock,
  UNIT,
} from "../world/fleet.ts";

describe("hello", () => {
  it("is welcomed when the enrolled key signed this challenge", async () => {
    const host = await enrolledHost();
    const agent = await connectedAgent(host);
    expect(await agent.expect("welcome")).toMatchObject({ shard: "shard-0", keepaliveMs: 5_000 });
    const [state] = await shard().snapshot();
    expect(state).toMatchObject({ hostId: host.hostId, liveness: "up", name: "web-1" });
    expect(state?.connection?.catalogue).toHaveLength(1);
  });

  it.each([
    ["a forged signature", { signature: encodeBase64(new Uint8Array(64)) }],
    ["another audience", { audience: "evil.example" }],
    ["another challenge", { challenge: encodeBase64(new Uint8Array(32)) }],
  ])("is refused with 4401 for %s", async (_what, forged) => {
    const host = await enrolledHost();
    const agent = await dial(host);
    const { challenge } = await agent.expect("challenge");
    agent.send(await helloOf(host, challenge, forged));
    expect(await agent.expectClose()).toBe(CLOSE_CODES.unauthenticated);
    expect((await shard().snapshot())[0]?.liveness).toBe("unknown");
  });

  it("is refused with 4401 when another host's key signed it", async () => {
    const host = await enrolledHost();
    const agent = await dial(host);
    const { challenge } = await agent.expect("challenge");
    agent.send(await helloOf({ ...host, key: await generateKeyPair() }, challenge));
    expect(await agent.expectClose()).toBe(CLOSE_CODES.unauthenticated);
  });

  it("is refused with 4404 for a host that was never enrolled, and stores nothing", async () => {
    const agent = await dial({ hostId: `host_${"0".repeat(32)}`, shard: "shard-9999" });
    expect(await agent.expectClose()).toBe(CLOSE_CODES["host-unknown"]);
    expect(await shard("shard-9999").rowsWritten()).toBe(0);
  });

  it("is refused with 4408 once the challenge is too old", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    const agent = await dial(host);
    const { challenge } = await agent.expect("challenge");
    clock.advance(CHALLENGE_TTL_MS);
    agent.send(await helloOf(host, challenge));
    expect(await agent.expectClose()).toBe(CLOSE_CODES["challenge-expired"]);
  });

  it("that never comes is closed by the deadline", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    const agent = await dial(host);
    await agent.expect("challenge");
    clock.advance(CHALLENGE_TTL_MS);
    await runDurableObjectAlarm(shard());
    expect(await agent.expectClose()).toBe(CLOSE_CODES["challenge-expired"]);
  });

  it("a second time on one socket is refused: a challenge is answered once", async () => {
    const host = await enrolledHost();
    const agent = await connectedAgent(host);
    const { challenge } = await agent.expect("challenge");
    agent.send(await helloOf(host, challenge));
    expect(await agent.expectClose()).toBe(CLOSE_CODES.unauthenticated);
  });
});

describe("the largest catalogue", () => {
  it("outlives hibernation, although it is larger than a socket's attachment", async () => {
    const host = await enrolledHost();
    const actions = Array.from({ length: 16 }, (_, index) => ({ action: `action-${index}`, level: 4 }));
    const catalogue = Array.from({ length: SERVICES_PER_HOST_MAX }, (_, index) => ({
      service: `service-${index}-${"s".repeat(40)}`,
      title: "t".repeat(80),
      unit: "u".repeat(200),
      actions,
    }));
    const agent = await dial(host);
    const { challenge } = await agent.expect("challenge");
    agent.send({ ...(await helloOf(host, challenge)), catalogue });
    await agent.expect("welcome");
    const services = catalogue.map(({ service }) => ({ ...serviceReport("pass"), service }));
    agent.send({ type: "report", digest: true, sentAt: Date.now(), services });
    await agent.ping();
    await evictDurableObject(shard());
    const [state] = await shard().snapshot();
    expect(state?.liveness).toBe("up");
    expect(state?.connection?.catalogue).toEqual(catalogue);
    expect(Object.keys(state?.services ?? {})).toHaveLength(SERVICES_PER_HOST_MAX);
  });
});

describe("names that leave no room in a socket's attachment", () => {
  it("cost their host the baselines of its services over hibernation, and nothing else", async () => {
    const host = await enrolledHost();
    const agent = await dial(host);
    const { challenge } = await agent.expect("challenge");
    const tags = Array.from({ length: TAGS_PER_HOST_MAX }, (_, index) => `tag-${index}-${"t".repeat(50)}`);
    agent.send({ ...(await helloOf(host, challenge)), hostname: "\u4e2d".repeat(253), tags });
    await agent.expect("welcome");
    const services = Array.from({ length: SERVICES_PER_HOST_MAX }, (_, index) => {
      const report = serviceReport("pass");
      const unit = { ...UNIT, invocationId: "\u4e2d".repeat(80), restartCount: 1_000_000 };
      return { ...report, service: `service-${index}-${"s".repeat(50)}`, unit };
    });
    const names = async () => namesOf((await shard().snapshot())[0]!.services);
    const attached = vi.spyOn(WebSocket.prototype, "serializeAttachment");
    agent.send({ type: "report", digest: true, sentAt: Date.now(), services });
    await expect.poll(names).toHaveLength(SERVICES_PER_HOST_MAX);
    expect(attached.mock.results.map(({ type }) => type)).toEqual(["throw", "return"]);
    attached.mockRestore();
    await evictDurableObject(shard());
    expect(await names()).toEqual([]);
    agent.send({ type: "report", digest: true, sentAt: Date.now(), services });
    await expect.poll(names).toHaveLength(SERVICES_PER_HOST_MAX);
    expect((await shard().snapshot())[0]).toMatchObject({ liveness: "up", connection: { tags } });
  });
});

describe("frames", () => {
  it.each([
    ["version-unsupported", JSON.stringify({ version: 2, type: "hello" })],
    ["message-unknown", JSON.stringify({ version: 1, type: "surprise" })],
    ["frame-malformed", "not JSON"],
    ["frame-too-large", "x".repeat(AGENT_FRAME_BYTES_MAX + 1)],
  ] as const)("end the socket: %s", async (reason, frame) => {
    const agent = await dial(await enrolledHost());
    await agent.expect("challenge");
    agent.socket.send(frame);
    expect(await agent.expectClose()).toBe(CLOSE_CODES[reason]);
  });

  it("of the largest size are still parsed", async () => {
    const agent = await dial(await enrolledHost());
    await agent.expect("challenge");
    agent.socket.send("x".repeat(AGENT_FRAME_BYTES_MAX));
    expect(await agent.expectClose()).toBe(CLOSE_CODES["frame-malformed"]);
  });

  it("in binary are malformed", async () => {
    const agent = await dial(await enrolledHost());
    await agent.expect("challenge");
    agent.socket.send(new Uint8Array([1, 2, 3]));
    expect(await agent.expectClose()).toBe(CLOSE_CODES["frame-malformed"]);
  });
});

describe("a refused frame of a proven host costs that frame", () => {
  const report = (services: readonly object[]) =>
    JSON.stringify({ version: 1, type: "report", digest: true, sentAt: Date.now(), services });
  const from1960 = { ...serviceReport("pass"), unit: { ...UNIT, activeEnterAt: -315_619_200_000 } };

  it.each([
    ["version-unsupported", JSON.stringify({ version: 2, type: "report" })],
    ["message-unknown", JSON.stringify({ version: 1, type: "surprise" })],
    ["frame-malformed", "not JSON"],
    ["frame-malformed", report([from1960])],
    ["frame-malformed", new Uint8Array([1, 2, 3])],
    ["frame-too-large", "x".repeat(AGENT_FRAME_BYTES_MAX + 1)],
  ] as const)("%s", async (reason, frame) => {
    const host = await enrolledHost();
    const agent = await connectedAgent(host);
    agent.socket.send(frame);
    const isReadable = typeof frame === "string" && reason !== "frame-too-large";
    const frameHash = isReadable ? sha256Hex(frame).slice(0, 32) : null;
    expect(await agent.expect("frame-refused")).toMatchObject({ reason, frameHash });
    agent.socket.send(report([serviceReport("pass")]));
    await vi.waitFor(async () => {
      const [state] = await shard().snapshot();
      expect(Object.keys(state?.services ?? {})).toEqual(["demo"]);
    }, PATIENT);
    await agent.ping();
    expect(agent.closedWith).toBeNull();
  });

  it("is counted, and told once on each connection", async () => {
    const host = await enrolledHost();
    const agent = await connectedAgent(host);
    for (const text of ["one", "two", "three"]) agent.socket.send(text);
    await vi.waitFor(async () => {
      const [state] = await shard().snapshot();
      expect(state?.connection?.framesRefused).toBe(3);
    }, PATIENT);
    expect(agent.received.filter(({ type }) => type === "frame-refused")).toHaveLength(3);
    expect(agent.closedWith).toBeNull();
  });
});

describe("a second connection", () => {
  it("of the same boot replaces the first", async () => {
    const host = await enrolledHost();
    const first = await connectedAgent(host);
    const second = await connectedAgent(host);
    expect(await first.expectClose()).toBe(CLOSE_CODES.replaced);
    expect(second.closedWith).toBeNull();
    expect((await shard().snapshot())[0]?.liveness).toBe("up");
  });

  it("of another boot is refused while the first lives", async () => {
    const host = await enrolledHost();
    const first = await connectedAgent(host, BOOT);
    const second = await dial(host);
    const { challenge } = await second.expect("challenge");
    second.send(await helloOf(host, challenge, { bootId: OTHER_BOOT }));
    expect(await second.expectClose()).toBe(CLOSE_CODES["identity-conflict"]);
    expect(first.closedWith).toBeNull();
  });

  it("of another boot is taken once the first has been silent for T", async () => {
    const host = await enrolledHost();
    const first = await connectedAgent(host, BOOT);
    takeClock().advance(12_000);
    await connectedAgent(host, OTHER_BOOT);
    expect(await first.expectClose()).toBe(CLOSE_CODES.replaced);
  });
});

describe("the connect path", () => {
  it.each([
    "/v1/agent/connect/shard-x/host_00",
    `/v1/agent/connect/shard-0/host_${"g".repeat(32)}`,
    `/v1/agent/connect/shard-10000/host_${"0".repeat(32)}`,
  ])("touches no shard for %s", async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  it("without an upgrade says so", async () => {
    expect((await ask(`/v1/agent/connect/shard-0/host_${"0".repeat(32)}`)).status).toBe(426);
  });
});
