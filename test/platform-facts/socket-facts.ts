// Facts of the sockets of hosts: what is attached to them, which are live, and what is left of an actor whose memory has gone.
import { expect } from "vitest";
import { namedFrom, NONE_NAMED } from "@countersign/shared/values/named";
import type { AttachedHost } from "../../control-plane/src/core/shard/kept/shard-stored.ts";
import type { Actor, PlatformFact, Ports } from "./platform.ts";
import { connectionAt } from "./proven-host.ts";

const HOST = "hst_one";
const OTHER = "hst_other";
const A_WHILE_MS = 30;
const ONLY_SOCKETS = "its memory goes when the world says so, and then its sockets go with it";

/** What a host's socket holds whose hello was at this instant, with so many characters beside it. */
function attachedOf(helloAt: number, beside: { readonly text?: string; readonly difference?: string }) {
  const { difference, text } = beside;
  const service = { invocationId: text ?? "", restartCount: 0, healthySinceAt: null };
  return {
    connection: connectionAt(helloAt),
    sinceAt: helloAt,
    services: text === undefined ? NONE_NAMED : namedFrom([["demo", service]]),
    ...(difference === undefined ? {} : { unsaved: { savedAt: 1, difference } }),
  } satisfies AttachedHost;
}

function survivorOf({ sockets }: Ports): AttachedHost | null {
  return sockets.survivors().get(HOST)?.attached ?? null;
}

async function proven(actor: Actor, hostId = HOST): Promise<number> {
  await actor.dials(hostId);
  const { helloAt } = await actor.proves(hostId);
  return helloAt;
}

/** What is left of this when it is attached. */
async function leftOf(actor: Actor, beside: Parameters<typeof attachedOf>[1]) {
  const attached = attachedOf(await proven(actor), beside);
  const left = await actor.event((ports) => {
    ports.sockets.attach(HOST, attached);
    return survivorOf(ports);
  });
  return { attached, left };
}

async function expectShort(actor: Actor, beside: Parameters<typeof attachedOf>[1]): Promise<void> {
  const { attached, left } = await leftOf(actor, beside);
  // As of a row that was never written: what the socket held beyond it is known to be lost.
  const unsaved = { savedAt: -1, difference: "{}" };
  expect(left).toEqual({ ...attached, services: NONE_NAMED, unsaved });
}

export const SOCKET_FACTS: readonly PlatformFact[] = [
  {
    name: "what is attached is a copy",
    check: async (actor) => {
      const helloAt = await proven(actor);
      const attached: { -readonly [Key in keyof AttachedHost]: AttachedHost[Key] } = attachedOf(helloAt, {});
      const left = await actor.event((ports) => {
        ports.sockets.attach(HOST, attached);
        attached.sinceAt = 1;
        Object.assign(attached.connection, { hostname: "changed" });
        return [survivorOf(ports), survivorOf(ports)];
      });
      expect(left).toEqual([attachedOf(helloAt, {}), attachedOf(helloAt, {})]);
      expect(left[0]).not.toBe(left[1]);
    },
  },
  {
    name: "what fits 16 KB is attached whole, but for the catalogue",
    check: async (actor) => {
      const { attached, left } = await leftOf(actor, {
        text: "x".repeat(7_500),
        difference: "{}".padEnd(7_500),
      });
      expect(left).toEqual(attached);
    },
  },
  {
    name: "what is larger than 16 KB is attached without what can be learned again",
    check: async (actor) => expectShort(actor, { text: "x".repeat(8_500), difference: "{}".padEnd(8_500) }),
  },
  {
    name: "a character beyond Latin-1 doubles the text that it is in, and no other",
    check: async (actor) => {
      const wide = { text: "\u4e2d".repeat(5_000), difference: "{}".padEnd(5_000) };
      const { attached, left } = await leftOf(actor, wide);
      expect(left).toEqual(attached);
      await expectShort(actor, { ...wide, difference: "{}\u4e2d".padEnd(5_000) });
    },
  },
  {
    name: "nothing is attached where there is no live socket, and nothing sent",
    check: async (actor) => {
      const found = await actor.event(({ sockets }) => {
        sockets.attach(HOST, attachedOf(1, {}));
        sockets.send(HOST, {
          version: 1,
          type: "welcome",
          shard: "",
          serverAt: 1,
          keepaliveMs: 1,
          lateAfterMs: 1,
        });
        return [
          sockets.lastSeen(HOST),
          sockets.survivors().size,
          sockets.hostIds(),
          sockets.silenceAt(Infinity),
        ];
      });
      expect(found).toEqual([null, 0, [], { hostIds: [], nextSeenAt: null }]);
    },
  },
  {
    name: "a socket that has proven nothing is none of a host's, whatever it says",
    check: async (actor) => {
      await actor.dials(HOST);
      await actor.keepsAlive(HOST);
      expect(await actor.event(({ sockets }) => [sockets.hostIds(), sockets.lastSeen(HOST)])).toEqual([
        [],
        null,
      ]);
    },
  },
  {
    name: "a host has one live socket: the newest",
    check: async (actor) => {
      await proven(actor);
      await actor.passes(A_WHILE_MS);
      const helloAt = await proven(actor);
      const found = await actor.event((ports) => [
        ports.sockets.hostIds(),
        survivorOf(ports)?.connection.connectedAt,
        ports.sockets.lastSeen(HOST),
      ]);
      expect(found).toEqual([[HOST], helloAt, helloAt]);
    },
  },
  {
    name: "the last keepalive is never before the hello",
    check: async (actor) => {
      await actor.dials(HOST);
      await actor.keepsAlive(HOST);
      await actor.passes(A_WHILE_MS);
      const { helloAt } = await actor.proves(HOST);
      const seenAt = async () => actor.event(({ sockets }) => sockets.lastSeen(HOST));
      expect(await seenAt()).toBe(helloAt);
      await actor.passes(A_WHILE_MS);
      await actor.keepsAlive(HOST);
      expect(await seenAt()).toBeGreaterThan(helloAt);
    },
  },
  {
    name: "silence at an instant is of those not seen after it, and the oldest sign of life after it is told",
    check: async (actor) => {
      const first = await proven(actor);
      await actor.passes(A_WHILE_MS);
      const second = await proven(actor, OTHER);
      const found = await actor.event(({ sockets }) =>
        [first - 1, first, second].map((at) => sockets.silenceAt(at)),
      );
      expect(found).toEqual([
        { hostIds: [], nextSeenAt: first },
        { hostIds: [HOST], nextSeenAt: second },
        { hostIds: [HOST, OTHER], nextSeenAt: null },
      ]);
    },
  },
  {
    // workerd lists a socket that was closed until its other end has answered.
    name: "a socket that was ended is not live, though the platform may list it still",
    check: async (actor) => {
      await proven(actor);
      const found = await actor.event((ports) => {
        ports.sockets.restartAll();
        const { sockets } = ports;
        sockets.attach(HOST, attachedOf(1, {}));
        return [
          sockets.hostIds(),
          sockets.lastSeen(HOST),
          survivorOf(ports),
          sockets.silenceAt(Infinity).hostIds,
        ];
      });
      expect(found).toEqual([[], null, null, []]);
    },
  },
  {
    name: "one host's socket can be ended alone",
    check: async (actor) => {
      await proven(actor);
      await proven(actor, OTHER);
      const found = await actor.event(({ sockets }) => {
        sockets.restart(HOST);
        sockets.restart("hst_unknown");
        return [sockets.hostIds(), sockets.lastSeen(HOST)];
      });
      expect(found).toEqual([[OTHER], null]);
    },
  },
  {
    name: "an ended socket is not live for the next life either",
    lacking: { memory: ONLY_SOCKETS },
    check: async (actor) => {
      await proven(actor);
      await actor.event(({ sockets }) => sockets.restartAll());
      await actor.forgets();
      const found = await actor.event((ports) => [ports.sockets.hostIds(), survivorOf(ports)]);
      expect(found).toEqual([[], null]);
    },
  },
  {
    name: "hibernation keeps sockets, what is attached to them, their last keepalives and the alarm, and forgets memory",
    lacking: { memory: ONLY_SOCKETS },
    check: async (actor) => {
      const { attached } = await leftOf(actor, { text: "kept" });
      await actor.passes(A_WHILE_MS);
      await actor.keepsAlive(HOST);
      const known = (ports: Ports) => ({
        alarmAt: ports.alarm.armedAt,
        attached: survivorOf(ports),
        seenAt: ports.sockets.lastSeen(HOST),
        hostIds: ports.sockets.hostIds(),
      });
      let [before, after]: (Ports | null)[] = [null, null];
      const knownBefore = await actor.event((ports) => {
        before = ports;
        ports.alarm.set(ports.clock.now + 60_000);
        return known(ports);
      });
      await actor.forgets();
      const knownAfter = await actor.event((ports) => {
        after = ports;
        return known(ports);
      });
      expect(knownAfter).toEqual(knownBefore);
      expect(knownAfter).toMatchObject({ attached, hostIds: [HOST] });
      expect(before).not.toBe(after);
    },
  },
  {
    name: "an alarm wakes an actor whose memory has gone",
    lacking: { memory: ONLY_SOCKETS },
    check: async (actor) => {
      const found: (readonly string[])[] = [];
      actor.onRing(({ sockets }) => void found.push(sockets.hostIds()));
      await proven(actor);
      await actor.event(({ alarm, clock }) => alarm.set(clock.now + 400));
      await actor.forgets();
      await actor.rings(1);
      expect(found).toEqual([[HOST]]);
    },
  },
];
