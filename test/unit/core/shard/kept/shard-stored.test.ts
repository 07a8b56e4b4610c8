// What outlives the shard's memory: a healthy host writes no row, and nothing that matters is forgotten.
import { describe, expect, it } from "vitest";
import { namedAt } from "@countersign/shared/values/named";
import { recordsFrom } from "@countersign/shared/values/records";
import type { Fact } from "@countersign/shared/wire/fact";
import type { ShardState } from "../../../../../control-plane/src/core/shard/host/shard-state.ts";
import {
  attachedHostOf,
  restoreHost,
  storedHostOf,
  storedShardOf,
} from "../../../../../control-plane/src/core/shard/kept/shard-stored.ts";
import {
  type DrivenShard,
  driveFailingService,
  driveUpHost,
  grantWith,
  hostWrites,
  WEB_1,
} from "../shard-driver.ts";

/** The writes that something done to a healthy host makes necessary. */
function writesOf(shard: DrivenShard, done: () => void) {
  const before = shard.state();
  done();
  return hostWrites(before, shard.state());
}

/** What a shard knows after it lost its memory: rows, and attachments where the socket is still there. */
function forget(state: ShardState, hasSockets: boolean): ShardState {
  const hosts = state.hosts.values().map((host) => {
    const stored = JSON.parse(JSON.stringify(storedHostOf(host))) as ReturnType<typeof storedHostOf>;
    const attached = hasSockets ? attachedHostOf(host) : null;
    const socket = attached === null ? null : { attached, lastSeenAt: host.lastSeenAt };
    return [host.hostId, restoreHost(stored, socket)] as const;
  });
  return {
    ...storedShardOf(state),
    grants: state.grants,
    shard: state.shard,
    epoch: state.epoch,
    nextSequence: state.nextSequence,
    hosts: recordsFrom(hosts),
  };
}

function driveHealthy(): DrivenShard {
  const shard = driveUpHost();
  shard.report({}, true);
  return shard;
}

function rejection(at: number): Fact {
  return {
    kind: "credential-use",
    service: "web",
    at,
    credential: "token",
    isAccepted: false,
    detail: "401",
  };
}

describe("a healthy host writes no row", () => {
  it.each<[string, (shard: DrivenShard) => void]>([
    ["for an hour of keepalives", (shard) => shard.advance(3_600_000)],
    [
      "for digests",
      (shard) => {
        shard.advance(900_000);
        shard.report({}, true);
      },
    ],
    [
      "for a hello that replaces its connection",
      (shard) => {
        shard.advance(7_000);
        shard.connect(WEB_1, { connectionId: "con_2" });
        shard.report({}, true);
      },
    ],
    [
      "for a deploy of ours: the gap stands in the shard's own row",
      (shard) => {
        shard.skip(5_000);
        shard.send({ kind: "woke", connectedHostIds: [], blindSinceAt: shard.now() - 5_000 });
        shard.connect(WEB_1, { connectionId: "con_2" });
      },
    ],
  ])("%s", (_, act) => {
    const shard = driveHealthy();
    const { nextSequence } = shard.state();
    expect(writesOf(shard, () => act(shard))).toEqual([]);
    expect(shard.notes().filter((text) => !text.startsWith("no data"))).toHaveLength(1);
    expect(shard.state().nextSequence - nextSequence).toBeLessThanOrEqual(1);
  });

  it("for being unknown in a gap of ours", () => {
    const shard = driveHealthy();
    shard.skip(5_000);
    const blindSinceAt = shard.now() - 5_000;
    const wake = () => shard.send({ kind: "woke", connectedHostIds: [], blindSinceAt });
    expect(writesOf(shard, wake)).toEqual([]);
  });

  it("for its keepalives while it has announced to leave", () => {
    const shard = driveHealthy();
    shard.send({ kind: "leaving", hostId: WEB_1, reason: "reboot", returnWithinMs: 600_000 });
    expect(writesOf(shard, () => shard.advance(700_000))).toEqual([]);
  });

  it("for a deploy that forgets it: its row says already what it comes back as", () => {
    const shard = driveHealthy();
    shard.skip(5_000);
    shard.replaceState(forget(shard.state(), false));
    const wake = () => shard.send({ kind: "woke", connectedHostIds: [], blindSinceAt: shard.now() });
    expect(writesOf(shard, wake)).toEqual([]);
  });

  it("for digests of a healthy service whose facts are remembered", () => {
    const shard = driveHealthy();
    shard.send({ kind: "facts", hostId: WEB_1, facts: [rejection(shard.now())] });
    const remembered = shard.service().book;
    expect(namedAt(storedHostOf(shard.host()).services, "web")?.book).toEqual(remembered);
    shard.advance(60_000);
    expect(writesOf(shard, () => shard.report({}, true))).toEqual([]);
    const restored = namedAt(forget(shard.state(), true).hosts.get(WEB_1)?.services, "web");
    expect(restored).toMatchObject({ book: remembered, lastInvocationId: "inv-1" });
    expect(restored?.healthySinceAt).not.toBeNull();
  });

  it("but one when its close was seen, for a shard that forgets it would page late", () => {
    const shard = driveHealthy();
    const close = () => shard.send({ kind: "disconnected", hostId: WEB_1, connectionId: "con_1" });
    expect(writesOf(shard, close)).toMatchObject([{ trouble: { liveness: "up", lastSeenAt: shard.now() } }]);
  });

  it.each([
    ["enrolled", (shard: DrivenShard) => shard.enrol("host_00000000000000000000000000000009", "new")],
    ["late", (shard: DrivenShard) => (shard.fallSilent(), shard.advance(12_000))],
    ["failing", (shard: DrivenShard) => void shard.report({ status: "fail" })],
    ["restarted", (shard: DrivenShard) => void shard.report({ invocationId: "inv-2" })],
  ])("and one when it is %s", (_, act) => {
    const shard = driveHealthy();
    expect(writesOf(shard, () => act(shard))).toHaveLength(1);
  });

  it("and says no more of a restart at the first sweep after it has left the window", () => {
    const shard = driveHealthy();
    const before = storedHostOf(shard.host());
    shard.report({ invocationId: "inv-2" });
    shard.advance(3_600_000 + shard.policy.liveness.lateAfterMs);
    expect(storedHostOf(shard.host())).toEqual(before);
  });
});

describe("after a loss of memory", () => {
  it.each<[string, () => DrivenShard]>([
    ["up", driveUpHost],
    ["failing, with an open proposal", driveFailingService],
    [
      "down",
      () => {
        const shard = driveFailingService();
        shard.fallSilent();
        shard.advance(90_000);
        return shard;
      },
    ],
    [
      "refusing a second boot",
      () => {
        const shard = driveUpHost();
        shard.send({ kind: "boot-refused", hostId: WEB_1, bootId: "b" });
        return shard;
      },
    ],
    [
      "announced to be away",
      () => {
        const shard = driveUpHost();
        shard.send({ kind: "leaving", hostId: WEB_1, reason: "reboot", returnWithinMs: 60_000 });
        return shard;
      },
    ],
  ])("a host that is %s comes back as it was, with its socket", (_, drive) => {
    const shard = drive();
    shard.send({ kind: "grant-issued", grant: grantWith({ expiresAt: shard.now() + 1_000 }) });
    expect(forget(shard.state(), true)).toEqual(shard.state());
  });

  it("a boring service keeps its baseline, so that a restart meanwhile is counted", () => {
    const shard = driveHealthy();
    shard.replaceState(forget(shard.state(), true));
    expect(shard.service().report.results).toEqual([]);
    expect(shard.service().healthySinceAt).not.toBeNull();
    shard.report({ invocationId: "inv-2" });
    expect(shard.service().restartsAt).toHaveLength(1);
  });

  it("a healthy host without its socket is lost from sight, and graced", () => {
    const shard = driveHealthy();
    shard.skip(5_000);
    shard.replaceState(forget(shard.state(), false));
    shard.send({ kind: "woke", connectedHostIds: [], blindSinceAt: null });
    expect(shard.host()).toMatchObject({
      liveness: "unknown",
      sinceAt: shard.now(),
      lastSeenAt: shard.now(),
    });
  });

  it("a host that was closed and forgotten is paged in time all the same", () => {
    const shard = driveHealthy();
    shard.fallSilent();
    shard.send({ kind: "disconnected", hostId: WEB_1, connectionId: "con_1" });
    shard.replaceState(forget(shard.state(), false));
    shard.send({ kind: "woke", connectedHostIds: [], blindSinceAt: null });
    const seenAt = shard.host().lastSeenAt;
    shard.advance(120_000);
    expect(shard.signals("firing").map(({ noticedAt }) => noticedAt)).toEqual([seenAt + 60_000]);
  });

  it("an open gap ends with its grace, although its hosts' rows say nothing", () => {
    const shard = driveHealthy();
    shard.fallSilent();
    const blindSinceAt = shard.now();
    shard.skip(60_000);
    shard.replaceState(forget(shard.state(), false));
    shard.send({ kind: "woke", connectedHostIds: [], blindSinceAt });
    shard.skip(20_000);
    shard.replaceState(forget(shard.state(), false));
    shard.send({ kind: "woke", connectedHostIds: [], blindSinceAt: null });
    shard.sweep();
    expect(shard.host()).toMatchObject({ liveness: "down", lastSeenAt: blindSinceAt });
    expect(shard.signals("firing")).toHaveLength(1);
  });

  it("signal keys begin a new epoch, so that none is used again by an object that was set back", () => {
    const shard = driveFailingService();
    expect(Object.keys(storedShardOf(shard.state()))).not.toContain("nextSequence");
    shard.replaceState({ ...forget(shard.state(), true), epoch: "second", nextSequence: 1 });
    shard.report();
    const keys = shard.effects.flatMap((effect) => (effect.kind === "signal" ? [effect.signal.key] : []));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.at(-1)).toBe("shard-0:second:1");
  });
});
