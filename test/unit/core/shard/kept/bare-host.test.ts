// What remains of a host with whose state no decision can be made: what was told because of it still clears.
import { describe, expect, it } from "vitest";
import { recordsFrom } from "@countersign/shared/values/records";
import { EMPTY_BOOK } from "../../../../../control-plane/src/core/facts/fact-book.ts";
import { strippedHost, strippedShard } from "../../../../../control-plane/src/core/shard/kept/bare-host.ts";
import { FLOOD_QUIET_MS } from "../../../../../control-plane/src/core/shard/silence/host-flooding.ts";
import { type DrivenShard, driveUpHost, WEB_1 } from "../shard-driver.ts";

function strip(shard: DrivenShard): void {
  const host = strippedHost(shard.host());
  shard.replaceState({ ...shard.state(), hosts: recordsFrom([[WEB_1, host]]) });
}

const reasons = (shard: DrivenShard, kind: "firing" | "cleared") =>
  shard.signals(kind).map(({ reason }) => reason);

describe("a host that was stripped", () => {
  it("while it was down is seen again, and was told once", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.advance(60_000);
    strip(shard);
    shard.advance(60_000);
    shard.connect(WEB_1, { connectionId: "con_2" });
    expect([reasons(shard, "firing"), reasons(shard, "cleared")]).toEqual([["host-silent"], ["host-silent"]]);
  });

  it("while it was throttled is quiet again, and was told once", () => {
    const shard = driveUpHost();
    shard.send({
      kind: "flooded",
      hostId: WEB_1,
      droppedCount: 100,
      lastAt: shard.now(),
      isClosed: false,
    });
    strip(shard);
    shard.advance(FLOOD_QUIET_MS);
    expect([reasons(shard, "firing"), reasons(shard, "cleared")]).toEqual([
      ["host-flooding"],
      ["host-flooding"],
    ]);
  });

  it("has nothing left that no state of it explains", () => {
    const shard = driveUpHost();
    shard.send({ kind: "boot-refused", hostId: WEB_1, bootId: "another" });
    shard.advance(15_000);
    expect(reasons(shard, "firing")).toEqual(["identity-conflict"]);
    strip(shard);
    expect(shard.host().book).toBe(EMPTY_BOOK);
  });
});

it("a shard that was stripped clears the gap that it told", () => {
  const shard = driveUpHost();
  const blindSinceAt = shard.now();
  shard.skip(1_260_000);
  shard.send({ kind: "woke", connectedHostIds: [], blindSinceAt });
  shard.replaceState(strippedShard(shard.state()));
  shard.connect();
  expect(reasons(shard, "cleared")).toEqual(["control-plane-gap"]);
});
