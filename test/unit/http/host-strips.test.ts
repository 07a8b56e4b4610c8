// The lines of hosts of whom, or of whose list, nothing is known any more: from then on nothing is drawn as well.
import { expect, it } from "vitest";
import { overlayOf } from "../../../control-plane/src/http/host-list.ts";
import { readOwnStrips, readStripsOf } from "../../../control-plane/src/http/host-strips.ts";
import { listsOf } from "../../../control-plane/src/http/lists.ts";
import type { HostsNow } from "../../../control-plane/src/platform/rpc.ts";
import type { HostRow } from "../../../control-plane/src/read-side/listed-host.ts";
import type { HostStrips } from "../../../control-plane/src/read-side/queries/strip-rows.ts";
import { readSideWith } from "../read-side/listed.ts";

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const UP: HostRow = {
  hostId: "host_1",
  shard: "shard-1",
  name: "web-1",
  liveness: "up",
  sinceAt: null,
  condition: "",
  tags: [],
  services: [{ service: "web", title: "", status: "healthy", names: [] }],
};
const CALM: HostsNow = {
  down: [],
  blindShards: [],
  blindSince: [],
  enrolledCount: 1,
  unprojectedSinceAt: null,
};
const BLIND = [{ shard: "shard-1", at: NOW - 2 * HOUR }];

const said = (strips: HostStrips | null | undefined) =>
  strips?.get("web")?.map(({ fromAt, look }) => `${look} ${(NOW - fromAt) / HOUR}`);

it.each<[string, Partial<HostsNow>, number, readonly string[]]>([
  ["is heard", {}, NOW, ["well 24"]],
  ["is one of a blind shard", { blindSince: BLIND }, NOW, ["well 24", "no-data 2"]],
  ["is of another shard", { blindSince: [{ shard: "shard-0", at: 1 }] }, NOW, ["well 24"]],
  ["is on a list that is behind", {}, NOW - 3 * HOUR, ["well 24", "no-data 3"]],
  ["is both", { blindSince: BLIND }, NOW - HOUR, ["well 24", "no-data 2"]],
])("the line of a host that %s", async (_what, given, asOf, line) => {
  const { d1 } = await readSideWith([]);
  const host = overlayOf({ ...CALM, ...given })(UP);
  const strips = await readStripsOf({ lists: listsOf(() => d1) }, { asOf, hosts: [host] }, NOW);
  expect(said(strips?.get("host_1"))).toEqual(line);
});

it.each<[string, Partial<HostsNow>, boolean, readonly string[]]>([
  ["its shard tells of it", {}, true, ["well 24"]],
  ["its shard is silent, nobody knows since when", {}, false, ["well 24", `no-data ${5 / 60}`]],
  [
    "its shard is silent, and the desk knows since when",
    { blindSince: BLIND },
    false,
    ["well 24", "no-data 2"],
  ],
  ["D1 is behind", { unprojectedSinceAt: NOW - 3 * HOUR }, true, ["well 24", "no-data 3"]],
])("the line in its own view where %s", async (_what, given, isTold, line) => {
  const { d1 } = await readSideWith([]);
  const desk = { hostsNow: async () => ({ ...CALM, ...given }) };
  const own = { hostId: "host_1", shard: "shard-1", services: ["web"], downSinceAt: null, isTold };
  expect(said(await readOwnStrips({ desk, lists: listsOf(() => d1) }, own, NOW))).toEqual(line);
});
