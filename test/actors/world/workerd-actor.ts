// An actor over workerd's ports, in a real HostShard whose own shell is asleep: nothing is enrolled in it, and what the runtime calls in it is
// answered here. Eviction, alarms, sockets and keepalives are the runtime's own, in real time.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { vi } from "vitest";
import { NONE_NAMED } from "@countersign/shared/values/named";
import type { ActorEnv } from "../../../control-plane/src/platform/actor-env.ts";
import { HostShard } from "../../../control-plane/src/platform/shard/host-shard.ts";
import {
  type WorkerdShard,
  workerdShardOf,
} from "../../../control-plane/src/platform/shard/workerd-shard-ports.ts";
import type { Actor, Ports } from "../../platform-facts/platform.ts";
import { connectionAt } from "../../platform-facts/proven-host.ts";
import { AgentSocket, ORIGIN, shard } from "./fleet.ts";

const ENOUGH_MS = 15_000;

type Inside = HostShard & { readonly ctx: DurableObjectState; readonly env: ActorEnv };

/** What runs in the object instead of its shell. */
class InHostShard {
  ringCount = 0;
  handle: (ports: Ports) => void = () => {};
  isDeskWell = true;
  /** those who were called wait for this */
  #gate = Promise.withResolvers<void>();
  readonly #lives = new WeakMap<HostShard, WorkerdShard>();

  constructor() {
    const lifeOf = async (object: HostShard) => this.lifeOf(object as Inside);
    const ring = (life: WorkerdShard) => this.#ring(life);
    vi.spyOn(HostShard.prototype, "alarm").mockImplementation(async function rung(this: HostShard) {
      ring(await lifeOf(this));
    });
    vi.spyOn(HostShard.prototype, "fetch").mockImplementation(async function opened(
      this: HostShard,
      request,
    ) {
      const { 0: client, 1: server } = new WebSocketPair();
      const hostId = new URL(request.url).searchParams.get("host") ?? "";
      const told = { audience: "", address: null, strangerFrom: null, challenge: "", issuedAt: Date.now() };
      (await lifeOf(this)).sockets.challenge(server, { phase: "challenged", hostId, ...told });
      return new Response(null, { status: 101, webSocket: client });
    });
    for (const told of ["webSocketClose", "webSocketError", "webSocketMessage"] as const)
      vi.spyOn(HostShard.prototype, told).mockImplementation(async () => {});
  }

  /** The ports of the life that an object has now. */
  async lifeOf(object: Inside): Promise<WorkerdShard> {
    const known = this.#lives.get(object);
    if (known !== undefined) return known;
    const made = workerdShardOf(object.ctx, () => ({ ...object.env, INCIDENT_DESK: this.#desk() }));
    made.alarm.wokeWith(await object.ctx.storage.getAlarm());
    this.#lives.set(object, made);
    return made;
  }

  /** Whoever was called answers. */
  answer(): void {
    this.#gate.resolve();
    this.#gate = Promise.withResolvers();
  }

  #ring({ alarm, ports }: WorkerdShard): void {
    this.ringCount += 1;
    alarm.rang();
    this.handle(ports);
  }

  #desk(): ActorEnv["INCIDENT_DESK"] {
    const get = () => {
      if (!this.isDeskWell) throw new Error("The desk cannot be reached");
      const { promise } = this.#gate;
      return { receiveSignals: async () => promise };
    };
    return { get, idFromName: () => null } as unknown as ActorEnv["INCIDENT_DESK"];
  }
}

/** A shard that nothing was ever stored in. */
export function workerdActor(): Actor {
  const [inside, stub] = [new InHostShard(), shard("shard-facts")];
  const dialled = new Map<string, AgentSocket>();
  const run = async <T>(act: (life: WorkerdShard, object: Inside) => T | Promise<T>): Promise<T> =>
    runInDurableObject(stub as DurableObjectStub, async (object) => {
      const found = object as unknown as Inside;
      return act(await inside.lifeOf(found), found);
    });
  return {
    event: async (act) =>
      run(async ({ ports }, { ctx }) => {
        const answer = act(ports);
        const armedAt = await ctx.storage.getAlarm();
        if (armedAt !== ports.alarm.armedAt) throw new Error(`The runtime's alarm is set for ${armedAt}`);
        return answer;
      }),
    onRing: (handle) => void (inside.handle = handle),
    rings: async (count) => {
      const end = inside.ringCount + count;
      await vi.waitFor(() => expectCount(inside.ringCount, end), { timeout: ENOUGH_MS });
    },
    passes: async (durationMs) => new Promise((resolve) => void setTimeout(resolve, durationMs)),
    forgets: async () => evictDurableObject(stub),
    callsFail: () => void (inside.isDeskWell = false),
    answers: async () => {
      await run(() => inside.answer());
      await run(async ({ calls }) => calls.settled());
    },
    dials: async (hostId) => {
      const headers = { upgrade: "websocket" };
      const { webSocket } = await stub.fetch(`${ORIGIN}/?host=${hostId}`, { headers });
      if (webSocket !== null) dialled.set(hostId, new AgentSocket(webSocket));
    },
    keepsAlive: async (hostId) => dialled.get(hostId)?.ping(),
    proves: async (hostId) =>
      run(({ sockets }, { ctx }) => {
        const helloAt = Date.now();
        const attached = { connection: connectionAt(helloAt), sinceAt: helloAt, services: NONE_NAMED };
        const socket = ctx
          .getWebSockets(hostId)
          .find((each) => sockets.attachmentOf(each)?.phase === "challenged");
        if (socket === undefined) throw new Error(`${hostId} has dialled`);
        sockets.markLive(socket, hostId, attached);
        return { helloAt };
      }),
  };
}

function expectCount(count: number, end: number): void {
  if (count < end) throw new Error(`The alarm rang ${count} times, and not ${end}`);
}
