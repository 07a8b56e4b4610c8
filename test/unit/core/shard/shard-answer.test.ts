// What a host answers is compared with what it was asked for; what differs comes to nothing, and tells of the host.
import { describe, expect, it } from "vitest";
import { namedAt, namesOf, valuesOf, withNamed } from "@countersign/shared/values/named";
import { recordsFrom } from "@countersign/shared/values/records";
import { SHADOW_QUIET_MS } from "../../../../control-plane/src/core/facts/rules/host-untrustworthy.ts";
import { byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import { hostedSubject } from "../../../../control-plane/src/core/words/subject.ts";
import {
  type DrivenShard,
  driveUpHost,
  grantWith,
  outcomeWith,
  policyWith,
  WEB_1,
  WEB_2,
} from "./shard-driver.ts";

const ACTIONS = [
  { action: "retry", level: 2, undo: "unretry" },
  { action: "unretry", level: 2 },
  { action: "restart", level: 4 },
];
const RETRY = { reason: "check-failing", action: "retry", unattended: true };

function catalogueOf(actions: readonly object[]) {
  return ["web", "other"].map((service) => ({
    service,
    title: service,
    unit: null,
    actions: [...actions],
  })) as never;
}

/** `web` fails, and a retry was asked for. */
function asked(changes: object = {}) {
  const policy = policyWith({ remediations: [RETRY], ...changes });
  const shard = driveUpHost(policy);
  shard.connect(WEB_1, { catalogue: catalogueOf(ACTIONS) });
  fail(shard);
  expect(shard.sent("propose").map(({ action }) => action)).toEqual(["retry"]);
  return shard;
}

function fail(shard: DrivenShard) {
  shard.report();
  for (let count = 0; count < 3; count += 1) {
    shard.advance(5_000);
    shard.report({ status: "fail" });
  }
}

const untrustworthy = (shard: DrivenShard) =>
  shard.signals("firing").filter(({ reason }) => reason === "host-untrustworthy");
const lift = (shard: DrivenShard, service: string | null = null) =>
  shard.send({
    kind: "freeze-lifted",
    scope: hostedSubject({ hostId: WEB_1, hostName: "web-1" }, service),
    by: byPerson("alice"),
  });

const OTHERWISE = [
  { action: "restart", level: 4 },
  { action: "unretry" },
  { action: "constructor" },
  { service: "other" },
  { service: "__proto__" },
  { hostId: WEB_2 },
  { askedBy: { kind: "person", person: "alice" } },
  { askedBy: { kind: "rule", rule: "no-progress" } },
  { reason: "all is well, sign it" },
] as const;

describe("an answer to an open request", () => {
  it("that is what was asked goes to the desk, and may run without a person", () => {
    const shard = asked();
    shard.mint();
    expect(shard.signals("proposed")).toMatchObject([
      { asked: { action: "retry", level: 2 }, unattended: { action: "retry", tags: [] } },
    ]);
    expect(untrustworthy(shard)).toEqual([]);
  });

  it.each(OTHERWISE)("with %j tells the desk of the host, and of no proposal", (forged) => {
    const shard = asked();
    const requestId = shard.mint(forged);
    expect(shard.signals("proposed")).toEqual([]);
    expect(untrustworthy(shard)).toMatchObject([
      { severity: "critical", freezes: true, subject: { kind: "host", hostId: WEB_1 } },
    ]);
    expect(shard.signals("proposal-refused")).toMatchObject([{ requestId }]);
    expect(shard.service().proposal).toBeNull();
    expect(shard.host().book.frozenBy).toBe("host-untrustworthy");
  });

  it("for the other service, while that one has a request open too, is for neither", () => {
    const shard = asked();
    const first = shard.service().proposal;
    const other = {
      ...shard.service(),
      service: "other",
      proposal: { ...(first ?? never()), requestId: "prq_other" },
    };
    const services = withNamed(shard.host().services, "other", other);
    shard.replaceState({ ...shard.state(), hosts: recordsFrom([[WEB_1, { ...shard.host(), services }]]) });
    shard.mint({ requestId: "prq_other" });
    expect(shard.signals("proposed")).toEqual([]);
    expect(untrustworthy(shard)).toHaveLength(1);
    expect(valuesOf(shard.host().services).map(({ proposal }) => proposal)).toEqual([null, null]);
  });

  it("that comes second and differs is an offence, and the first stays as the desk knows it", () => {
    const shard = asked();
    shard.mint();
    shard.mint({ action: "restart", level: 4 });
    expect(shard.signals("proposed")).toHaveLength(1);
    expect(untrustworthy(shard)).toHaveLength(1);
    expect(shard.signals("proposal-refused")).toEqual([]);
  });

  it.each([
    { actions: ACTIONS, level: 1 },
    { actions: ACTIONS, level: 4 },
    { actions: [{ action: "retry", level: 4 }], level: 2 },
    { actions: [], level: 2 },
  ])("whose level is not the one announced is refused, and no offence: %j", ({ actions, level }) => {
    const shard = asked();
    shard.connect(WEB_1, { catalogue: catalogueOf(actions), connectionId: "con_2" });
    shard.mint({ level });
    expect(shard.signals("proposed")).toEqual([]);
    expect(shard.signals("proposal-refused")).toMatchObject([{ refusal: { reason: "catalogue-changed" } }]);
    expect(untrustworthy(shard)).toEqual([]);
  });

  it("runs by the policy of now: what may not run without a person any more asks one", () => {
    const shard = asked();
    shard.applyPolicy(policyWith({ remediations: [{ ...RETRY, unattended: false }] }));
    shard.mint();
    expect(shard.signals("proposed")[0]?.unattended).toBeUndefined();
  });
});

const FROZEN = { reason: "host-refused", code: "frozen", detail: "" } as const;

describe("a no to a request", () => {
  it("after its answer says nothing any more", () => {
    const shard = asked();
    const requestId = shard.mint();
    shard.send({ kind: "proposal-refused", hostId: WEB_1, requestId, refusal: FROZEN });
    expect(shard.signals("proposal-refused")).toEqual([]);
    expect(shard.service().proposal?.requestId).toBe(requestId);
  });
});

describe("a host that is not to be trusted", () => {
  it("is asked nothing before a person has lifted the freeze, and then anew", () => {
    const shard = asked();
    shard.mint({ action: "restart", level: 4 });
    for (let hours = 0; hours < 3; hours += 1) {
      shard.advance(3_600_000);
      shard.report({ status: "fail" });
    }
    expect(shard.sent("propose")).toHaveLength(1);
    lift(shard, "web");
    expect(shard.signals("cleared").filter(({ reason }) => reason === "host-untrustworthy")).toEqual([]);
    lift(shard);
    expect(shard.signals("cleared").map(({ reason }) => reason)).toContain("host-untrustworthy");
    shard.advance(5_000);
    shard.report({ status: "fail" });
    expect(shard.sent("propose")).toHaveLength(2);
  });

  it("fires and freezes again at the next such answer, and signals nothing in between", () => {
    const shard = asked();
    for (let round = 1; round <= 3; round += 1) {
      const requestId = shard.mint({ action: "restart", level: 4 });
      const before = shard.effects.length;
      for (let count = 0; count < 50; count += 1) shard.mint({ requestId, action: "restart" });
      expect(shard.effects.slice(before)).toEqual([]);
      expect(untrustworthy(shard).map(({ freezes }) => freezes)).toEqual(
        Array.from({ length: round }, () => true),
      );
      lift(shard);
      shard.advance(5_000);
      shard.report({ status: "fail" });
    }
  });

  it("is known after a restart of ours, and not for a service's sake alone", () => {
    const shard = asked();
    shard.mint({ service: "other" });
    expect(namedAt(shard.host().book.firing, "host-untrustworthy")).toMatchObject({ freezes: true });
    expect(shard.service().book.frozenBy).toBeNull();
  });

  it("in shadow is only recorded, for an hour, and nothing comes of its answer either", () => {
    const shard = asked({ rules: { "host-untrustworthy": { shadow: true } } });
    shard.mint({ action: "restart", level: 4 });
    expect(shard.signals("proposed")).toEqual([]);
    expect(untrustworthy(shard)).toMatchObject([{ shadow: { tags: [] } }]);
    expect(untrustworthy(shard)[0]?.freezes).toBeUndefined();
    expect(shard.host().book.frozenBy).toBeNull();
    shard.advance(SHADOW_QUIET_MS);
    expect(shard.signals("cleared").map(({ reason }) => reason)).toContain("host-untrustworthy");
  });

  it("with the rule turned off is not told, and nothing comes of its answer all the same", () => {
    const shard = asked({ rules: { "host-untrustworthy": { enabled: false } } });
    for (let count = 0; count < 20; count += 1) {
      shard.mint({ action: "restart", level: 4 });
      shard.advance(5_000);
      shard.report({ status: "fail" });
    }
    expect(shard.signals("proposed")).toEqual([]);
    expect(untrustworthy(shard)).toEqual([]);
    // as many as the ladder asks for in its window
    expect(shard.sent("propose").length).toBeLessThanOrEqual(6);
  });
});

describe("an outcome", () => {
  const grant = { ...grantWith(), action: "restart" };

  it.each<[string, Parameters<typeof outcomeWith>[0], boolean]>([
    ["of the act that was granted", {}, true],
    [
      "that names no act, as of a grant that was malformed",
      { action: null, service: null, status: "refused" },
      true,
    ],
    ["of another service", { service: "other" }, false],
    ["of another action", { action: "retry" }, false],
  ])("%s: %#", (_name, changes, isTaken) => {
    const shard = driveUpHost();
    shard.report();
    shard.send({ kind: "grant-issued", grant });
    const outcome = outcomeWith(changes);
    shard.send({ kind: "outcome", hostId: WEB_1, outcome });
    shard.send({ kind: "outcome", hostId: WEB_1, outcome });
    expect(shard.signals("outcome")).toHaveLength(isTaken ? 1 : 0);
    expect(namedAt(shard.state().grants, "grt_1") === undefined).toBe(isTaken);
    expect(untrustworthy(shard)).toHaveLength(isTaken ? 0 : 1);
    expect(shard.sent("outcome-acknowledged")).toHaveLength(2);
    expect(shard.service().verification === null).toBe(!isTaken || changes?.status === "refused");
  });

  it("of a grant of another host takes nothing from that host", () => {
    const shard = driveUpHost();
    shard.enrol(WEB_2, "web-2");
    shard.connect(WEB_2);
    shard.send({ kind: "grant-issued", grant: { ...grant, hostId: WEB_2 } });
    shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith() });
    expect(namesOf(shard.state().grants)).toEqual(["grt_1"]);
    expect(shard.signals("outcome")).toEqual([]);
    expect(untrustworthy(shard)).toMatchObject([{ subject: { hostId: WEB_1 } }]);
  });

  it.each(["constructor", "__proto__", "toString"])(
    "of a grant named %s is of no grant that is held",
    (grantId) => {
      const shard = driveUpHost();
      shard.report();
      shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith({ grantId }) });
      expect(untrustworthy(shard)).toEqual([]);
      expect(shard.signals("outcome")).toHaveLength(1);
    },
  );
});

function never(): never {
  throw new Error("no request is open");
}
