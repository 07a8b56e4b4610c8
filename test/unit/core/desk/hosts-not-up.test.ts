// Who is not up, as the desk knows it without asking a shard.
import { describe, expect, it } from "vitest";
import { hostsNotUp } from "../../../../control-plane/src/core/desk/hosts-not-up.ts";
import { fleetSubjectOf } from "../../../../control-plane/src/core/words/subject.ts";
import { Policy } from "../../../../control-plane/src/policy/policy.ts";
import { Desk, HOST, HOST_ID, SERVICE, START_AT } from "./desk-fixtures.ts";

const DOWN = [{ hostId: HOST_ID, name: "web-1", sinceAt: START_AT - 60_000 }];
const happened = { happenedAt: START_AT - 60_000 };

describe("a host", () => {
  it.each(["host-silent", "host-late-return"] as const)(
    "is down while %s fires, and not when it has cleared",
    (reason) => {
      const desk = new Desk();
      expect(hostsNotUp(desk.state)).toEqual({ down: [], blindShards: [], blindSince: [] });
      desk.fire({ subject: HOST, reason, ...happened });
      expect(hostsNotUp(desk.state).down).toEqual(DOWN);
      const [incident] = desk.state.incidents.values();
      desk.act("alice", { kind: "acknowledge", incidentId: incident?.incidentId ?? "" });
      expect(hostsNotUp(desk.state).down).toEqual(DOWN);
      desk.clear(reason);
      expect(hostsNotUp(desk.state).down).toEqual([]);
    },
  );

  it("is down while its silence fires in shadow, of which nobody is paged", () => {
    const desk = new Desk(Policy.parse({ version: 1, rules: { "host-silent": { shadow: true } } }));
    desk.fire({ subject: HOST, reason: "host-silent", ...happened, shadow: { tags: [] } });
    expect(desk.state.incidents.values()).toEqual([]);
    expect(hostsNotUp(desk.state).down).toEqual(DOWN);
    desk.clear("host-silent");
    expect(hostsNotUp(desk.state).down).toEqual([]);
  });

  it("is not down because its service fails", () => {
    const desk = new Desk();
    desk.fire({ subject: SERVICE, reason: "check-failing" });
    expect(hostsNotUp(desk.state).down).toEqual([]);
  });
});

describe("a shard", () => {
  it("is blind while it does not answer the watch", () => {
    const desk = new Desk();
    desk.take({ kind: "shards-watched", words: [{ shard: "shard-1", answer: null }] });
    expect(hostsNotUp(desk.state).blindShards).toEqual(["shard-1"]);
    expect(hostsNotUp(desk.state).blindSince).toEqual([{ shard: "shard-1", at: START_AT }]);
    desk.take({ kind: "shard-heard", shard: "shard-1" });
    expect(hostsNotUp(desk.state).blindShards).toEqual([]);
  });

  it("is blind while a gap of our own is open", () => {
    const desk = new Desk();
    const subject = fleetSubjectOf({ shard: "shard-0" });
    desk.fire({ subject, reason: "control-plane-gap" });
    expect(hostsNotUp(desk.state).blindShards).toEqual(["shard-0"]);
    const cleared = { kind: "cleared", subject, reason: "control-plane-gap", evidence: [] } as const;
    desk.take({ kind: "signal", signal: { ...desk.signalBase(), ...cleared } });
    expect(hostsNotUp(desk.state).blindShards).toEqual([]);
  });
});
