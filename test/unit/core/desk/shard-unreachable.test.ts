// `shard-unreachable`: a shard that does not answer the watch for long enough; and what the desk remembers of it.
import { describe, expect, it } from "vitest";
import type { ShardWaits } from "../../../../control-plane/src/core/words/shard-word.ts";
import { partSubject } from "../../../../control-plane/src/core/words/subject.ts";
import { Desk, START_AT } from "./desk-fixtures.ts";

const MINUTE_MS = 60_000;
const WELL = { unconfirmedSinceAt: null, unprojectedSinceAt: null };

type Answer = ShardWaits | null;

function openIncident(desk: Desk, reason: string) {
  return desk.state.incidents.values().find((one) => one.reason === reason && one.state !== "resolved");
}

/** One round of the watch. */
function watch(desk: Desk, ...answers: readonly (readonly [shard: string, answer: Answer])[]): void {
  desk.take({ kind: "shards-watched", words: answers.map(([shard, answer]) => ({ shard, answer })) });
}

describe("a shard that does not answer", () => {
  it("is no incident before three minutes, is one then, and is over when it answers", () => {
    const desk = new Desk();
    watch(desk, ["shard-0", null], ["shard-1", WELL]);
    desk.tickAfter(3 * MINUTE_MS - 1);
    expect(openIncident(desk, "shard-unreachable")).toBeUndefined();
    desk.tickAfter(1);
    const { subject, severity, happenedAt } = openIncident(desk, "shard-unreachable") ?? {};
    expect([subject, severity, happenedAt]).toEqual([partSubject("shard-0"), "critical", START_AT]);
    watch(desk, ["shard-0", WELL], ["shard-1", WELL]);
    expect(openIncident(desk, "shard-unreachable")).toBeUndefined();
    expect(desk.state.shardTroubles.values()).toEqual([]);
  });

  it("is heard of when it sends signals", () => {
    const desk = new Desk();
    watch(desk, ["shard-0", null]);
    desk.tickAfter(2 * MINUTE_MS);
    desk.take({ kind: "shard-heard", shard: "shard-0" });
    desk.tickAfter(2 * MINUTE_MS);
    expect(openIncident(desk, "shard-unreachable")).toBeUndefined();
  });

  it("that answers in between begins anew", () => {
    const desk = new Desk();
    for (const answer of [null, null, WELL, null, null]) {
      watch(desk, ["shard-0", answer]);
      desk.tickAfter(MINUTE_MS);
    }
    expect(openIncident(desk, "shard-unreachable")).toBeUndefined();
  });

  it("and holds no host any more is forgotten", () => {
    const desk = new Desk();
    watch(desk, ["shard-0", null]);
    watch(desk);
    expect(desk.state.shardTroubles.values()).toEqual([]);
  });
});

describe("what the desk remembers of shards", () => {
  it("is nothing while all are well, and changes nothing when the same is said again", () => {
    const desk = new Desk();
    const before = desk.state.shardTroubles;
    watch(desk, ["shard-0", WELL], ["constructor", WELL], ["__proto__", WELL]);
    expect(desk.state.shardTroubles).toBe(before);
    watch(desk, ["shard-0", null]);
    const silent = desk.state.shardTroubles;
    watch(desk, ["shard-0", null]);
    expect(desk.state.shardTroubles).toBe(silent);
    expect(desk.audited().filter((act) => act === "shard-silent")).toHaveLength(1);
  });

  it.each(["unconfirmedSinceAt", "unprojectedSinceAt"] as const)(
    "is what waits for a minute (%s), on either side of the bound",
    (what) => {
      const desk = new Desk();
      watch(desk, ["shard-0", { ...WELL, [what]: START_AT - MINUTE_MS + 1 }]);
      expect(desk.state.shardTroubles.values()).toEqual([]);
      watch(desk, ["shard-0", { ...WELL, [what]: START_AT - MINUTE_MS }]);
      const said = { shard: "shard-0", silentSinceAt: null, ...WELL, [what]: START_AT - MINUTE_MS };
      expect(desk.state.shardTroubles.values()).toEqual([said]);
    },
  );
});
