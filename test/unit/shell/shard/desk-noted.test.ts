// A shard whose signals the desk does not confirm: after a minute it does not count on it any more, and it does again as soon as they are taken.
import { expect, it } from "vitest";
import { ok, refuse } from "@countersign/shared/values/result";
import { ReplayShard } from "../../../../control-plane/replay/world/replay-shard.ts";
import { SimulatedHost } from "../../../../control-plane/replay/world/simulated-host.ts";
import { minutes, seconds, VirtualClock } from "../../../../control-plane/replay/world/virtual-clock.ts";
import { DESK_SILENT_AFTER_MS } from "../../../../control-plane/src/core/shard/silence/own-share.ts";
import { Policy } from "../../../../control-plane/src/policy/policy.ts";

const policy = Policy.parse({ version: 1 });

it("holds its automation back a minute after the first word of three silences waits, and lets go when they are taken", () => {
  const clock = new VirtualClock();
  let isDeskThere = true;
  const shard = new ReplayShard({
    clock,
    policy,
    tellDesk: (_signals, answered) => {
      const answer = isDeskThere ? ok(undefined) : refuse({ reason: "call-failed", cause: "gone" } as const);
      clock.after(50, () => answered(answer));
    },
  });
  const hosts = Array.from({ length: 5 }, (_, index) => {
    const hostId = `host_${String(index).padStart(32, "0")}`;
    const host = new SimulatedHost(`web-${index}`, { clock, shard, hostId });
    shard.enrol(hostId, host.name);
    host.starts();
    return host;
  });
  clock.advance(minutes(1));
  isDeskThere = false;
  for (const host of hosts.slice(0, 3)) host.isCutOff();
  // that they are late is the first of it
  clock.advance(policy.liveness.lateAfterMs + DESK_SILENT_AFTER_MS - seconds(1));
  expect(shard.shell.state.deskSilentSinceAt).toBeNull();
  clock.advance(seconds(30));
  const { deskSilentSinceAt, fleetSilence } = shard.shell.state;
  expect([deskSilentSinceAt === null, fleetSilence === null]).toEqual([false, false]);
  isDeskThere = true;
  clock.advance(seconds(10));
  expect(shard.shell.state).toMatchObject({ deskSilentSinceAt: null, fleetSilence: null });
});

it("says nothing of the sort while the desk takes what it is told, whoever falls silent", () => {
  const clock = new VirtualClock();
  const kinds: string[] = [];
  const shard = new ReplayShard({
    clock,
    policy,
    onSignal: ({ kind }) => void kinds.push(kind),
    tellDesk: (_signals, answered) => void clock.after(50, () => answered(ok(undefined))),
  });
  const host = new SimulatedHost("web-0", { clock, shard, hostId: `host_${"0".repeat(32)}` });
  shard.enrol(host.hostId, host.name);
  host.starts();
  clock.advance(minutes(5));
  expect(kinds).toEqual(["note", "census"]);
  host.isCutOff();
  clock.advance(minutes(30));
  expect(shard.shell.state.deskSilentSinceAt).toBeNull();
});

it("tells what the desk did not take as soon as it is there again, though nothing else happens", () => {
  const clock = new VirtualClock();
  let isDeskThere = false;
  const taken: string[] = [];
  const shard = new ReplayShard({
    clock,
    policy,
    tellDesk: (signals, answered) => {
      if (isDeskThere) taken.push(...signals.map(({ kind }) => kind));
      const answer = isDeskThere ? ok(undefined) : refuse({ reason: "call-failed", cause: "gone" } as const);
      clock.after(50, () => answered(answer));
    },
  });
  const host = new SimulatedHost("web-0", { clock, shard, hostId: `host_${"0".repeat(32)}` });
  shard.enrol(host.hostId, host.name);
  host.starts();
  clock.advance(minutes(5));
  host.isCutOff();
  clock.advance(minutes(5));
  isDeskThere = true;
  clock.advance(seconds(6));
  expect(taken).toContain("firing");
});
