// Before anybody has proven anything: failed attempts are counted by address and turned away, and whoever proves is never limited for
// what others at the same address do.
import { evictDurableObject, SELF } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { connectPathOf } from "@countersign/shared/wire/enrolment";
import { generateKeyPair } from "@countersign/shared/wire/signature";
import {
  FAILED_ATTEMPTS_MAX,
  FAILED_ATTEMPTS_WINDOW_MS,
} from "../../../control-plane/src/core/doors/failed-attempts.ts";
import { byAdmin } from "../../../control-plane/src/core/words/actor.ts";
import { forgetAttempts } from "../../../control-plane/src/http/attempts.ts";
import { IncidentDesk } from "../../../control-plane/src/platform/desk/incident-desk.ts";
import {
  CHALLENGED_PER_HOST_MAX,
  STRANGERS_PER_ADDRESS_MAX,
} from "../../../control-plane/src/platform/shard/workerd-sockets.ts";
import { Device, OWN_FORM, signedInDevice, STRANGER } from "../people/device.ts";
import {
  AgentSocket,
  ask,
  bindings,
  connectedAgent,
  desk,
  dial,
  enrol,
  enrolledHost,
  type EnrolledHost,
  helloOf,
  ORIGIN,
  shard,
  takeClock,
  signInToken,
} from "../world/fleet.ts";

const HERE = "127.0.0.1";
const ELSEWHERE = "203.0.113.7";
const BOGUS = `__Host-countersign-sign-in=${"A".repeat(43)}`;

/** Opens a socket from an address; gives the HTTP status, and the socket when it was opened. */
async function dialFrom(
  address: string,
  host: EnrolledHost,
): Promise<{ status: number; agent: AgentSocket | null }> {
  const response = await SELF.fetch(`${ORIGIN}${connectPathOf(host.shard, host.hostId)}`, {
    headers: { upgrade: "websocket", "CF-Connecting-IP": address },
  });
  const agent = response.webSocket === null ? null : new AgentSocket(response.webSocket);
  return { status: response.status, agent };
}

async function failHello(host: EnrolledHost): Promise<void> {
  const agent = await dial(host);
  const { challenge } = await agent.expect("challenge");
  agent.send(await helloOf(host, challenge, { signature: encodeBase64(new Uint8Array(64)) }));
  await agent.expectClose();
}

async function repeat(times: number, act: () => Promise<unknown>): Promise<void> {
  for (let time = 0; time < times; time += 1) await act();
}

const auditCount = async () => (await desk().auditRows({ before: null, limit: 1_000 })).length;

describe("hellos that fail", () => {
  it("turn their address away for a minute, but no host that has proven itself from there, also after a restart", async () => {
    const [known, attacked, newcomer] = [
      await enrolledHost("a"),
      await enrolledHost("b"),
      await enrolledHost("c"),
    ];
    const before = await connectedAgent(known);
    await repeat(FAILED_ATTEMPTS_MAX - 1, () => failHello(attacked));
    expect((await dialFrom(HERE, newcomer)).status).toBe(101);
    await failHello(attacked);
    expect((await dialFrom(HERE, newcomer)).status).toBe(429);
    expect((await dialFrom(HERE, attacked)).status).toBe(429);
    expect((await dialFrom(ELSEWHERE, newcomer)).status).toBe(101);
    await connectedAgent(known);
    expect(await before.expectClose()).toBe(4000);
    await evictDurableObject(shard(), { webSockets: "close" });
    await connectedAgent(known);
    const clock = takeClock();
    clock.advance(FAILED_ATTEMPTS_WINDOW_MS);
    expect((await dialFrom(HERE, newcomer)).status).toBe(101);
  });

  it("count also when the frame is none: too large, not text, not JSON", async () => {
    const host = await enrolledHost();
    const spoil = ["x".repeat(70_000), new ArrayBuffer(8), "{"];
    await repeat(FAILED_ATTEMPTS_MAX, async () => {
      const agent = await dial(host);
      await agent.expect("challenge");
      const [frame = "{"] = spoil;
      spoil.push(...spoil.splice(0, 1));
      agent.socket.send(frame);
      await agent.expectClose();
    });
    expect((await dialFrom(HERE, host)).status).toBe(429);
  });
});

describe("sockets that prove nothing", () => {
  it("are bounded by address; a host known from there still comes in", async () => {
    const known = await enrolledHost("known");
    await connectedAgent(known);
    const hosts: EnrolledHost[] = [];
    for (let index = 0; index <= STRANGERS_PER_ADDRESS_MAX / 4; index += 1)
      hosts.push(await enrolledHost(`h-${index}`));
    const statuses: number[] = [];
    for (const host of hosts)
      for (let time = 0; time < 4; time += 1) statuses.push((await dialFrom(HERE, host)).status);
    expect(statuses.filter((status) => status === 101)).toHaveLength(STRANGERS_PER_ADDRESS_MAX);
    expect(statuses.slice(STRANGERS_PER_ADDRESS_MAX)).toEqual([429, 429, 429, 429]);
    await connectedAgent(known);
    const [first] = hosts;
    expect(first && (await dialFrom(ELSEWHERE, first)).status).toBe(101);
  });

  it("push out no socket of the host itself, and turn their address away when they try", async () => {
    const host = await enrolledHost("known");
    await connectedAgent(host);
    const own = await dial(host);
    const { challenge } = await own.expect("challenge");
    const statuses: number[] = [];
    await repeat(CHALLENGED_PER_HOST_MAX + FAILED_ATTEMPTS_MAX, async () => {
      statuses.push((await dialFrom(ELSEWHERE, host)).status);
    });
    // the host's own holds one of the places
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
    own.send(await helloOf(host, challenge));
    await own.expect("welcome");
    const moved = await dialFrom("203.0.113.8", host);
    expect(moved.status).toBe(101);
    expect((await dialFrom(ELSEWHERE, host)).status).toBe(429);
  });
});

describe("a cookie", () => {
  it("of another shape is not asked about", async () => {
    const asked = vi.spyOn(IncidentDesk.prototype, "visitOf");
    for (const value of ["x", "A".repeat(44), `${"A".repeat(42)}!`, "__proto__"])
      expect((await new Device(`__Host-countersign-sign-in=${value}`).request("/")).status).toBe(401);
    expect(asked).not.toHaveBeenCalled();
  });

  it("that is wrong too often turns its address away before the desk is asked, and nobody who is signed in there", async () => {
    const device = await signedInDevice();
    expect((await device.request("/")).status).toBe(200);
    const guesser = new Device(BOGUS);
    const asked = vi.spyOn(IncidentDesk.prototype, "visitOf");
    for (let time = 0; time < FAILED_ATTEMPTS_MAX; time += 1)
      expect((await guesser.request("/")).status).toBe(401);
    expect(asked).toHaveBeenCalledTimes(FAILED_ATTEMPTS_MAX);
    expect((await guesser.request("/")).status).toBe(429);
    expect(asked).toHaveBeenCalledTimes(FAILED_ATTEMPTS_MAX);
    expect((await device.request("/")).status).toBe(200);
    expect((await guesser.request("/", { headers: { "CF-Connecting-IP": ELSEWHERE } })).status).toBe(401);
  });
});

describe("a token", () => {
  it("that is refused is recorded once, however often it is tried", async () => {
    const { token } = await desk().createEnrolmentToken(byAdmin());
    await enrol(token, await generateKeyPair(), "web-1");
    const before = await auditCount();
    const key = await generateKeyPair();
    await repeat(5, () => enrol(token, key, "web-2"));
    expect(await auditCount()).toBe(before + 1);
    const link = await signInToken();
    await desk().redeemSignInToken(link, "phone");
    const beforeSpent = await auditCount();
    await repeat(5, () => desk().redeemSignInToken(link, "another"));
    expect(await auditCount()).toBe(beforeSpent + 1);
  });

  it("that is wrong too often turns its address away: one-time links, enrolment, admin; the right admin token goes on", async () => {
    const guess = () =>
      STRANGER.submit({ action: `/sign-in/csi_${"A".repeat(43)}`, fields: { deviceName: "x" } }, OWN_FORM);
    await repeat(FAILED_ATTEMPTS_MAX, guess);
    const asked = vi.spyOn(IncidentDesk.prototype, "redeemSignInToken");
    expect((await guess()).status).toBe(429);
    expect(asked).not.toHaveBeenCalled();
    const { token } = await desk().createEnrolmentToken(byAdmin());
    expect((await enrol(token, await generateKeyPair(), "web-1")).status).toBe(429);
    expect((await ask("/v1/admin/audit", { token: "wrong" })).status).toBe(429);
    expect((await ask("/v1/admin/audit", { token: bindings.ADMIN_TOKEN })).status).toBe(200);
    forgetAttempts();
    expect((await enrol(token, await generateKeyPair(), "web-1")).status).toBe(200);
  });
});

describe("the platform's own rate limit", () => {
  it("is told of failures only, and its no is heeded", async () => {
    const limit = vi
      .spyOn(bindings.FAILED_ATTEMPTS ?? { limit: () => {} }, "limit")
      .mockResolvedValue({ success: false });
    const device = await signedInDevice();
    await device.request("/");
    expect(limit).not.toHaveBeenCalled();
    expect((await new Device(BOGUS).request("/")).status).toBe(401);
    expect(limit).toHaveBeenCalledTimes(1);
    expect((await new Device(BOGUS).request("/")).status).toBe(429);
  });
});
