// The list of hosts as it is shown: what D1 holds, with what the desk knows laid over it.
import { describe, expect, it, vi } from "vitest";
import { listHosts } from "../../../control-plane/src/http/host-list.ts";
import { listsOf } from "../../../control-plane/src/http/lists.ts";
import type { HostsNow } from "../../../control-plane/src/platform/rpc.ts";
import type { ListedState } from "../../../control-plane/src/read-side/listed-host.ts";
import type { HostsAsked } from "../../../control-plane/src/read-side/queries/host-rows.ts";
import { hostRow } from "../read-side/host-row.ts";
import { readSideWith } from "../read-side/listed.ts";

const NOW = 1_800_000_000_000;
const CALM: HostsNow = {
  down: [],
  blindShards: [],
  blindSince: [],
  enrolledCount: 3,
  unprojectedSinceAt: null,
};
const BLIND = [{ shard: "shard-1", at: NOW - 600_000 }];
const ROWS = [
  hostRow({ hostId: "host_1", name: "web-1", shard: "shard-0" }),
  hostRow({ hostId: "host_2", name: "web-2", shard: "shard-1" }),
  hostRow({ hostId: "host_3", name: "web-3", shard: "shard-1" }),
];

const REGISTERED = [1, 2, 3].map((number) => ({
  hostId: `host_${number}`,
  name: `web-${number}`,
  shard: number === 1 ? "shard-0" : "shard-1",
}));

/** What may be asked, by a desk that knows this, and how often each was. */
async function readsWith(
  known: Partial<HostsNow>,
  retired: readonly string[] = [],
  rows: Parameters<typeof readSideWith>[0] = ROWS,
) {
  const { asked, d1 } = await readSideWith(rows);
  const counts = { desk: 0, shard: 0 };
  const desk = {
    hostsNow: async () => {
      counts.desk += 1;
      return { ...CALM, ...known };
    },
    registered: async (hostIds: readonly string[]) => {
      counts.desk += 1;
      const enrolled = hostIds.filter((hostId) => !retired.includes(hostId));
      return REGISTERED.filter(({ hostId }) => enrolled.includes(hostId));
    },
  };
  const reads = {
    desk,
    shard: () => void (counts.shard += 1),
    lists: listsOf(() => d1),
  } as unknown as Parameters<typeof listHosts>[0];
  return { reads, counts, asked };
}

const FIRST: HostsAsked = { search: "", tag: null, state: null, after: null, limit: 10 };

async function shownBy(
  known: Partial<HostsNow>,
  asked: Partial<typeof FIRST> = {},
  retired: readonly string[] = [],
) {
  const { reads } = await readsWith(known, retired);
  const list = await listHosts(reads, { ...FIRST, ...asked }, NOW);
  return { ...list, hosts: list.hosts.map(({ name, liveness, sinceAt }) => [name, liveness, sinceAt]) };
}

describe("the list of hosts", () => {
  it("shows who is down by the desk as down, and first, though D1 says that it is up", async () => {
    const { hosts } = await shownBy({ down: [{ hostId: "host_3", name: "web-3", sinceAt: 7 }] });
    expect(hosts).toEqual([
      ["web-3", "down", 7],
      ["web-1", "up", null],
      ["web-2", "up", null],
    ]);
  });

  it("shows who is down by the desk and is not in D1 yet", async () => {
    const { hosts } = await shownBy({ down: [{ hostId: "host_9", name: "new-1", sinceAt: 7 }] });
    expect(hosts[0]).toEqual(["new-1", "down", 7]);
  });

  it("takes name and shard from the register, whatever D1 says of them", async () => {
    const { reads } = await readsWith({ blindShards: ["shard-1"], blindSince: BLIND });
    const part = await reads.lists.hosts(FIRST);
    const rows = part?.rows.map((row) => ({ ...row, name: "web-9", shard: "shard-0" })) ?? [];
    const lists = { ...reads.lists, hosts: async () => ({ rows, next: null }) };
    const { hosts } = await listHosts({ ...reads, lists }, FIRST, NOW);
    expect(hosts.map(({ name, shard, liveness }) => [name, shard, liveness])).toEqual([
      ["web-1", "shard-0", "up"],
      ["web-2", "shard-1", "unknown"],
      ["web-3", "shard-1", "unknown"],
    ]);
  });

  it("shows nobody as up of whom a blind shard knows", async () => {
    const { hosts } = await shownBy({ blindShards: ["shard-1"], blindSince: BLIND });
    expect(hosts.map(([name, liveness]) => [name, liveness])).toEqual([
      ["web-1", "up"],
      ["web-2", "unknown"],
      ["web-3", "unknown"],
    ]);
  });

  it("leaves out at once who was retired, and says how many are not in it yet", async () => {
    const { hosts, missingCount } = await shownBy({ enrolledCount: 5 }, {}, ["host_2"]);
    expect([hosts.map(([name]) => name), missingCount]).toEqual([["web-1", "web-3"], 2]);
  });

  it("names each host once over its parts, whoever is down", async () => {
    const { reads } = await readsWith({ down: [{ hostId: "host_2", name: "web-2", sinceAt: 7 }] });
    const names: string[] = [];
    for (let after: string | null = null, parts = 0; parts < 5; parts += 1) {
      const list = await listHosts(reads, { ...FIRST, after, limit: 2 }, NOW);
      names.push(...list.hosts.map(({ name }) => name));
      if (list.next === null) break;
      after = list.next;
    }
    expect(names).toEqual(["web-2", "web-1", "web-3"]);
  });

  it("finds by words, and of those that the desk has down only the ones with these words", async () => {
    const down = [
      { hostId: "host_2", name: "web-2", sinceAt: 7 },
      { hostId: "host_3", name: "web-3", sinceAt: 7 },
    ];
    const { hosts } = await shownBy({ down }, { search: "WEB 2" });
    expect(hosts.map(([name]) => name)).toEqual(["web-2"]);
  });

  it("counts how many are how, the desk's word over what D1 holds", async () => {
    const down = [
      { hostId: "host_2", name: "web-2", sinceAt: 7 },
      { hostId: "host_9", name: "new-1", sinceAt: 7 },
    ];
    const counts = { failing: 0, unknown: 0, down: 0, well: 0 };
    expect((await shownBy({})).counts).toEqual({ ...counts, well: 3 });
    expect((await shownBy({ blindShards: ["shard-1"], blindSince: BLIND })).counts).toEqual({
      ...counts,
      well: 1,
      unknown: 2,
    });
    expect((await shownBy({ down })).counts).toEqual({ ...counts, well: 2, down: 2 });
  });

  it("is cut down by how a host is with the desk's word over it", async () => {
    const down = [{ hostId: "host_2", name: "web-2", sinceAt: 7 }];
    const shown = async (state: ListedState) =>
      (await shownBy({ down, blindShards: ["shard-1"], blindSince: BLIND }, { state })).hosts.map(
        ([name]) => name,
      );
    expect([
      await shown("down"),
      await shown("unknown"),
      await shown("well"),
      await shown("failing"),
    ]).toEqual([["web-2"], ["web-3"], ["web-1"], []]);
  });

  it("finds who is down by a service and by a tag too", async () => {
    const tagged = hostRow({ hostId: "host_2", name: "web-2", services: '["api"]', tags: '["eu"]' });
    const { reads } = await readsWith(
      { down: [{ hostId: "host_2", name: "web-2", sinceAt: 7 }] },
      [],
      [tagged],
    );
    for (const asked of [{ search: "api eu" }, { tag: "eu" }])
      expect((await listHosts(reads, { ...FIRST, ...asked }, NOW)).hosts[0]).toMatchObject({
        name: "web-2",
        liveness: "down",
        tags: ["eu"],
      });
    expect((await listHosts(reads, { ...FIRST, tag: "us" }, NOW)).hosts).toEqual([]);
  });

  it("is as of when the oldest thing waits that is not in it, else of now", async () => {
    expect((await shownBy({ unprojectedSinceAt: NOW - 3_600_000 })).asOf).toBe(NOW - 3_600_000);
    expect((await shownBy({})).asOf).toBe(NOW);
  });

  it("costs two questions to the desk, three to D1 and none to a shard", async () => {
    const { asked, counts, reads } = await readsWith({
      down: [{ hostId: "host_2", name: "web-2", sinceAt: 7 }],
    });
    await listHosts(reads, FIRST, NOW);
    expect([counts, asked.length]).toEqual([{ desk: 2, shard: 0 }, 3]);
  });
});

describe("while D1 does not answer", () => {
  const broken: readonly (readonly [string, () => D1Database])[] = [
    [
      "throws",
      () => {
        throw new Error("D1 is down");
      },
    ],
    [
      "hangs",
      () => {
        const statement: object = { bind: () => statement, all: hang, raw: hang, run: hang };
        return { prepare: () => statement } as unknown as D1Database;
      },
    ],
  ];
  const hang = () => new Promise<never>(() => {});

  it.each(broken)(
    "and %s, the list says so, and who is down and how many there are stands all the same",
    async (_how, database) => {
      vi.useFakeTimers();
      vi.spyOn(console, "error").mockImplementation(() => {});
      const { reads } = await readsWith({ down: [{ hostId: "host_3", name: "web-3", sinceAt: 7 }] });
      const listing = listHosts({ ...reads, lists: listsOf(database) }, FIRST, NOW);
      await vi.advanceTimersByTimeAsync(2_000);
      const { asOf, enrolledCount, hosts, next } = await listing;
      vi.useRealTimers();
      vi.restoreAllMocks();
      expect([asOf, enrolledCount, next]).toEqual([null, 3, null]);
      expect(hosts.map(({ name, liveness }) => [name, liveness])).toEqual([["web-3", "down"]]);
    },
  );
});
