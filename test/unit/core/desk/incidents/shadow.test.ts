// Rules in shadow: they decide and are recorded, and page nobody, act on nothing, freeze nothing. And policies that differ by host,
// tag and service, as the shard uses them.
import { beforeEach, describe, expect, it } from "vitest";
import { SHADOW_ENDED_MAX } from "../../../../../control-plane/src/core/desk/records/shadow-finding.ts";
import { storedHostOf } from "../../../../../control-plane/src/core/shard/kept/shard-stored.ts";
import { actorNameOf, byPerson } from "../../../../../control-plane/src/core/words/actor.ts";
import { Policy } from "../../../../../control-plane/src/policy/policy.ts";
import { driveFailingService, driveShard, policyWith, WEB_1 } from "../../shard/shard-driver.ts";
import { Desk, HOST, POLICY, SERVICE } from "../desk-fixtures.ts";

const SHADOW = { shadow: { tags: [] } };

function inShadow(change: Partial<Policy>): Policy {
  return { ...POLICY, ...change };
}

function auditOf(desk: Desk, act: string): readonly string[] {
  return desk.effects.flatMap((effect) =>
    effect.kind === "audit" && effect.entry.act === act
      ? [`${actorNameOf(effect.entry.actor)}: ${effect.entry.why}`]
      : [],
  );
}

const WOULD = { reason: "in-shadow", action: "restart" } as const;

describe("the desk, of a finding in shadow", () => {
  let desk: Desk;
  beforeEach(() => {
    desk = new Desk(inShadow({ shadow: true }));
  });

  it("opens no incident, pages nobody, pulls no brake, and says what would have been", () => {
    desk.fire({ ...SHADOW, refusal: WOULD, freezes: true });
    desk.tickAfter(3_600_000);
    expect(desk.state.incidents).toEqual({});
    expect(desk.state.pages).toEqual({});
    expect(desk.state.freezes).toEqual({});
    expect(auditOf(desk, "would-have-paged")).toEqual([
      "rule:check-failing: in shadow: demo is failing; restart would have been proposed",
    ]);
    expect(desk.state.shadowCounts.get("check-failing")).toMatchObject({
      wouldHavePaged: 1,
      wouldHaveActed: 1,
    });
  });

  it("counts a condition that is reported again once, and a new one anew", () => {
    desk.fire(SHADOW);
    desk.fire({ ...SHADOW, severity: "critical", refusal: WOULD });
    expect(desk.state.shadowCounts.get("check-failing")).toMatchObject({
      wouldHavePaged: 1,
      wouldHaveActed: 1,
    });
    desk.clear();
    desk.tickAfter(1_000);
    desk.fire(SHADOW);
    expect(desk.state.shadowCounts.get("check-failing")).toMatchObject({
      wouldHavePaged: 2,
      wouldHaveActed: 1,
    });
    expect(desk.state.shadow.values().map(({ endedAt }) => endedAt !== null)).toEqual([true, false]);
  });

  it("takes a person's mark of a false alarm once", () => {
    desk.fire(SHADOW);
    const [findingId = ""] = desk.state.shadow.ids();
    for (const by of ["alice", "bob"])
      expect(desk.act(by, { kind: "mark-false-alarm", findingId }).answer.ok).toBe(true);
    expect(desk.state.shadow.get(findingId)?.falseAlarmBy).toEqual(byPerson("alice"));
    expect(desk.state.shadowCounts.get("check-failing")?.falseAlarms).toBe(1);
    expect(desk.act("alice", { kind: "mark-false-alarm", findingId: "nothing" }).answer).toEqual({
      ok: false,
      error: { reason: "finding-unknown" },
    });
  });

  it("pages what still fires when a person promotes the rule, and not what was over", () => {
    desk.fire(SHADOW);
    desk.fire({ ...SHADOW, reason: "stale-code", subject: HOST });
    desk.clear("stale-code");
    desk.policy = POLICY;
    desk.tickAfter(1_000);
    expect(desk.state.incidents.values().map(({ reason }) => reason)).toEqual(["check-failing"]);
    desk.settle();
    expect(desk.state.pages.values().map(({ responder }) => responder)).toEqual(["alice"]);
    desk.clear();
    desk.tickAfter(600_000);
    expect(desk.state.incidents.values().map(({ state }) => state)).toEqual(["resolved"]);
  });

  it("promotes by the overrides of the finding's own host and tags", () => {
    desk.fire({ shadow: { tags: ["test"] } });
    const earnest = Policy.parse({ version: 1, overrides: [{ match: { tags: ["test"] }, shadow: true }] });
    desk.policy = { ...POLICY, overrides: earnest.overrides };
    desk.tickAfter(1_000);
    expect(desk.state.incidents).toEqual({});
    desk.policy = POLICY;
    desk.tickAfter(1_000);
    expect(desk.state.incidents.ids()).toHaveLength(1);
  });

  it("lets an incident that was open before go on until it is over", () => {
    const live = new Desk();
    live.fire();
    live.fire({ ...SHADOW, title: "demo is failing badly" });
    expect(live.state.incidents.values()).toMatchObject([{ title: "demo is failing badly" }]);
    expect(live.state.shadow).toEqual({});
  });

  it("keeps what fires whatever its number, and only the newest of what is over", () => {
    for (let index = 0; index < SHADOW_ENDED_MAX + 5; index += 1) {
      const subject = { ...SERVICE, hostName: `web-${index}`, hostId: `host_${index}` };
      desk.fire({ ...SHADOW, subject });
      desk.now += 1;
      if (index < SHADOW_ENDED_MAX + 1)
        desk.take({
          kind: "signal",
          signal: { ...desk.signalBase(), kind: "cleared", subject, reason: "check-failing", evidence: [] },
        });
    }
    const ended = desk.state.shadow.values().filter(({ endedAt }) => endedAt !== null);
    expect(ended).toHaveLength(SHADOW_ENDED_MAX);
    expect(desk.state.shadow.ids()).toHaveLength(SHADOW_ENDED_MAX + 4);
    expect(desk.state.shadowCounts.get("check-failing")?.wouldHavePaged).toBe(SHADOW_ENDED_MAX + 5);
  });

  it("records its own rules too", () => {
    const rules = { ...POLICY.rules, "route-missing": { enabled: true, shadow: true } };
    const own = new Desk(inShadow({ rules }));
    own.take({ kind: "route-checked", channel: "push", problem: "the secret is not bound" });
    expect(own.state.incidents).toEqual({});
    expect(own.state.shadowCounts.get("route-missing")).toMatchObject({ wouldHavePaged: 1 });
    own.take({ kind: "route-checked", channel: "push", problem: null });
    expect(own.state.shadow.values().every(({ endedAt }) => endedAt !== null)).toBe(true);
  });
});

describe("the shard, of a policy that differs by host and service", () => {
  const override = (match: object, change: object) => policyWith({ overrides: [{ match, ...change }] });

  it("marks the signal of a rule in shadow, and proposes nothing for it", () => {
    const shard = driveFailingService(
      override({ services: ["web"] }, { rules: { "check-failing": { shadow: true } } }),
    );
    shard.advance(60_000);
    expect(shard.signals("firing")).toMatchObject([{ shadow: { tags: [] }, refusal: WOULD }]);
    expect(shard.sent("propose")).toEqual([]);
  });

  it("marks nothing of another service", () => {
    const shard = driveFailingService(override({ services: ["queue"] }, { shadow: true }));
    shard.advance(60_000);
    expect(shard.signals("firing").map(({ shadow }) => shadow)).toEqual([undefined]);
    expect(shard.sent("propose")).toHaveLength(1);
  });

  it("holds a check of one service longer", () => {
    const shard = driveFailingService(override({ services: ["we*"] }, { checkFailing: { held: "5m" } }));
    shard.advance(4 * 60_000);
    expect(shard.signals("firing")).toEqual([]);
    shard.advance(2 * 60_000);
    expect(shard.signals("firing")).toHaveLength(1);
  });

  it("knows a host by its catalogue's tags, and still when it is silent", () => {
    const shard = driveShard(override({ tags: ["test"] }, { shadow: true }));
    shard.enrol();
    shard.connect(WEB_1, { tags: ["test"] });
    expect(storedHostOf(shard.host()).tags).toEqual(["test"]);
    shard.fallSilent();
    shard.send({ kind: "disconnected", hostId: WEB_1, connectionId: "con_1" });
    shard.advance(120_000);
    expect(shard.signals("firing")).toMatchObject([{ reason: "host-silent", shadow: { tags: ["test"] } }]);
  });

  it("forgets the tags that the next hello does not bring", () => {
    const shard = driveShard();
    shard.enrol();
    shard.connect(WEB_1, { tags: ["test"] });
    shard.connect(WEB_1, { connectionId: "con_2" });
    expect(shard.host().tags).toBeUndefined();
    expect("tags" in storedHostOf(shard.host())).toBe(false);
  });
});
