// Facts on their way through the shard: into whose book, what the shard derives by itself, what holds a restart back, and what
// survives the loss of the shard's memory.
import { describe, expect, it } from "vitest";
import { SERVICES_PER_HOST_MAX } from "@countersign/shared/values/limits";
import { namesOf, withNamed } from "@countersign/shared/values/named";
import { recordsFrom } from "@countersign/shared/values/records";
import type { Fact } from "@countersign/shared/wire/fact";
import { EMPTY_BOOK } from "../../../../../control-plane/src/core/facts/fact-book.ts";
import { decideShard } from "../../../../../control-plane/src/core/shard/decide-shard.ts";
import { restoreHost, storedHostOf } from "../../../../../control-plane/src/core/shard/kept/shard-stored.ts";
import { byPerson } from "../../../../../control-plane/src/core/words/actor.ts";
import { FLEET, hostedSubject, serviceOf } from "../../../../../control-plane/src/core/words/subject.ts";
import { eventOf } from "../../../../../control-plane/src/shell/shard/shard-frames.ts";
import { type FactBody, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../facts/fact-driver.ts";
import {
  type DrivenShard,
  driveFailingService,
  driveUpHost,
  grantWith,
  hostWrites,
  outcomeWith,
  policyWith,
  START_AT,
  WEB_1,
} from "../shard-driver.ts";

function tell(shard: DrivenShard, body: FactBody, service: string | null = "web"): void {
  const fact = { ...body, at: shard.now(), service };
  shard.send({ kind: "facts", hostId: WEB_1, facts: [fact] });
}

function firing(shard: DrivenShard): readonly string[] {
  return shard.signals("firing").map(({ reason, subject }) => `${reason} ${serviceOf(subject) ?? "host"}`);
}

function cleared(shard: DrivenShard): readonly string[] {
  return shard.signals("cleared").map(({ reason, subject }) => `${reason} ${serviceOf(subject) ?? "host"}`);
}

const killed: FactBody = { kind: "oom-kill", by: "kernel" };

describe("a fact reaches the book of whom it is about", () => {
  it.each([
    { service: "web", fires: ["memory-pressure web"] },
    { service: null, fires: ["memory-pressure host"] },
    { service: "unlisted", fires: ["memory-pressure unlisted"] },
  ])("$service", ({ service, fires }) => {
    const shard = driveUpHost();
    shard.report({}, true);
    tell(shard, killed, service);
    expect(firing(shard)).toEqual(fires);
  });

  it("of a host that was never enrolled: nobody's", () => {
    const shard = driveUpHost();
    const facts = [{ ...killed, at: START_AT, service: null } as Fact];
    shard.send({ kind: "facts", hostId: "host_00000000000000000000000000000009", facts });
    expect(firing(shard)).toEqual([]);
  });

  it("is a sign of life", () => {
    const shard = driveUpHost();
    shard.skip(5_000);
    tell(shard, { kind: "heartbeat", source: "cron" }, null);
    expect(shard.host().lastSeenAt).toBe(START_AT + 5_000);
  });

  it("from a clock that runs ahead is about now", () => {
    const shard = driveUpHost();
    const fact = { ...killed, at: START_AT + HOUR_MS, service: null } as Fact;
    shard.send({ kind: "facts", hostId: WEB_1, facts: [fact] });
    expect(shard.signals("firing")[0]?.happenedAt).toBe(START_AT);
  });
});

describe("a service that is known by facts alone", () => {
  it("survives a digest that does not name it, and is forgotten with its facts", () => {
    const shard = driveUpHost();
    tell(shard, killed, "unlisted");
    shard.report({}, true);
    expect(namesOf(shard.host().services).sort()).toEqual(["unlisted", "web"]);
    shard.advance(30 * MINUTE_MS);
    expect(cleared(shard)).toEqual(["memory-pressure unlisted"]);
    expect(namesOf(shard.host().services)).toEqual(["web"]);
  });

  it("is not opened beyond the bound of a host's services", () => {
    const shard = driveUpHost();
    for (let count = 0; count <= SERVICES_PER_HOST_MAX; count += 1) tell(shard, killed, `s-${count}`);
    expect(namesOf(shard.host().services)).toHaveLength(SERVICES_PER_HOST_MAX);
    tell(shard, { kind: "heartbeat", source: "cron" }, "s-0");
    expect(firing(shard)).toHaveLength(SERVICES_PER_HOST_MAX);
  });

  it("is not opened by a fact that matters to no rule", () => {
    const shard = driveUpHost();
    tell(shard, { kind: "log", text: "polling conflict" }, "unlisted");
    expect(shard.host().services).toEqual({});
  });
});

describe("the shard derives", () => {
  it.each([
    { title: "systemd, by its counter", report: { invocationId: "inv-2", restartCount: 1 }, by: "systemd" },
    { title: "somebody", report: { invocationId: "inv-2" }, by: "somebody" },
  ])("who restarted it: $title", ({ report, by }) => {
    const shard = driveUpHost(policyWith({ rules: { "restart-loop-suspected": { restartsMin: 1 } } }));
    shard.report();
    shard.report(report);
    expect(shard.signals("firing")[0]?.evidence[0]?.text).toBe(`restarted by ${by}`);
  });

  it("that it was us, while an act of ours is under way", () => {
    const shard = driveFailingService(
      policyWith({
        rules: { "restart-loop-suspected": { restartsMin: 1 } },
        restartBudget: { restartsMax: 9 },
      }),
    );
    shard.send({ kind: "grant-issued", grant: grantWith({ expiresAt: shard.now() + 60_000 }) });
    shard.report({ status: "fail", invocationId: "inv-2" });
    expect(shard.signals("firing").at(-1)?.evidence[0]?.text).toBe("restarted by countersign");
  });

  it("each restart of one report, so that a loop between two reports is found", () => {
    const shard = driveUpHost();
    shard.report();
    shard.report({ invocationId: "inv-4", restartCount: 3 });
    expect(firing(shard)).toEqual(["restart-loop-suspected web"]);
  });

  it("attempts from our own outcomes, and is stuck when five end alike", () => {
    const shard = driveUpHost();
    shard.report({ status: "fail" });
    for (let sequence = 1; sequence <= 5; sequence += 1) {
      const refused = {
        status: "refused",
        refusal: "precondition-changed",
        grantId: `grt_${sequence}`,
      } as const;
      shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith({ ...refused, sequence }) });
      const repeated = outcomeWith({ ...refused, sequence });
      shard.send({ kind: "outcome", hostId: WEB_1, outcome: repeated });
      expect(firing(shard).includes("remediation-stuck web")).toBe(sequence === 5);
    }
  });

  it("a kill for memory from the unit's own result", () => {
    const shard = driveUpHost();
    shard.report();
    const { report } = shard.service();
    const unit = report.unit === null ? null : { ...report.unit, result: "oom-kill" };
    for (let count = 0; count < 2; count += 1)
      shard.send({ kind: "reported", hostId: WEB_1, digest: false, services: [{ ...report, unit }] });
    expect(firing(shard)).toEqual(["memory-pressure web"]);
  });

  it("that checks fail by their own rule, so that a failure right after an own config change is ours", () => {
    const shard = driveUpHost();
    shard.report();
    tell(shard, { kind: "config-changed", path: "/etc/web.yaml", by: "watchdog" });
    shard.advance(60_000);
    failTimes(shard, 2);
    expect(firing(shard)).toEqual([]);
    failTimes(shard, 1);
    // The freeze is there before anything is asked for.
    expect(firing(shard)).toEqual(["self-inflicted web", "check-failing web"]);
    expect(shard.service().book.frozenBy).toBe("self-inflicted");
    expect(shard.sent("propose")).toEqual([]);
  });

  it.each([
    { title: "a restart of ours of what failed", askedFor: "check-failing", fires: [] },
    { title: "one that makes old code new", askedFor: "stale-code", fires: ["self-inflicted web"] },
  ] as const)("whom an act of ours is to blame for: $title", ({ askedFor, fires }) => {
    const shard = driveUpHost();
    shard.report();
    shard.advance(60_000);
    const ladder = { tried: [], undo: null, ranAt: [], askAt: null, askedFor } as const;
    const host = shard.host();
    const services = withNamed(host.services, "web", { ...shard.service(), ladder });
    const hosts = shard.state().hosts.with(WEB_1, { ...host, services });
    shard.replaceState({ ...shard.state(), hosts });
    const ran = { startedAt: shard.now() - 1_000, finishedAt: shard.now() };
    const outcome = outcomeWith({ ...ran, status: "timed-out" });
    shard.send({ kind: "outcome", hostId: WEB_1, outcome });
    failTimes(shard, 3);
    expect(firing(shard).filter((fired) => fired.startsWith("self"))).toEqual(fires);
  });
});

function failTimes(shard: DrivenShard, times: number): void {
  for (let count = 0; count < times; count += 1) {
    shard.advance(5_000);
    shard.report({ status: "fail" });
  }
}

describe("no restart is proposed", () => {
  function failAfter(shard: DrivenShard): void {
    failTimes(shard, 3);
  }

  it.each(["web", null])(
    "for a failure whose class is memory (told of %s), and the page says why",
    (service) => {
      const shard = driveUpHost();
      shard.report();
      tell(shard, killed, service);
      failAfter(shard);
      expect(shard.sent("propose")).toEqual([]);
      const failing = shard.signals("firing").find(({ reason }) => reason === "check-failing");
      const refusal = { reason: "restart-pointless", finding: "memory-pressure", failureClass: "memory" };
      expect(failing?.refusal).toEqual(refusal);
    },
  );

  it("but a lower rung of the ladder is", () => {
    const shard = driveUpHost(policyWith({ remediations: [{ reason: "check-failing", action: "reset" }] }));
    const actions = [{ action: "reset", level: 2 }];
    shard.connect(WEB_1, { catalogue: [{ service: "web", title: "Web", unit: "web.service", actions }] });
    shard.report();
    tell(shard, killed);
    failAfter(shard);
    expect(shard.sent("propose")).toMatchObject([{ action: "reset" }]);
  });

  it("and what was proposed before is superseded", () => {
    const shard = driveFailingService();
    shard.mint();
    tell(shard, killed);
    expect(shard.service().proposal).toBeNull();
    expect(shard.signals("superseded")).toMatchObject([
      { end: { reason: "restart-pointless", failureClass: "memory" } },
    ]);
  });

  it("while automation is frozen, at any level, until a person lifts it", () => {
    const shard = driveUpHost();
    shard.report();
    for (let count = 0; count < 4; count += 1)
      tell(shard, { kind: "config-changed", path: "/etc/web.yaml", by: "watchdog" });
    shard.advance(2 * HOUR_MS);
    failAfter(shard);
    expect(shard.sent("propose")).toEqual([]);
    expect(shard.signals("firing").at(-1)?.refusal).toEqual({ reason: "frozen", by: "config-thrash" });
    shard.send({
      kind: "freeze-lifted",
      scope: hostedSubject({ hostId: WEB_1, hostName: "web-1" }, "web"),
      by: byPerson("alice"),
    });
    expect(shard.service().book.frozenBy).toBeNull();
    shard.report();
    failAfter(shard);
    expect(shard.sent("propose")).toHaveLength(1);
  });
});

it("a person who lifts the fleet's freeze frees the shard's own rules, and no host's", () => {
  const frozen = { ...EMPTY_BOOK, frozenBy: "provider-failing" } as const;
  const shard = driveUpHost();
  const { hosts } = shard.state();
  const state = {
    ...shard.state(),
    book: frozen,
    hosts: hosts.with(WEB_1, { ...hosts.get(WEB_1)!, book: frozen }),
  };
  const context = { now: shard.now(), policy: policyWith(), newId: () => "prq_1" };
  const event = { kind: "freeze-lifted", scope: FLEET, by: byPerson("alice") } as const;
  const lifted = decideShard(state, event, context);
  const { state: after } = lifted;
  expect(after.book).toBe(EMPTY_BOOK);
  expect(after.hosts.get(WEB_1)?.book.frozenBy).toBe("provider-failing");
  expect(lifted.effects).toMatchObject([{ kind: "signal", signal: { kind: "note" } }]);
});

describe("memory", () => {
  it("a service that was removed clears what fires for it", () => {
    const shard = driveUpHost();
    shard.report({}, true);
    tell(shard, killed);
    shard.connect(WEB_1, { catalogue: [] });
    shard.send({ kind: "reported", hostId: WEB_1, digest: true, services: [] });
    expect(cleared(shard)).toEqual(["memory-pressure web"]);
    expect(shard.host().services).toEqual({});
  });

  it("what fires survives hibernation, and clears after it", () => {
    const shard = driveUpHost();
    shard.report({}, true);
    tell(shard, killed);
    tell(shard, killed, null);
    const stored = JSON.parse(JSON.stringify(storedHostOf(shard.host()))) as ReturnType<typeof storedHostOf>;
    shard.replaceState({ ...shard.state(), hosts: recordsFrom([[WEB_1, restoreHost(stored, null)]]) });
    shard.connect();
    shard.report({}, true);
    shard.advance(30 * MINUTE_MS);
    expect(firing(shard)).toHaveLength(2);
    expect(cleared(shard).toSorted()).toEqual(["memory-pressure host", "memory-pressure web"]);
    expect(shard.host().book).toBe(EMPTY_BOOK);
  });

  it("facts of a healthy host write no row", () => {
    const shard = driveUpHost();
    shard.report({}, true);
    const before = shard.state();
    tell(shard, { kind: "pressure", resource: "memory", someAvg10: 3, fullAvg10: 1 }, null);
    tell(shard, { kind: "privilege", action: "restart", isExecutable: true, command: "x" });
    tell(shard, { kind: "code", diskChangedAt: START_AT - 2, runningSinceAt: START_AT - 1 });
    tell(shard, { kind: "log", text: "error" });
    tell(shard, { kind: "heartbeats-expected", heartbeats: [] });
    tell(shard, { kind: "heartbeat", source: "of-nobody" });
    expect(hostWrites(before, shard.state())).toEqual([]);
  });

  it("a heartbeat that comes each minute writes no row each time; one that is seldom does", () => {
    const shard = driveUpHost();
    shard.report({}, true);
    const everyMs = { often: MINUTE_MS, seldom: 60 * MINUTE_MS };
    const heartbeats = Object.entries(everyMs).map(([source, every]) => ({
      source,
      everyMs: every,
      graceMs: MINUTE_MS,
    }));
    tell(shard, { kind: "heartbeats-expected", heartbeats });
    for (const [source, writes] of [
      ["often", 0],
      ["seldom", 1],
    ] as const) {
      tell(shard, { kind: "heartbeat", source });
      const before = shard.state();
      shard.advance(10_000);
      tell(shard, { kind: "heartbeat", source });
      expect(hostWrites(before, shard.state())).toHaveLength(writes);
    }
  });
});

it("a frame's facts are brought to the shard's clock by `sentAt`", () => {
  const shard = driveUpHost();
  const facts: readonly Fact[] = [
    { kind: "session", service: "web", at: 9_000, startedAt: 8_000, class: null, detail: "" },
    { kind: "code", service: "web", at: 9_000, diskChangedAt: 7_000, runningSinceAt: 6_000 },
    { kind: "heartbeat", service: null, at: 9_000, source: "cron" },
  ];
  const message = { version: 1, type: "facts", sentAt: 10_000, facts: [...facts] } as const;
  const read = eventOf(shard.host(), { ...message, facts: [...facts] }, START_AT);
  expect(read).toMatchObject({
    value: {
      kind: "facts",
      facts: [
        { at: START_AT - SECOND_MS, startedAt: START_AT - 2 * SECOND_MS },
        { at: START_AT - SECOND_MS, diskChangedAt: START_AT - 3_000, runningSinceAt: START_AT - 4_000 },
        { at: START_AT - SECOND_MS },
      ],
    },
  });
});

it("where a clock was set right while facts waited, none of them is later than what was told after it", () => {
  const ahead = 30 * 60_000;
  const use = (at: number, isAccepted: boolean): Fact => ({
    kind: "credential-use",
    service: "web",
    credential: "key",
    detail: "",
    at,
    isAccepted,
  });
  const facts = [
    use(9_000 + ahead, false),
    use(9_200 + ahead, false),
    use(9_500, true),
    use(9_900 + ahead, false),
  ];
  for (const skewMs of [0, START_AT - 10_000]) {
    const message = { version: 1, type: "facts", sentAt: 10_000, facts } as const;
    const read = eventOf(driveUpHost().host(), message, 10_000 + skewMs);
    const instants = [9_500, 9_500, 9_500, 10_000].map((at) => ({ at: at + skewMs }));
    expect(read).toMatchObject({ value: { facts: instants } });
  }
});

it("a credential that was accepted after its clock was set right is rejected no more", () => {
  const shard = driveUpHost();
  const { rejectionsMin } = shard.policy.rules["credential-rejected"];
  const base = { kind: "credential-use", service: "web", credential: "key", detail: "401" } as const;
  const rejected = Array.from({ length: rejectionsMin }, (_, index): Fact => {
    return { ...base, isAccepted: false, at: START_AT + 3_600_000 + index };
  });
  const facts: Fact[] = [...rejected, { ...base, isAccepted: true, at: START_AT - 1_000 }];
  const read = eventOf(shard.host(), { version: 1, type: "facts", sentAt: START_AT, facts }, START_AT);
  if (!read.ok || read.value === null) throw new Error("it is no event");
  shard.send(read.value);
  expect(firing(shard)).toEqual([]);
});
