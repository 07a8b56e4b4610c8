// A host that is retired: what ends at the desk and in the shard, and what a host's own word does not do.
import { describe, expect, it } from "vitest";
import { namesOf } from "@countersign/shared/values/named";
import { hostIdIn } from "../../../../../control-plane/src/core/words/subject.ts";
import { planShardProjection } from "../../../../../control-plane/src/shell/shard/shard-projection.ts";
import { driveShard, driveUpHost, grantWith, WEB_1 } from "../../shard/shard-driver.ts";
import { Desk, HOST, HOST_ID, SERVICE } from "../desk-fixtures.ts";

const ELSEWHERE = {
  kind: "service",
  hostId: `host_${"b".repeat(32)}`,
  hostName: "web-2",
  service: "demo",
} as const;
const retired = {
  kind: "retire-host",
  hostId: HOST_ID,
  hostName: "web-1",
  why: "sold",
} as const;

describe("at the desk", () => {
  it("nothing about the host is left open, and what is about others stays", () => {
    const desk = new Desk();
    desk.fire({ proposalRequestId: "prq_1" });
    desk.propose();
    desk.fire({ subject: ELSEWHERE });
    for (const scope of [HOST, SERVICE, ELSEWHERE])
      desk.act("alice", { kind: "freeze", scope, why: "looking" });
    for (const { hostId } of [HOST, ELSEWHERE]) {
      const matcher = { hostId, service: null, reason: null };
      desk.act("alice", {
        kind: "silence",
        matcher,
        why: "x",
        startsAt: desk.now,
        endsAt: desk.now + 60_000,
      });
    }
    const { effects } = desk.act("alice", retired);
    const { approvals, freezes, incidents, silences } = desk.state;
    const open = incidents.values().filter(({ state }) => state !== "resolved");
    expect(new Set(open.map(({ subject }) => hostIdIn(subject)))).toEqual(new Set([ELSEWHERE.hostId]));
    expect(freezes.values().map(({ scope }) => scope)).toEqual([ELSEWHERE]);
    expect(silences.values().map(({ matcher }) => matcher.hostId)).toEqual([ELSEWHERE.hostId]);
    expect(approvals.values().map(({ state }) => state)).toEqual(["superseded"]);
    expect(effects).toContainEqual({ kind: "host-retired", hostId: HOST_ID });
  });

  it("a host that was retired before is told to its shard again, and nothing else", () => {
    const desk = new Desk();
    desk.fire({ proposalRequestId: "prq_1" });
    const before = desk.state;
    const { answer, effects } = desk.act("alice", { ...retired, hostName: null });
    expect([answer.ok, effects]).toEqual([true, [{ kind: "host-retired", hostId: HOST_ID }]]);
    expect(desk.state).toEqual(before);
  });

  it("an act that is under way ends without a page about it, and is not handed over again", () => {
    const desk = new Desk();
    desk.fire({ proposalRequestId: "prq_1" });
    desk.propose();
    desk.approve();
    desk.act("alice", retired);
    const [approval] = desk.state.approvals.values();
    expect([approval?.state, approval?.end?.reason]).toEqual(["failed", "host-retired"]);
    const later = desk.tickAfter(3_600_000).effects;
    expect(later.filter(({ kind }) => kind === "deliver-grant" || kind === "send-page")).toEqual([]);
    const pages = desk.state.pages.values().filter(({ state }) => state === "pending");
    expect(pages.filter(({ kind }) => kind !== "recovered")).toEqual([]);
  });
});

describe("in the shard", () => {
  it("the host and its grants are gone, others stay, and its rows say so", () => {
    const shard = driveUpHost();
    shard.send({ kind: "host-enrolled", hostId: "host_other", name: "other" });
    shard.report();
    shard.send({ kind: "grant-issued", grant: grantWith({}) });
    const before = shard.state();
    shard.send({ kind: "host-retired", hostId: WEB_1 });
    expect([shard.state().hosts.ids(), namesOf(shard.state().grants)]).toEqual([["host_other"], []]);
    expect(planShardProjection(before, shard.state(), shard.now())).toMatchObject([
      { table: "hosts", row: { hostId: WEB_1, liveness: "retired" } },
      { table: "services", row: { hostId: WEB_1, status: "gone" } },
    ]);
    shard.send({ kind: "host-retired", hostId: WEB_1 });
    shard.advance(3_600_000);
    expect(shard.signals("firing")).toEqual([]);
  });

  it("no longer counts in the share of silent hosts", () => {
    const shard = driveShard();
    const hosts = ["host_1", "host_2", "host_3"];
    for (const hostId of hosts) {
      shard.enrol(hostId);
      shard.connect(hostId);
    }
    shard.send({ kind: "host-retired", hostId: "host_3" });
    shard.advance(600_000);
    expect(shard.signals("firing").filter(({ reason }) => reason === "fleet-silent")).toEqual([]);
  });

  it("its own word is an announcement: it pages as silent after its bound", () => {
    const shard = driveUpHost();
    shard.send({ kind: "leaving", hostId: WEB_1, reason: "retired", returnWithinMs: 900_000 });
    shard.fallSilent();
    shard.advance(899_000);
    expect([shard.host().saysRetired, shard.signals("firing").length]).toEqual([true, 0]);
    shard.advance(30_000);
    expect(shard.signals("firing").map(({ reason }) => reason)).toEqual(["host-late-return"]);
    shard.connect();
    expect(shard.host().saysRetired).toBeUndefined();
  });
});
