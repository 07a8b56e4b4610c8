// One host floods, in workerd: what it costs the others. It is throttled and shown so, its page comes, and the audit hardly grows.
// Short floods on purpose: a minute of it is in test/long.
import { describe, expect, it } from "vitest";
import {
  AGENT_FRAME_BYTES_MAX,
  FLOOD_CLOSE_FACTOR,
  HOST_BYTES_BURST_MAX,
  HOST_HELLOS_BURST_MAX,
} from "@countersign/shared/values/limits";
import { CLOSE_CODES } from "@countersign/shared/wire/close-codes";
import {
  type AgentSocket,
  connectedAgent,
  desk,
  dial,
  type EnrolledHost,
  enrolledHost,
  helloOf,
  shard,
  takeClock,
} from "../world/fleet.ts";

/** As large as a frame may be, so that few are a flood: more bytes than a host may send at once, and far less than what closes its socket. */
const PADDED_CHARS = AGENT_FRAME_BYTES_MAX;
const FLOOD = HOST_BYTES_BURST_MAX / PADDED_CHARS + 170;
const FRAME_CHARS = 4 * 1024 * 1024;
const AUDIT_GROWTH_MAX = 100;

async function auditCount(): Promise<number> {
  const [newest] = await desk().auditRows({ before: null, limit: 1 });
  return newest?.sequence ?? 0;
}

async function settled(): Promise<void> {
  await shard().settled();
  await desk().settled();
}

async function stateOf({ hostId }: EnrolledHost) {
  return (await shard().snapshot()).find((host) => host.hostId === hostId);
}

async function openReasons(): Promise<readonly string[]> {
  const { incidents } = await desk().overview();
  return incidents.filter(({ state }) => state !== "resolved").map(({ reason }) => reason);
}

function flood(agent: AgentSocket, frameOf: (index: number) => object): void {
  takeClock(); // so that nothing fills up again, however slow this machine is
  for (let index = 0; index < FLOOD; index += 1)
    agent.socket.send(JSON.stringify({ version: 1, ...frameOf(index) }).padEnd(PADDED_CHARS));
}

const outcome = (sequence: number) => ({
  type: "outcome",
  outcome: {
    nonce: null,
    grantId: null,
    action: "restart",
    service: "demo",
    status: "refused",
    refusal: "nonce-unknown",
    detail: "",
    unitBefore: null,
    unitAfter: null,
    startedAt: 1,
    finishedAt: 2,
    sequence,
  },
});

const KINDS: ReadonlyArray<readonly [string, (index: number) => object]> = [
  [
    "announcements that differ each time",
    (index) => ({ type: "leaving", reason: "stop", returnWithinMs: (index * 61_000) % 3_600_000 }),
  ],
  ["outcomes of nothing", (index) => outcome(index + 1)],
  [
    "a finding that begins and ends all the time",
    (index) => ({
      type: "facts",
      sentAt: Date.now(),
      facts: [
        {
          kind: "privilege",
          service: "demo",
          at: Date.now(),
          action: "restart",
          isExecutable: index % 2 === 1,
          command: "sudo -n true",
        },
      ],
    }),
  ],
];

describe("a host that sends more than its budget", () => {
  it.each(KINDS)("adds little to the audit and is told of: %s", async (_kind, frameOf) => {
    const host = await enrolledHost("flood-1");
    const agent = await connectedAgent(host);
    await settled();
    const before = await auditCount();
    flood(agent, frameOf);
    await expect.poll(openReasons, { timeout: 20_000 }).toContain("host-flooding");
    await settled();
    expect((await auditCount()) - before).toBeLessThan(AUDIT_GROWTH_MAX);
    expect(agent.closedWith).toBeNull();
    expect(await stateOf(host)).toMatchObject({
      liveness: "up",
      flooding: { droppedCount: expect.any(Number) as number },
    });
  });

  it("delays no other host's page", async () => {
    const [mad, honest] = [await enrolledHost("flood-1"), await enrolledHost("honest-1")];
    const [agent, other] = [await connectedAgent(mad), await connectedAgent(honest)];
    flood(agent, (index) => outcome(index + 1));
    const gap = { kind: "privilege", service: "demo", action: "restart", isExecutable: false, command: "x" };
    other.send({ type: "facts", sentAt: Date.now(), facts: [{ ...gap, at: Date.now() }] });
    await expect.poll(openReasons, { timeout: 3_000 }).toContain("privilege-gap");
    expect(await stateOf(honest)).toMatchObject({ flooding: null });
  });

  it("is closed above ten times the budget alone, with a code of its own, and is not called silent", async () => {
    const host = await enrolledHost("flood-1");
    const agent = await connectedAgent(host);
    takeClock(); // so that nothing fills up again however slow this machine is
    const large = "x".repeat(FRAME_CHARS);
    for (let sent = 0; sent <= FLOOD_CLOSE_FACTOR * HOST_BYTES_BURST_MAX; sent += FRAME_CHARS)
      agent.socket.send(large);
    expect(await agent.expectClose()).toBe(CLOSE_CODES["host-flooding"]);
    const state = await stateOf(host);
    expect(state?.flooding?.returnDueAt).toBeGreaterThan(Date.now());
  });

  it("is let in again only as often as its budget of hellos says", async () => {
    const host = await enrolledHost("flood-1");
    const codes: (number | null)[] = [];
    for (let count = 0; count <= HOST_HELLOS_BURST_MAX + 2; count += 1) {
      const agent = await dial(host);
      const { challenge } = await agent.expect("challenge");
      agent.send(await helloOf(host, challenge));
      await expect
        .poll(() => agent.closedWith ?? agent.received.find(({ type }) => type === "welcome"))
        .toBeTruthy();
      codes.push(agent.closedWith);
    }
    expect(codes).toContain(CLOSE_CODES["host-flooding"]);
    expect(codes.slice(0, HOST_HELLOS_BURST_MAX)).not.toContain(CLOSE_CODES["host-flooding"]);
    await settled();
    expect(await openReasons()).toEqual(["host-flooding"]);
  });
});
