// What is kept of a host that is not heard: in its socket while it waits for its digest, as every healthy host does once, and in its row
// from the first refusal on. A host that is refused for ever writes nothing more.
import { expect, it } from "vitest";
import type { HostState } from "../../../../../control-plane/src/core/shard/host/shard-state.ts";
import {
  attachedHostOf,
  restoreHost,
  type StoredHost,
  storedHostOf,
} from "../../../../../control-plane/src/core/shard/kept/shard-stored.ts";
import { type DrivenShard, driveUpHost, hostWrites, WEB_1 } from "../shard-driver.ts";

/** How many rows a step writes. */
function rowsOf(shard: DrivenShard, step: () => void): number {
  const before = shard.state();
  step();
  return hostWrites(before, shard.state()).length;
}

/** As it comes back from JSON, with a socket that was pinged at `pingedAt`; null: it has none. */
function restored(host: HostState, pingedAt: number | null): HostState {
  const row = JSON.parse(JSON.stringify(storedHostOf(host))) as StoredHost;
  const attached = attachedHostOf(host);
  const isAttached = pingedAt !== null && attached !== null;
  return restoreHost(row, isAttached ? { attached, lastSeenAt: pingedAt } : null);
}

it("a healthy host that connects again writes no row for it, or the one that its close made due", () => {
  const shard = driveUpHost();
  shard.advance(60_000);
  expect(rowsOf(shard, () => shard.hello(WEB_1, { connectionId: "con_2" }))).toBe(0);
  expect(rowsOf(shard, () => shard.digest())).toBe(0);
  shard.send({ kind: "disconnected", hostId: WEB_1, connectionId: "con_2" });
  expect(rowsOf(shard, () => shard.hello(WEB_1, { connectionId: "con_3" }))).toBe(1);
  expect(rowsOf(shard, () => shard.digest())).toBe(0);
});

it("one that is refused for ever writes no more rows than it has news", () => {
  const shard = driveUpHost();
  for (const connectionId of ["con_2", "con_3"]) {
    shard.hello(WEB_1, { connectionId });
    expect(rowsOf(shard, () => shard.refuse())).toBe(1);
  }
  for (let count = 0; count < 10; count += 1) {
    const connectionId = `con_again_${count}`;
    const steps = [
      () => shard.hello(WEB_1, { connectionId }),
      () => shard.refuse(),
      () => void shard.send({ kind: "disconnected", hostId: WEB_1, connectionId }),
      () => shard.advance(30_000),
    ];
    expect(steps.map((step) => rowsOf(shard, step))).toEqual([0, 0, 0, 0]);
  }
});

it.each([0, 1, 2])(
  "outlives our memory with its socket, and keepalives stay uncounted: %i refusals",
  (count) => {
    const shard = driveUpHost();
    shard.advance(60_000);
    shard.hello(WEB_1, { connectionId: "con_2" });
    for (let index = 0; index < count; index += 1) shard.refuse();
    const { unheard, lastSeenAt, liveness } = shard.host();
    expect(unheard).toMatchObject({ refusedCount: count });
    const pingedAt = shard.now() + 9_000;
    expect(restored(shard.host(), pingedAt)).toMatchObject({ unheard, lastSeenAt, liveness });
    shard.digest();
    expect(restored(shard.host(), pingedAt)).toMatchObject({ unheard: null, lastSeenAt: pingedAt });
  },
);

it.each([1, 2])("outlives a lost socket from the first refusal on: %i refusals", (count) => {
  const shard = driveUpHost();
  for (let index = 0; index < count; index += 1) shard.refuse();
  const { lastSeenAt } = shard.host();
  expect(restored(shard.host(), null)).toMatchObject({ lastSeenAt, unheard: { refusedCount: count } });
});
