// The shard's own share of silent hosts: judged only while the desk cannot be reached, held back without a page, let go by itself. And the census.
import { describe, expect, it } from "vitest";
import { sceneOf } from "../../../../../control-plane/src/core/shard/host/shard-change.ts";
import { storedShardOf } from "../../../../../control-plane/src/core/shard/kept/shard-stored.ts";
import { Policy } from "../../../../../control-plane/src/policy/policy.ts";
import { driveShard, policyWith } from "../shard-driver.ts";

type Shard = ReturnType<typeof driveShard>;

const SILENT_AT = 5;

function idOf(index: number): string {
  return `host_${String(index).padStart(32, "0")}`;
}

/** Hosts that are up; the first `silent` of them are down. */
function shardOf(count: number, silent: number, policy: Policy = policyWith()): Shard {
  const shard = driveShard(policy);
  for (let index = 0; index < count; index += 1) {
    shard.enrol(idOf(index), `web-${index}`);
    shard.connect(idOf(index));
  }
  for (let index = 0; index < silent; index += 1) shard.fallSilent(idOf(index));
  shard.advance(61_000);
  return shard;
}

/** What holds back automation on every host of the shard; null: nothing does. */
function heldBy(shard: Shard): string | null {
  const context = { now: shard.now(), policy: shard.policy, newId: () => "" };
  return sceneOf(shard.state(), idOf(0), context).shardBook.frozenBy;
}

function noteDesk(shard: Shard, silentSinceAt: number | null): void {
  shard.send({ kind: "desk-noted", silentSinceAt });
}

describe("the shard holds its automation back", () => {
  it.each([
    { silent: 2, isHeld: false },
    { silent: 3, isHeld: true },
  ])("while $silent of four are down and the desk is not reached: $isHeld", ({ isHeld, silent }) => {
    const shard = shardOf(4, silent);
    expect(heldBy(shard)).toBeNull();
    noteDesk(shard, SILENT_AT);
    expect(heldBy(shard)).toBe(isHeld ? "fleet-silent" : null);
    expect(shard.signals("firing").filter(({ reason }) => reason === "fleet-silent")).toEqual([]);
    expect(shard.signals("firing").filter(({ freezes }) => freezes === true)).toEqual([]);
  });

  it("when the third goes later, in the decision that calls it down", () => {
    const shard = shardOf(4, 2);
    noteDesk(shard, SILENT_AT);
    shard.fallSilent(idOf(2));
    shard.advance(61_000);
    expect(heldBy(shard)).toBe("fleet-silent");
  });

  it("and lets go when the desk hears it again", () => {
    const shard = shardOf(4, 3);
    noteDesk(shard, SILENT_AT);
    noteDesk(shard, null);
    expect([heldBy(shard), shard.state().fleetSilence]).toEqual([null, null]);
  });

  it("or when all of them are back, and not when most are", () => {
    const shard = shardOf(4, 3);
    noteDesk(shard, SILENT_AT);
    for (const index of [0, 1]) shard.connect(idOf(index), { connectionId: "con_2" });
    expect(heldBy(shard)).toBe("fleet-silent");
    shard.connect(idOf(2), { connectionId: "con_2" });
    expect(heldBy(shard)).toBeNull();
  });

  it("or when the last of them is retired", () => {
    const shard = shardOf(4, 3);
    noteDesk(shard, SILENT_AT);
    for (const index of [0, 1, 2]) shard.send({ kind: "host-retired", hostId: idOf(index) });
    expect(shard.state().fleetSilence).toBeNull();
  });

  it.each([{ enabled: false }, { shadow: true }])("not where the policy says %j of the rule", (setting) => {
    const policy = Policy.parse({ version: 1, rules: { "fleet-silent": setting } });
    const shard = shardOf(4, 3, policy);
    noteDesk(shard, SILENT_AT);
    expect(heldBy(shard)).toBeNull();
  });

  it("and remembers it: both are in its own row", () => {
    const shard = shardOf(4, 3);
    noteDesk(shard, SILENT_AT);
    const { deskSilentSinceAt, fleetSilence } = storedShardOf(shard.state());
    expect([deskSilentSinceAt, fleetSilence === null]).toEqual([SILENT_AT, false]);
  });
});

describe("the census", () => {
  const counted = (shard: Shard) => shard.signals("census").map(({ connected }) => connected);

  it("is told when a host is heard for the first time, and when one is retired; a host that was never heard is nobody", () => {
    const shard = shardOf(2, 0);
    expect(counted(shard)).toEqual([1, 2]);
    shard.enrol(idOf(9), "web-9");
    shard.advance(600_000);
    shard.send({ kind: "host-retired", hostId: idOf(9) });
    expect(counted(shard)).toEqual([1, 2]);
    shard.send({ kind: "host-retired", hostId: idOf(0) });
    expect(counted(shard)).toEqual([1, 2, 1]);
  });

  it("tells who is late as long as they are neither down nor back", () => {
    const shard = shardOf(3, 0);
    const late = () => shard.signals("census").map((signal) => signal.late);
    expect(late()).toEqual([0, 0, 0]);
    for (const index of [0, 1]) shard.fallSilent(idOf(index));
    shard.advance(shard.policy.liveness.lateAfterMs + 1_000);
    expect(late().at(-1)).toBe(2);
    shard.connect(idOf(0), { connectionId: "con_2" });
    expect(late().at(-1)).toBe(1);
    shard.advance(shard.policy.liveness.pageBoundMs);
    expect(late().at(-1)).toBe(0);
  });

  it("counts as late who was not understood once: with others of its kind it may be down in a moment", () => {
    const shard = shardOf(2, 0);
    shard.hello(idOf(0), { connectionId: "con_2" });
    shard.refuse(idOf(0));
    expect(shard.signals("census").at(-1)).toMatchObject({ connected: 2, late: 1 });
  });

  it.each([
    { what: "stays away", back: (shard: Shard) => shard.fallSilent(idOf(0)) },
    { what: "comes back", back: (shard: Shard) => shard.connect(idOf(0), { connectionId: "con_2" }) },
  ])("counts as late who announced a return, for it is late and down in one, until it $what", ({ back }) => {
    const shard = shardOf(2, 0);
    shard.send({ kind: "leaving", hostId: idOf(0), reason: "reboot", returnWithinMs: 300_000 });
    expect(shard.signals("census").at(-1)).toMatchObject({ connected: 2, late: 1 });
    back(shard);
    shard.advance(301_000);
    expect(shard.signals("census").at(-1)).toMatchObject({ connected: 2, late: 0 });
  });

  it("counts the same whoever falls silent, comes back or connects anew", () => {
    const shard = shardOf(3, 3);
    for (const index of [0, 1, 2]) shard.connect(idOf(index), { connectionId: "con_2" });
    shard.send({ kind: "woke", connectedHostIds: [], blindSinceAt: shard.now() - 60_000 });
    shard.advance(600_000);
    expect([...new Set(counted(shard))]).toEqual([1, 2, 3]);
  });
});
