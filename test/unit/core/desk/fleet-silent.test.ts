// Rule `fleet-silent`: begins by a share of all shards, pages once, freezes once, and ends by its list of hosts.
import { describe, expect, it } from "vitest";
import { actBy } from "../../../../control-plane/src/core/desk/desk-event.ts";
import { findFinding } from "../../../../control-plane/src/core/desk/state/finding-index.ts";
import { freezeOver } from "../../../../control-plane/src/core/desk/state/freeze-scope.ts";
import { fleetHostsOf, isOfSilentFleet } from "../../../../control-plane/src/core/desk/state/silent-fleet.ts";
import { byRule } from "../../../../control-plane/src/core/words/actor.ts";
import type { Signal } from "../../../../control-plane/src/core/words/signal.ts";
import { FLEET, fleetSubjectOf, hostSubject } from "../../../../control-plane/src/core/words/subject.ts";
import { Policy } from "../../../../control-plane/src/policy/policy.ts";
import { Desk, POLICY } from "./desk-fixtures.ts";

const MINUTE_MS = 60_000;
const REASON = "fleet-silent";

/** Shards whose hosts fall silent and come back. */
class Fleet extends Desk {
  counts(connected: number, shard = "shard-0", late = 0): this {
    const subject = fleetSubjectOf({ shard });
    this.take({ kind: "signal", signal: { ...this.signalBase(), kind: "census", subject, connected, late } });
    return this;
  }

  /** All in one batch, as their shard tells it. */
  falls(...names: readonly string[]): this {
    const signals = names.map((name): Signal => ({
      ...this.signalBase(),
      kind: "firing",
      happenedAt: this.now - MINUTE_MS,
      subject: subjectOf(name),
      reason: "host-silent",
      severity: "critical",
      title: `${name} is silent`,
      evidence: [],
      proposalRequestId: null,
      restarts: null,
    }));
    this.take({ kind: "signals", signals });
    return this;
  }

  returns(...names: readonly string[]): this {
    for (const name of names) {
      const said = { subject: subjectOf(name), reason: "host-silent", evidence: [] } as const;
      this.take({ kind: "signal", signal: { ...this.signalBase(), kind: "cleared", ...said } });
    }
    return this;
  }

  after(ms: number): this {
    this.tickAfter(ms);
    return this;
  }

  /** the open incident of the fleet; undefined: there is none */
  get open() {
    return this.state.incidents
      .values()
      .find(({ reason, state }) => reason === REASON && state !== "resolved");
  }

  isFiring(): boolean {
    return this.open?.clearedAt === null;
  }

  list(): readonly string[] {
    return fleetHostsOf(this.state).map(({ hostName }) => hostName);
  }
}

function subjectOf(name: string) {
  return hostSubject(`host_${name}`, name);
}

function named(count: number, from = 0): readonly string[] {
  return Array.from({ length: count }, (_, index) => `web-${from + index}`);
}

describe("it begins", () => {
  it.each([
    { why: "two of four", counts: [4], silent: [2], is: false },
    { why: "three of four", counts: [4], silent: [3], is: true },
    { why: "twenty of each of two shards of a hundred", counts: [100, 100], silent: [20, 20], is: true },
    { why: "ten of each of two shards of a hundred", counts: [100, 100], silent: [10, 10], is: true },
    { why: "nine of one and ten of the other", counts: [100, 100], silent: [9, 10], is: false },
    { why: "twenty of a hundred of two thousand", counts: [100, 1_900], silent: [20, 0], is: false },
    { why: "299 of a thousand", counts: [1_000], silent: [299], is: true },
    { why: "of nobody knows how many", counts: [], silent: [5], is: false },
  ])("$why: $is", ({ counts, is, silent }) => {
    const fleet = new Fleet();
    counts.forEach((count, index) => fleet.counts(count, `shard-${index}`));
    silent.forEach((count, index) => fleet.falls(...named(count, index * 1_000)));
    expect(fleet.isFiring()).toBe(is);
  });

  it("with the third, in the very decision, whoever tells of it", () => {
    const fleet = new Fleet().counts(2, "shard-0").counts(2, "shard-1").falls("web-0", "web-1");
    expect(fleet.open).toBeUndefined();
    fleet.after(30_000).falls("web-2");
    expect(fleet.open).toMatchObject({ title: "3 of 4 hosts fell silent together", subject: FLEET });
    fleet.settle();
    expect(fleet.attempts().filter((page) => page.startsWith(fleet.open?.incidentId ?? "-"))).toHaveLength(1);
  });

  it("and pages once, for the fleet and for none of its hosts, when they are told at once", () => {
    const fleet = new Fleet().counts(100).falls(...named(20));
    fleet.deliverPages();
    fleet.after(MINUTE_MS);
    expect(new Set(fleet.attempts().map((page) => page.split(":")[0]))).toEqual(
      new Set([fleet.open?.incidentId]),
    );
  });

  it("and freezes automation on the fleet, by rule; not again after a person lifted it", () => {
    const fleet = new Fleet().counts(4).falls("web-0", "web-1", "web-2");
    expect(freezeOver(fleet.state, subjectOf("other"))).toMatchObject({ by: byRule(REASON) });
    fleet.act("alice", { kind: "lift-freeze", scope: FLEET, why: "looked" });
    fleet.falls("web-3").after(MINUTE_MS);
    expect([fleet.list(), fleet.isFiring()]).toEqual([named(4), true]);
    expect(freezeOver(fleet.state, subjectOf("other"))).toBeNull();
  });

  it("not by hosts that have long been away when a census is another one", () => {
    const fleet = new Fleet()
      .counts(40)
      .falls("web-0", "web-1", "web-2")
      .after(40 * MINUTE_MS);
    expect(fleet.counts(10).open).toBeUndefined();
    expect(fleet.falls("web-3").open).toBeUndefined();
  });

  it("over half an hour in a fleet of thirty, and not in one of fewer", () => {
    for (const count of [29, 30]) {
      const fleet = new Fleet().counts(count);
      for (const name of named(3)) fleet.falls(name).after(12 * MINUTE_MS);
      expect(fleet.isFiring()).toBe(count === 30);
    }
  });

  it("in shadow as a finding that freezes nothing and holds back no page", () => {
    const fleet = new Fleet(
      Policy.parse({ ...JSON.parse(JSON.stringify(RAW)), rules: { [REASON]: { shadow: true } } }),
    );
    fleet.counts(4).falls("web-0", "web-1", "web-2").settle();
    // They are one wide incident all the same.
    expect([fleet.open, fleet.state.freezes.size, fleet.attempts().length]).toEqual([undefined, 0, 1]);
    expect(fleet.state.shadow.values().map(({ signal }) => signal.reason)).toEqual([REASON]);
  });
});

const RAW = {
  version: 1,
  channels: { push: { kind: "ntfy", topic: "push" } },
  responders: [{ id: "alice", name: "Alice", channels: ["push"] }],
  escalation: { steps: [{ notify: ["alice"], after: "0s" }], repeat: "15m" },
};

describe("it lasts", () => {
  function silent(): Fleet {
    return new Fleet().counts(100).falls(...named(20));
  }

  it("until the last of its hosts is back, and not where it began", () => {
    const fleet = silent().returns(...named(19));
    expect(fleet.isFiring()).toBe(true);
    fleet.after(60 * MINUTE_MS);
    expect(fleet.isFiring()).toBe(true);
    expect(fleet.returns("web-19").isFiring()).toBe(false);
    fleet.after(POLICY.incident.resolveAfterMs);
    expect(fleet.open).toBeUndefined();
    expect(freezeOver(fleet.state, FLEET)).not.toBeNull();
  });

  it("while those that are away are no trouble of their own", () => {
    const fleet = silent()
      .returns(...named(19))
      .after(5 * MINUTE_MS);
    const [own] = fleet.state.incidents.values().filter(({ title }) => title === "web-19 is silent");
    expect(fleet.attempts().filter((page) => page.startsWith(own?.incidentId ?? "-"))).toEqual([]);
  });

  it("until the last is retired", () => {
    const fleet = silent().returns(...named(19));
    fleet.act("alice", { kind: "retire-host", hostId: "host_web-19", hostName: "web-19", why: "sold" });
    expect(fleet.isFiring()).toBe(false);
  });

  it("until the last is set aside by a person; which then is a trouble of its own", () => {
    const fleet = silent().returns(...named(19));
    fleet.act("alice", { kind: "set-aside", hostId: "host_web-19", why: "its disk died" });
    expect(fleet.isFiring()).toBe(false);
    expect(isOfSilentFleet(fleet.state, "host_web-19")).toBe(false);
  });

  it("and hosts that were all set aside begin no other one while they stay away", () => {
    const fleet = new Fleet().counts(4).falls("web-0", "web-1", "web-2");
    for (const name of named(3))
      fleet.act("alice", { kind: "set-aside", hostId: `host_${name}`, why: "known" });
    expect(fleet.isFiring()).toBe(false);
    fleet.after(POLICY.incident.resolveAfterMs).after(MINUTE_MS);
    expect(fleet.open).toBeUndefined();
    fleet.returns("web-0").falls("web-0", "web-3");
    expect(fleet.open).toBeUndefined();
  });

  it("no longer than a shard that is gone: its hosts are retired, and its count is forgotten", () => {
    const fleet = new Fleet()
      .counts(3, "shard-0")
      .counts(97, "shard-1")
      .falls(...named(10));
    for (const name of named(10))
      fleet.act("alice", { kind: "retire-host", hostId: `host_${name}`, hostName: name, why: "gone" });
    expect(fleet.isFiring()).toBe(false);
    fleet.take({ kind: "shards-watched", words: [{ shard: "shard-0", answer: null }] });
    expect(fleet.state.censuses.ids()).toEqual(["shard-0"]);
  });
});

describe("who falls silent later", () => {
  it.each([
    { afterMs: 30 * MINUTE_MS, isOfIt: true },
    { afterMs: 30 * MINUTE_MS + 1, isOfIt: false },
  ])("$afterMs ms after the last is of it: $isOfIt", ({ afterMs, isOfIt }) => {
    const fleet = new Fleet()
      .counts(10)
      .falls(...named(3))
      .after(afterMs)
      .falls("web-3");
    expect(isOfSilentFleet(fleet.state, "host_web-3")).toBe(isOfIt);
    expect(fleet.open?.title).toBe(`${isOfIt ? 4 : 3} of 10 hosts fell silent together`);
    fleet.settle();
    const own = fleet.state.incidents.values().find(({ title }) => title === "web-3 is silent");
    expect(own?.state).toBe(isOfIt ? "merged" : "open");
    expect(fleet.attempts().some((page) => page.startsWith(own?.incidentId ?? "-"))).toBe(!isOfIt);
  });

  it("or fell silent well before, and was told only now, is a trouble of its own", () => {
    const fleet = new Fleet().counts(10).falls(...named(3));
    fleet.fire({ reason: "host-silent", subject: subjectOf("web-3"), happenedAt: fleet.now - 4 * MINUTE_MS });
    expect(fleet.list()).toEqual(named(3));
  });

  it("and comes and goes is on the list once, and does not keep it open for others", () => {
    const fleet = new Fleet().counts(10).falls(...named(3));
    for (let turn = 0; turn < 8; turn += 1)
      fleet
        .returns("web-0")
        .after(5 * MINUTE_MS)
        .falls("web-0")
        .after(MINUTE_MS);
    expect(fleet.list().toSorted()).toEqual(named(3));
    expect(isOfSilentFleet(fleet.falls("web-9").state, "host_web-9")).toBe(false);
  });

  it("for an hour is not kept in it by coming and going: the others are back, and it is over", () => {
    const fleet = new Fleet()
      .counts(10)
      .falls(...named(3))
      .after(MINUTE_MS)
      .returns("web-1", "web-2");
    for (let turn = 0; turn < 12; turn += 1)
      fleet
        .returns("web-0")
        .after(5 * MINUTE_MS)
        .falls("web-0")
        .after(MINUTE_MS);
    expect(fleet.isFiring()).toBe(false);
  });

  it("again with many, after all were back, is on a list of its own and freezes again", () => {
    const fleet = new Fleet()
      .counts(10)
      .falls(...named(3))
      .returns(...named(3));
    fleet.act("alice", { kind: "lift-freeze", scope: FLEET, why: "looked" });
    fleet.after(MINUTE_MS).falls(...named(4, 4));
    expect([fleet.isFiring(), fleet.list()]).toEqual([true, named(4, 4)]);
    expect(freezeOver(fleet.state, FLEET)).not.toBeNull();
  });
});

describe("the list", () => {
  it("is kept while the incident is, and forgotten with it", () => {
    const fleet = new Fleet()
      .counts(10)
      .falls(...named(3))
      .returns(...named(3));
    expect(fleet.list()).toEqual(named(3));
    fleet.after(POLICY.incident.resolveAfterMs);
    expect([fleet.open, fleet.list()]).toEqual([undefined, named(3)]);
    fleet.state = {
      ...fleet.state,
      incidents: fleet.state.incidents.without(fleet.state.incidents.ids().at(-1)!),
    };
    for (const id of fleet.state.incidents.ids())
      fleet.state = { ...fleet.state, incidents: fleet.state.incidents.without(id) };
    expect(fleet.after(1).list()).toEqual([]);
  });
});

describe("set aside", () => {
  it.each([
    { why: "a host that is on no list", before: [], hostId: "host_web-9", reason: "host-not-listed" },
    { why: "one that is back", before: ["web-0"], hostId: "host_web-0", reason: "host-not-listed" },
    { why: "one that is away", before: [], hostId: "host_web-0", reason: null },
  ])("$why: $reason", ({ before, hostId, reason }) => {
    const fleet = new Fleet()
      .counts(10)
      .falls(...named(3))
      .returns(...before);
    const { answer } = fleet.act("alice", { kind: "set-aside", hostId, why: "known" });
    expect(answer.ok ? null : answer.error.reason).toBe(reason);
  });

  it("says why, once, and is on record", () => {
    const fleet = new Fleet().counts(10).falls(...named(3));
    const act = { kind: "set-aside", hostId: "host_web-0", why: " " } as const;
    expect(fleet.take(actBy("alice", act)).answer).toMatchObject({ error: { reason: "reason-missing" } });
    fleet.act("alice", { ...act, why: "its disk died" });
    expect(fleet.audited()).toContain("host-set-aside");
    expect(fleet.act("alice", { ...act, why: "again" }).answer).toMatchObject({
      error: { reason: "host-not-listed" },
    });
    expect(fleetHostsOf(fleet.state)[0]?.setAside).toMatchObject({ why: "its disk died", at: fleet.now });
  });
});

describe("beneath it", () => {
  const standingOf = (fleet: Fleet, name: string) => {
    const down = findFinding(fleet.state, subjectOf(name), "host-silent");
    return [down?.standing, down?.incidentId === fleet.open?.incidentId];
  };

  it("lie its hosts, those that fell before it began and those that join, and what fails on them", () => {
    const fleet = new Fleet().counts(10).falls("web-0");
    const service = { ...subjectOf("web-0"), kind: "service", service: "demo" } as const;
    fleet.fire({ subject: service });
    fleet.falls("web-1", "web-2").after(MINUTE_MS).falls("web-3");
    for (const name of named(4)) expect(standingOf(fleet, name)).toEqual(["beneath", true]);
    expect(findFinding(fleet.state, service, "check-failing")).toMatchObject({
      standing: "beneath",
      incidentId: fleet.open?.incidentId,
    });
  });

  it("lies nobody who was set aside: that is a trouble of its own, and rings", () => {
    const fleet = new Fleet().counts(10).falls(...named(3));
    fleet.settle();
    const before = fleet.attempts().length;
    fleet.act("alice", { kind: "set-aside", hostId: "host_web-1", why: "it is in the workshop" });
    expect(standingOf(fleet, "web-1")).toEqual(["own", false]);
    expect(standingOf(fleet, "web-2")).toEqual(["beneath", true]);
    fleet.settle();
    expect(fleet.attempts()).toHaveLength(before + 1);
  });

  it("all is quiet under a silence of its reason, and rings when that ends", () => {
    const fleet = new Fleet().counts(10);
    const matcher = { hostId: null, service: null, reason: REASON } as const;
    const times = { startsAt: fleet.now, endsAt: fleet.now + 10 * MINUTE_MS };
    fleet.act("alice", { kind: "silence", matcher, why: "planned", ...times });
    fleet.falls(...named(3)).after(10 * MINUTE_MS - 1);
    expect(fleet.attempts()).toEqual([]);
    fleet.after(1);
    expect(fleet.attempts()).toHaveLength(1);
  });
});
