// What a person may point at by its key, with what the desk and the shard know of it.
import { describe, expect, it } from "vitest";
import {
  hostedSubject,
  type HostedSubject,
  subjectKeyOf,
} from "../../../../control-plane/src/core/words/subject.ts";
import { scopeAt } from "../../../../control-plane/src/web/brakes/scope-lookup.ts";

type Reads = Parameters<typeof scopeAt>[0];

const HOST = { hostId: "host_1", hostName: "web-1" };
const SERVICE = hostedSubject(HOST, "queue");

/** A desk with one host and what is open there, and a shard that knows these services; null: it does not answer. */
function readsWith(services: readonly string[] | null, open: readonly HostedSubject[] = []) {
  const asked = { shard: 0 };
  const reads = {
    desk: {
      hostAt: async (hostId: string) => {
        if (hostId !== HOST.hostId) return null;
        const host = { hostId, name: HOST.hostName, shard: "shard-0" };
        return { host, open: open.map((subject) => ({ subject })) };
      },
    },
    shard: () => ({
      host: async () => {
        asked.shard += 1;
        if (services === null) throw new Error("no answer");
        return { listed: services, services: {} };
      },
    }),
  } as unknown as Reads;
  return { reads, asked };
}

async function scopeOrReason(reads: Reads, scope: HostedSubject) {
  const found = await scopeAt(reads, subjectKeyOf(scope));
  return found.ok ? found.value : found.error.reason;
}

describe("a scope by its key", () => {
  it("is a service that its shard knows, and none that it does not", async () => {
    const { reads } = readsWith(["queue"]);
    expect(await scopeOrReason(reads, SERVICE)).toEqual(SERVICE);
    expect(await scopeOrReason(reads, hostedSubject(HOST, "api"))).toBe("scope-unknown");
  });

  it("is a host that the desk has registered, whatever its shard does", async () => {
    const { asked, reads } = readsWith(null);
    const host = hostedSubject(HOST, null);
    expect(await scopeOrReason(reads, host)).toEqual(host);
    expect(await scopeOrReason(reads, { ...host, hostId: "host_2" })).toBe("scope-unknown");
    expect(asked.shard).toBe(0);
  });

  it.each([[null], [[]]])(
    "is the service of an open incident, also where the shard knows %j",
    async (services) => {
      const { asked, reads } = readsWith(services, [SERVICE]);
      expect(await scopeOrReason(reads, SERVICE)).toEqual(SERVICE);
      expect(asked.shard).toBe(0);
    },
  );

  it("is no service besides while the shard does not answer", async () => {
    const { reads } = readsWith(null, [SERVICE]);
    expect(await scopeOrReason(reads, hostedSubject(HOST, "api"))).toBe("shard-silent");
  });
});
