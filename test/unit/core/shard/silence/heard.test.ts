// What is heard: keepalives and an accepted newest digest, together. Each bound from both sides, in the three profiles, on a driven shard
// whose hosts go on pinging whatever becomes of what they say.
import { describe, expect, it } from "vitest";
import {
  type DrivenShard,
  driveShard,
  driveUpHost,
  grantWith,
  policyWith,
  WEB_1,
  WEB_2,
} from "../shard-driver.ts";

const PROFILES = [
  { profile: "economy", lateMs: 25_000, boundMs: 120_000 },
  { profile: "default", lateMs: 12_000, boundMs: 60_000 },
  { profile: "fast", lateMs: 6_000, boundMs: 10_000 },
] as const;

type Profile = (typeof PROFILES)[number]["profile"];
const policyOf = (profile: Profile) => policyWith({ liveness: { profile } });
const OWN_WORDS = /nothing it says is understood/;

/** Hello after hello, each connection with pings, and its digest refused or never sent. */
function connectAgainAndAgain(shard: DrivenShard, everyMs: number, untilMs: number): void {
  for (let sinceMs = 0; sinceMs < untilMs; sinceMs += everyMs) {
    shard.hello(WEB_1, { connectionId: `con_again_${sinceMs}` });
    shard.advance(Math.min(everyMs, untilMs - sinceMs));
  }
  shard.sweep();
}

/** A deploy of ours: all sockets are lost, and for a while nobody ran. */
function deployFor(shard: DrivenShard, gapMs: number): void {
  const blindSinceAt = shard.now();
  for (const hostId of Object.keys(shard.state().hosts)) shard.fallSilent(hostId);
  shard.skip(gapMs);
  shard.send({ kind: "woke", connectedHostIds: [], blindSinceAt });
}

const reasons = (shard: DrivenShard, kind: "firing" | "cleared" = "firing") =>
  shard.signals(kind).map(({ reason }) => reason);

describe.each(PROFILES)("in profile $profile", ({ profile, lateMs, boundMs }) => {
  it.each([
    { afterMs: lateMs - 1, liveness: "up" },
    { afterMs: lateMs, liveness: "late" },
    { afterMs: boundMs - 1, liveness: "late" },
    { afterMs: boundMs, liveness: "down" },
  ])("hellos and keepalives without a digest: $liveness after $afterMs ms", ({ afterMs, liveness }) => {
    const shard = driveUpHost(policyOf(profile));
    connectAgainAndAgain(shard, 1_000, afterMs);
    expect(shard.host().liveness).toBe(liveness);
    expect(reasons(shard)).toEqual(liveness === "down" ? ["host-silent"] : []);
  });

  it.each([
    { afterMs: boundMs - 1, fired: [] },
    { afterMs: boundMs, fired: ["host-silent"] },
  ])(
    "the first digest of a new host is waited for $afterMs ms after its hello: $fired",
    ({ afterMs, fired }) => {
      const shard = driveShard(policyOf(profile));
      shard.enrol();
      shard.advance(3_600_000);
      shard.hello();
      shard.advance(afterMs);
      shard.sweep();
      expect(reasons(shard)).toEqual(fired);
      expect(shard.host().liveness).not.toBe("up");
    },
  );

  it("one socket that pings on without a digest is down at the bound, by the alarm alone", () => {
    const shard = driveUpHost(policyOf(profile));
    shard.hello(WEB_1, { connectionId: "con_2" });
    const saidAt = shard.now();
    shard.advance(3_600_000);
    expect(shard.signals("firing")).toMatchObject([
      { reason: "host-silent", noticedAt: saidAt + boundMs, title: expect.stringMatching(OWN_WORDS) },
    ]);
  });

  it("a digest that is refused twice is told at once, and only once", () => {
    const shard = driveUpHost(policyOf(profile));
    shard.advance(3_600_000);
    shard.refuse();
    expect(shard.host().liveness).toBe("up");
    expect(shard.sent("report-wanted")).toHaveLength(1);
    shard.advance(100);
    shard.refuse();
    expect(shard.host().liveness).toBe("down");
    const askedCount = shard.sent("report-wanted").length;
    for (let count = 0; count < 20; count += 1) {
      shard.advance(5_000);
      shard.hello(WEB_1, { connectionId: `con_${count}` });
      shard.refuse();
    }
    expect(shard.signals("firing")).toMatchObject([
      { reason: "host-silent", severity: "critical", title: expect.stringMatching(OWN_WORDS) },
    ]);
    expect(shard.sent("report-wanted")).toHaveLength(askedCount);
    expect(reasons(shard, "cleared")).toEqual([]);
  });

  it.each([
    { afterMs: boundMs - 1, liveness: "late" },
    { afterMs: boundMs, liveness: "down" },
  ])(
    "once refused and never said again: $liveness $afterMs ms after it was last heard",
    ({ afterMs, liveness }) => {
      const shard = driveUpHost(policyOf(profile));
      shard.advance(3_600_000);
      shard.sweep();
      shard.refuse();
      const heardAt = shard.host().lastSeenAt;
      shard.advance(heardAt + afterMs - shard.now());
      shard.sweep();
      expect(shard.host()).toMatchObject({ liveness, lastSeenAt: heardAt });
    },
  );

  it("a digest that was lost on our side is asked for when the host is late, and ends it", () => {
    const shard = driveUpHost(policyOf(profile));
    shard.hello(WEB_1, { connectionId: "con_2" });
    shard.advance(lateMs - 1);
    expect(shard.sent("report-wanted")).toEqual([]);
    shard.advance(1);
    expect([shard.host().liveness, shard.sent("report-wanted").length]).toEqual(["late", 1]);
    shard.digest();
    expect(shard.host().liveness).toBe("up");
  });

  it("an accepted digest ends it, and nothing else does", () => {
    const shard = driveUpHost(policyOf(profile));
    shard.refuse();
    shard.refuse();
    shard.hello(WEB_1, { connectionId: "con_2" });
    shard.report({ status: "pass" });
    shard.send({ kind: "leaving", hostId: WEB_1, reason: "reboot", returnWithinMs: 300_000 });
    shard.advance(boundMs);
    expect(shard.host()).toMatchObject({ liveness: "down", returnDueAt: null });
    shard.digest();
    expect(shard.host()).toMatchObject({ liveness: "up", unheard: null, lastSeenAt: shard.now() });
    shard.advance(3_600_000);
    expect(shard.host().liveness).toBe("up");
    expect([reasons(shard), reasons(shard, "cleared")]).toEqual([["host-silent"], ["host-silent"]]);
  });

  it("keepalives are wanted too: a host that only sends digests when it connects goes late again", () => {
    const shard = driveUpHost(policyOf(profile));
    shard.fallSilent();
    shard.advance(boundMs);
    shard.send({ kind: "reported", hostId: WEB_1, digest: true, services: [] });
    expect(shard.host().liveness).toBe("up");
    shard.advance(lateMs);
    expect(shard.host().liveness).toBe("late");
  });
});

describe("what is refused", () => {
  it("and is no digest costs that frame alone", () => {
    const shard = driveUpHost();
    for (let count = 0; count < 10; count += 1) shard.refuse(WEB_1, false);
    shard.advance(3_600_000);
    expect(shard.host()).toMatchObject({ liveness: "up", unheard: null });
  });

  it("is forgotten with an accepted digest: two refusals count only without one in between", () => {
    const shard = driveUpHost();
    for (let count = 0; count < 5; count += 1) {
      shard.refuse();
      shard.digest();
    }
    expect(reasons(shard)).toEqual([]);
    expect(shard.host().unheard).toBeNull();
  });

  it("is the whole digest where one part of it is", () => {
    const shard = driveUpHost();
    for (const refused of [2, 3, 1]) {
      for (const number of [1, 2, 3])
        if (number === refused) shard.refuse();
        else shard.digest(WEB_1, { number, of: 3 });
      if (refused === 2) expect(shard.host()).toMatchObject({ liveness: "up", unheard: { refusedCount: 1 } });
    }
    expect(reasons(shard)).toEqual(["host-silent"]);
    for (const number of [1, 2]) shard.digest(WEB_1, { number, of: 3 });
    expect(shard.host().liveness).toBe("down");
    shard.digest(WEB_1, { number: 3, of: 3 });
    expect(shard.host().liveness).toBe("up");
  });

  it.each([{ parts: [3] }, { parts: [1, 3] }, { parts: [2, 3] }, { parts: [2, 1, 3] }, { parts: [1, 1, 3] }])(
    "of which a part never came is none: $parts of 3",
    ({ parts }) => {
      const shard = driveUpHost();
      shard.hello(WEB_1, { connectionId: "con_2" });
      for (const number of parts) shard.digest(WEB_1, { number, of: 3 });
      expect(shard.host().unheard).not.toBeNull();
      for (const number of [1, 2]) shard.digest(WEB_1, { number, of: 3 });
      expect(shard.host().unheard).not.toBeNull();
      shard.digest(WEB_1, { number: 3, of: 3 });
      expect(shard.host().unheard).toBeNull();
    },
  );

  it("keeps its own words, whatever the second opinion says", () => {
    const shard = driveUpHost();
    shard.refuse();
    shard.refuse();
    for (const opinion of ["answers", "no-answer", "refused"] as const)
      shard.send({ kind: "second-opinion", hostId: WEB_1, opinion });
    expect(shard.signals("firing")).toHaveLength(1);
    expect(shard.host().secondOpinion).toBe("refused");
  });

  it("rewords a silence that was told already, once: the same incident", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.advance(60_000);
    shard.hello(WEB_1, { connectionId: "con_2" });
    shard.advance(4_999);
    expect(shard.signals("firing")).toHaveLength(1);
    shard.advance(600_000);
    const titles = shard.signals("firing").map(({ title }) => OWN_WORDS.test(title));
    expect([titles, reasons(shard)]).toEqual([
      [false, true],
      ["host-silent", "host-silent"],
    ]);
  });
});

describe("a host that returns", () => {
  it("and is understood is told as back, and never reworded", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.advance(60_000);
    shard.hello(WEB_1, { connectionId: "con_2" });
    expect(shard.host().liveness).toBe("down");
    shard.advance(50);
    shard.digest();
    expect([reasons(shard), reasons(shard, "cleared")]).toEqual([["host-silent"], ["host-silent"]]);
  });

  it("just before its bound has the time of a keepalive for its digest", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.advance(59_999);
    shard.hello(WEB_1, { connectionId: "con_2" });
    shard.advance(4_999);
    expect(shard.host().liveness).toBe("late");
    shard.advance(1);
    expect(shard.host().liveness).toBe("down");
  });

  it("as announced, and is not understood, is silent at the bound after its first hello", () => {
    const shard = driveUpHost();
    shard.send({ kind: "leaving", hostId: WEB_1, reason: "upgrade", returnWithinMs: 600_000 });
    shard.fallSilent();
    shard.advance(300_000);
    connectAgainAndAgain(shard, 1_000, 59_999);
    expect(reasons(shard)).toEqual([]);
    shard.advance(1);
    shard.sweep();
    expect(reasons(shard)).toEqual(["host-silent"]);
  });

  it("later than announced keeps the reason under which that was told", () => {
    const shard = driveUpHost();
    shard.send({ kind: "leaving", hostId: WEB_1, reason: "reboot", returnWithinMs: 300_000 });
    shard.fallSilent();
    shard.advance(300_000);
    connectAgainAndAgain(shard, 1_000, 60_000);
    shard.digest();
    expect(new Set(reasons(shard))).toEqual(new Set(["host-late-return"]));
    expect(reasons(shard, "cleared")).toEqual(["host-late-return"]);
    expect(shard.host().returnDueAt).toBeNull();
  });

  it("is sent what waits for it only once it is heard", () => {
    const shard = driveUpHost();
    shard.hello(WEB_1, { connectionId: "con_2" });
    shard.send({ kind: "grant-issued", grant: grantWith() });
    expect(shard.sent("grant")).toEqual([]);
    shard.digest();
    expect(shard.sent("grant")).toHaveLength(1);
  });
});

describe("a deploy of ours", () => {
  it("pages nobody when hosts come back within the grace and are understood", () => {
    const shard = driveUpHost();
    deployFor(shard, 2_000);
    shard.advance(19_999);
    shard.hello(WEB_1, { connectionId: "con_2" });
    shard.advance(50);
    shard.digest();
    shard.advance(3_600_000);
    expect(reasons(shard).filter((reason) => reason !== "control-plane-gap")).toEqual([]);
  });

  it.each([
    { afterMs: 19_999, fired: [] },
    { afterMs: 20_000, fired: ["host-silent"] },
  ])(
    "holds back what is refused twice until its grace is over: $fired after $afterMs ms",
    ({ afterMs, fired }) => {
      const shard = driveUpHost();
      deployFor(shard, 2_000);
      for (const connectionId of ["con_2", "con_3"]) {
        shard.hello(WEB_1, { connectionId });
        shard.refuse();
      }
      shard.advance(afterMs);
      shard.sweep();
      expect(reasons(shard)).toEqual(fired);
    },
  );

  it("again and again does not keep a host that is not understood from being told", () => {
    const shard = driveUpHost();
    shard.hello(WEB_1, { connectionId: "con_2" });
    for (let count = 0; count < 3; count += 1) {
      shard.advance(25_000);
      deployFor(shard, 1_000);
      shard.hello(WEB_1, { connectionId: `con_after_${count}` });
    }
    shard.advance(25_000);
    expect(reasons(shard).filter((reason) => reason === "host-silent")).toHaveLength(1);
  });

  it("that refuses what a whole fleet says is a silence of each, by which the desk judges the fleet", () => {
    const shard = driveShard();
    const hosts = [WEB_1, WEB_2, `${WEB_1.slice(0, -1)}3`, `${WEB_1.slice(0, -1)}4`];
    for (const hostId of hosts) {
      shard.enrol(hostId, hostId.slice(-2));
      shard.connect(hostId);
    }
    deployFor(shard, 2_000);
    for (const connectionId of ["con_2", "con_3"])
      for (const hostId of hosts) {
        shard.hello(hostId, { connectionId });
        shard.refuse(hostId);
      }
    shard.advance(20_000);
    expect(reasons(shard)).toEqual(hosts.map(() => "host-silent"));
  });
});
