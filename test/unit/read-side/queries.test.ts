// What the lists of the read side hold, in which order, part by part; and what a list costs with ten thousand hosts.
import { describe, expect, it } from "vitest";
import { CURSOR_CHARS_MAX, LIST_ROWS_MAX } from "@countersign/shared/values/limits";
import { isAllWell, listedStateOf } from "../../../control-plane/src/read-side/listed-host.ts";
import { readAudit } from "../../../control-plane/src/read-side/queries/audit-rows.ts";
import {
  readHostGroups,
  readHosts,
  readHostsById,
  readTags,
} from "../../../control-plane/src/read-side/queries/host-rows.ts";
import { readResolved } from "../../../control-plane/src/read-side/queries/incident-rows.ts";
import { readPages, readRings } from "../../../control-plane/src/read-side/queries/page-rows.ts";
import type { ProjectionRow } from "../../../control-plane/src/read-side/rows.ts";
import { hostRow } from "./host-row.ts";
import { auditRow, incidentRow, pageRow, readSideWith, serviceRow } from "./listed.ts";

const ANY = { search: "", tag: null, state: null } as const;
const HOSTS = [
  hostRow({ hostId: "host_1", name: "web-1", services: '["api","demo"]' }),
  hostRow({ hostId: "host_2", name: "web-2", services: '["demo"]', urgency: 1 }),
  hostRow({ hostId: "host_3", name: "db-1", liveness: "down", sinceAt: 7, urgency: 0, tags: '["Ärger"]' }),
  hostRow({ hostId: "host_4", name: "app: 1", condition: "throttled", urgency: 1 }),
  hostRow({ hostId: "host_5", name: "old-1", liveness: "retired", urgency: null }),
  serviceRow("host_2", "demo", "failing", ["http", "unit"]),
  serviceRow("host_2", "gone", "gone"),
  serviceRow("host_1", "demo", "healthy"),
];

const namesOf = (part: { readonly rows: readonly { readonly name: string }[] }) =>
  part.rows.map(({ name }) => name);

describe("the list of hosts", () => {
  it("has the worst first, then by name, and none that is retired", async () => {
    const { d1 } = await readSideWith(HOSTS);
    const all = await readHosts(d1, { ...ANY, after: null, limit: 10 });
    expect(namesOf(all)).toEqual(["db-1", "app: 1", "web-2", "web-1"]);
    expect(all.next).toBeNull();
    expect(all.rows.map(({ liveness, sinceAt, condition }) => [liveness, sinceAt, condition])).toEqual([
      ["down", 7, ""],
      ["up", null, "throttled"],
      ["up", null, ""],
      ["up", null, ""],
    ]);
  });

  it("names each service, with what is wrong with it", async () => {
    const { d1 } = await readSideWith(HOSTS);
    const rows = await readHostsById(d1, ["host_1", "host_2", "host_5", "host_9"]);
    expect(new Map(rows.map(({ hostId, services }) => [hostId, services]))).toEqual(
      new Map([
        [
          "host_1",
          [
            { service: "api", title: "", status: "healthy", names: [] },
            { service: "demo", title: "", status: "healthy", names: [] },
          ],
        ],
        ["host_2", [{ service: "demo", title: "", status: "failing", names: ["http", "unit"] }]],
      ]),
    );
  });

  it("goes on where a part ended, also behind a host that moved meanwhile", async () => {
    const { d1, database } = await readSideWith(HOSTS);
    const first = await readHosts(d1, { ...ANY, after: null, limit: 2 });
    expect(namesOf(first)).toEqual(["db-1", "app: 1"]);
    database.exec("UPDATE hosts SET urgency = 3 WHERE name = 'app: 1'");
    const second = await readHosts(d1, { ...ANY, after: first.next, limit: 2 });
    expect(namesOf(second)).toEqual(["web-2", "app: 1"]);
    const third = await readHosts(d1, { ...ANY, after: second.next, limit: 2 });
    expect([namesOf(third), third.next]).toEqual([["web-1"], null]);
  });

  it.each([
    { search: "web", found: ["web-2", "web-1"] },
    { search: " WEB  demo ", found: ["web-2", "web-1"] },
    { search: "api", found: ["web-1"] },
    { search: "demo 1", found: ["web-1"] },
    { search: "Ärger", found: ["db-1"] },
    { search: "old", found: [] },
    { search: "%", found: [] },
  ])("finds $found by '$search'", async ({ search, found }) => {
    const { d1 } = await readSideWith(HOSTS);
    expect(namesOf(await readHosts(d1, { ...ANY, search, after: null, limit: 10 }))).toEqual(found);
  });

  it.each(["", ":", "x:y", "1", `3:${"x".repeat(CURSOR_CHARS_MAX - 1)}`])(
    "begins anew where '%s' is no cursor",
    async (after) => {
      const { d1 } = await readSideWith(HOSTS);
      expect(namesOf(await readHosts(d1, { ...ANY, after, limit: 1 }))).toEqual(["db-1"]);
    },
  );

  it("is counted by how they are, without those that are retired", async () => {
    const { d1 } = await readSideWith(HOSTS);
    const groups = await readHostGroups(d1);
    expect(groups.map(({ count, shard, state }) => [shard, state, count])).toEqual([
      ["shard-0", "down", 1],
      ["shard-0", "failing", 2],
      ["shard-0", "well", 1],
    ]);
  });

  it("has what is not told as not known, by the statement and by the row alike", async () => {
    const { d1 } = await readSideWith([
      hostRow({ hostId: "host_1", services: '["api"]' }),
      hostRow({ hostId: "host_2", services: '["api"]' }),
      hostRow({ hostId: "host_3", condition: "not-understood" }),
      hostRow({ hostId: "host_4", condition: "not-understood", urgency: 1 }),
      hostRow({ hostId: "host_5", urgency: 1 }),
      serviceRow("host_1", "api", "healthy"),
      serviceRow("host_2", "api", "unknown"),
      serviceRow("host_2", "old", "gone"),
      serviceRow("host_4", "api", "failing"),
      serviceRow("host_5", "api", "failing"),
      serviceRow("host_5", "db", "unknown"),
    ]);
    const groups = await readHostGroups(d1);
    expect(Object.fromEntries(groups.map(({ count, state }) => [state, count]))).toEqual({
      failing: 2,
      unknown: 2,
      well: 1,
    });
    for (const state of ["failing", "unknown", "well"] as const) {
      const { rows } = await readHosts(d1, { ...ANY, state, after: null, limit: 10 });
      expect([state, rows.length, new Set(rows.map(listedStateOf))]).toEqual([
        state,
        groups.find((group) => group.state === state)?.count,
        new Set([state]),
      ]);
    }
  });

  const TAGGED = [
    hostRow({ hostId: "host_1", name: "web-1", tags: '["web","eu"]' }),
    hostRow({ hostId: "host_2", name: "web-2", tags: '["web"]', urgency: 1 }),
    hostRow({
      hostId: "host_3",
      name: "db-1",
      tags: '["db","eu"]',
      liveness: "down",
      sinceAt: 7,
      urgency: 0,
    }),
    hostRow({ hostId: "host_4", name: "new-1", liveness: "unknown", urgency: 2, shard: "shard-1" }),
    hostRow({ hostId: "host_5", name: "web-5", tags: '["web-app"]', shard: "shard-1" }),
    hostRow({ hostId: "host_6", name: "by hand", tags: "no json" }),
    serviceRow("host_2", "demo", "failing", ["http"]),
  ];

  it.each([
    { asked: { tag: "web" }, found: ["web-2", "web-1"] },
    { asked: { tag: "we" }, found: [] },
    { asked: { tag: 'web","eu' }, found: [] },
    { asked: { state: "failing" }, found: ["web-2"] },
    { asked: { state: "down" }, found: ["db-1"] },
    { asked: { state: "unknown" }, found: ["new-1"] },
    { asked: { state: "well" }, found: ["by hand", "web-1", "web-5"] },
    { asked: { state: "well", tag: "web", search: "1" }, found: ["web-1"] },
    { asked: { search: "eu" }, found: ["db-1", "web-1"] },
    { asked: { state: "well", blindShards: ["shard-1"] }, found: ["by hand", "web-1"] },
    { asked: { state: "unknown", blindShards: ["shard-1"] }, found: ["new-1", "web-5"] },
  ] as const)("is cut down to $found by $asked", async ({ asked, found }) => {
    const { d1 } = await readSideWith(TAGGED);
    const part = await readHosts(d1, { ...ANY, ...asked, after: null, limit: 10 });
    expect(namesOf(part)).toEqual(found);
  });

  it("has tags, the largest first; what cannot be read has none, and the desk's word is over them", async () => {
    const { d1 } = await readSideWith(TAGGED);
    const told = async (blindShards: readonly string[], downIds: readonly string[]) =>
      (await readTags(d1, { blindShards, downIds })).groups.map(({ count, illCount, tag, unknownCount }) => [
        tag,
        count,
        illCount,
        unknownCount,
      ]);
    expect(await told([], [])).toEqual([
      ["eu", 2, 1, 0],
      ["web", 2, 1, 0],
      ["db", 1, 1, 0],
      ["web-app", 1, 0, 0],
    ]);
    expect(await told(["shard-1"], ["host_1"])).toEqual([
      ["eu", 2, 2, 0],
      ["web", 2, 2, 0],
      ["db", 1, 1, 0],
      ["web-app", 1, 0, 1],
    ]);
  });

  it("has the tags of most hosts, whatever a few ill ones name, and says how many more there are", async () => {
    const tagsOf = (from: number) =>
      JSON.stringify(Array.from({ length: 16 }, (_, index) => `ill-${from + index}`));
    const { d1 } = await readSideWith([
      ...[0, 16, 32, 48].map((from) => hostRow({ hostId: `ill_${from}`, tags: tagsOf(from), urgency: 1 })),
      ...[1, 2].map((index) => hostRow({ hostId: `well_${index}`, tags: '["web"]' })),
    ]);
    const { groups, moreCount } = await readTags(d1, { blindShards: [], downIds: [] });
    expect([groups[0]?.tag, groups.length, moreCount]).toEqual(["web", 60, 5]);
  });

  it("survives what somebody wrote there by hand", async () => {
    const { d1, database } = await readSideWith(HOSTS);
    database.exec("UPDATE hosts SET services = 'no json' WHERE name = 'web-1'");
    database.exec("UPDATE services SET names = '{}', status = 'failing' WHERE host_id = 'host_1'");
    const [row] = await readHostsById(d1, ["host_1"]);
    expect(row?.services).toEqual([{ service: "demo", title: "", status: "failing", names: [] }]);
  });
});

it.each([
  [{}, true],
  [{ asOf: 95_001 }, true],
  [{ asOf: 95_000 }, false],
  [{ asOf: null }, false],
  [{ blindShards: ["shard-1"] }, false],
  [{ counts: null }, false],
  [{ counts: { down: 0, failing: 0, unknown: 1, well: 1 } }, false],
])("a list with %j is all well: %s", (given, isWell) => {
  const counts = { down: 0, failing: 0, unknown: 0, well: 2 };
  const calm = {
    hosts: [],
    next: null,
    enrolledCount: 2,
    counts,
    missingCount: 0,
    blindShards: [],
    asOf: 1e5,
  };
  expect(isAllWell({ ...calm, ...given }, 1e5)).toBe(isWell);
});

describe("what is over", () => {
  const ROWS = [
    incidentRow("inc_1", 10),
    incidentRow("inc_2", 30, "host_b"),
    incidentRow("inc_3", 20),
    incidentRow("inc_4", 20),
    incidentRow("inc_5", null),
  ];

  it("is listed from its newest end on, part by part", async () => {
    const { d1 } = await readSideWith(ROWS);
    const asked = { hostId: null, limit: 3 };
    const first = await readResolved(d1, { ...asked, after: null });
    expect(first.rows.map(({ incidentId }) => incidentId)).toEqual(["inc_2", "inc_4", "inc_3"]);
    const second = await readResolved(d1, { ...asked, after: first.next });
    expect([second.rows.map(({ incidentId }) => incidentId), second.next]).toEqual([["inc_1"], null]);
  });

  it("is listed of one host", async () => {
    const { d1 } = await readSideWith(ROWS);
    const part = await readResolved(d1, { hostId: "host_b", after: null, limit: 3 });
    expect(part.rows.map(({ incidentId }) => incidentId)).toEqual(["inc_2"]);
  });
});

describe("the pages sent", () => {
  const ROWS = [
    pageRow("p:1", 10, "inc_1", "alice"),
    pageRow("p:2", 20, "inc_1", "bob"),
    pageRow("p:3", 20, "inc_2", "alice"),
  ];

  it.each([
    { incidentId: null, responder: null, keys: ["p:3", "p:2", "p:1"] },
    { incidentId: "inc_1", responder: null, keys: ["p:2", "p:1"] },
    { incidentId: null, responder: "alice", keys: ["p:3", "p:1"] },
    { incidentId: "inc_1", responder: "alice", keys: ["p:1"] },
  ])("are listed of $incidentId to $responder, one by one", async ({ incidentId, responder, keys }) => {
    const { d1 } = await readSideWith(ROWS);
    const found: string[] = [];
    for (let after: string | null = ""; after !== null;) {
      const part = await readPages(d1, { incidentId, responder, after: after || null, limit: 1 });
      found.push(...part.rows.map(({ key }) => key));
      after = part.next;
    }
    expect(found).toEqual(keys);
  });
});

it("rings are counted by quarters of an hour, so that a storm hides no day before it", async () => {
  const ring = (key: string, at: number): ProjectionRow => {
    const page = pageRow(key, at, "inc_1", "alice");
    return { ...page, row: { ...page.row, kind: "ring" } } as ProjectionRow;
  };
  const { d1 } = await readSideWith([
    pageRow("p:1", 900_000, "inc_1", "alice"),
    ring("p:2", 899_999),
    ring("p:3", 900_000),
    ...Array.from({ length: 2_500 }, (_, index) => ring(`p:s${index}`, 90_000_000 + index)),
  ]);
  expect(await readRings(d1, 900_000)).toEqual([
    { at: 900_000, count: 1 },
    { at: 90_000_000, count: 2_500 },
  ]);
});

it("the audit is listed newest first, with both rows of a sequence that there are", async () => {
  const { d1 } = await readSideWith([auditRow(1), auditRow(2), auditRow(2, "other"), auditRow(3)]);
  expect((await readAudit(d1, { before: 3, limit: 10 })).map(({ hash }) => hash)).toEqual([
    "other",
    "hash-2",
    "hash-1",
  ]);
  expect(
    (await readAudit(d1, { before: null, limit: 1 })).map(({ refs, sequence }) => [sequence, refs]),
  ).toEqual([[3, []]]);
});

describe("with ten thousand hosts", () => {
  const HOSTS_COUNT = 10_000;
  const rows: readonly ProjectionRow[] = [
    ...Array.from({ length: HOSTS_COUNT }, (_, index) =>
      hostRow({ hostId: `host_${index}`, services: '["api","demo"]' }),
    ),
    ...Array.from({ length: 1_000 }, (_, index) => incidentRow(`inc_${index}`, index)),
    ...Array.from({ length: 1_000 }, (_, index) => pageRow(`p:${index}`, index, "inc_1", "alice")),
    ...Array.from({ length: 1_000 }, (_, index) => auditRow(index + 1)),
  ];
  const made = readSideWith(rows);
  const first = { after: null, limit: 50 } as const;
  const last = { after: "3:host_9:host_9", limit: 50 } as const;

  it("no part holds more than its limit, whatever is asked for", async () => {
    const { d1 } = await made;
    expect((await readHosts(d1, { ...ANY, after: null, limit: HOSTS_COUNT })).rows).toHaveLength(
      LIST_ROWS_MAX,
    );
    expect((await readHosts(d1, { ...ANY, after: null, limit: -1 })).rows).toHaveLength(1);
    const all = { incidentId: null, responder: null, after: null, limit: HOSTS_COUNT };
    expect((await readPages(d1, all)).rows).toHaveLength(LIST_ROWS_MAX);
    expect((await readResolved(d1, { ...all, hostId: null })).rows).toHaveLength(LIST_ROWS_MAX);
  });

  it("a cursor is read up to its longest", async () => {
    const { d1 } = await made;
    const named = (name: string) => readHosts(d1, { ...ANY, after: `3:host_1:${name}`, limit: 1 });
    const longest = "h".repeat(CURSOR_CHARS_MAX - "3:host_1:".length);
    expect((await named(longest)).rows[0]?.name).toBe("host_0");
    const anew = await readHosts(d1, { ...ANY, after: null, limit: 1 });
    expect(await named(`${longest}h`)).toEqual(anew);
    expect(await named("host_0")).not.toEqual(anew);
  });

  it.each<[string, number, (d1: D1Database) => Promise<unknown>]>([
    ["a part of the hosts", 0, (d1) => readHosts(d1, { ...ANY, ...first })],
    ["a later part", 0, (d1) => readHosts(d1, { ...ANY, ...last })],
    ["hosts by words", 1, (d1) => readHosts(d1, { ...ANY, search: "nothing here", ...first })],
    ["hosts by their ids", 0, (d1) => readHostsById(d1, ["host_1", "host_2"])],
    ["hosts of a tag", 1, (d1) => readHosts(d1, { ...ANY, tag: "web", ...first })],
    ["hosts that are down", 0, (d1) => readHosts(d1, { ...ANY, state: "down", ...first })],
    ["hosts that are well, goes on", 0, (d1) => readHosts(d1, { ...ANY, state: "well", ...last })],
    ["how many there are of each", 1, readHostGroups],
    ["what is over", 0, (d1) => readResolved(d1, { hostId: null, ...first })],
    ["what is over of one host", 0, (d1) => readResolved(d1, { hostId: "host_a", ...first })],
    ["the pages", 0, (d1) => readPages(d1, { incidentId: null, responder: null, ...first })],
    [
      "the pages of an incident",
      0,
      (d1) => readPages(d1, { incidentId: "inc_1", responder: null, ...first }),
    ],
    ["the pages of a person", 0, (d1) => readPages(d1, { incidentId: null, responder: "alice", ...first })],
    ["the audit", 0, (d1) => readAudit(d1, { before: 500, limit: 50 })],
  ])("%s cost one statement, no sorting, and %i looks at every row", async (_what, scans, read) => {
    const { asked, d1, database } = await made;
    asked.length = 0;
    await read(d1);
    expect(asked).toHaveLength(1);
    const [{ bound, text } = { bound: [], text: "" }] = asked;
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...(bound as string[]));
    const steps = plan.map(({ detail }) => String(detail));
    // A list that ends at its limit walks an index in its order; only what must look at every row has no limit to end it.
    const whole = steps.filter(
      (step) => /^SCAN (?!json_each)/.test(step) && (scans > 0 || !/USING (COVERING )?INDEX/.test(step)),
    );
    expect(whole.length, steps.join("; ")).toBeLessThanOrEqual(scans);
    expect(steps.filter((step) => step.includes("ORDER BY"))).toEqual([]);
  });
});
