// Asking as an act of a person: who may and when, its bounds on both sides, what the host's answer becomes, and what never follows from it.
import { describe, expect, it, test } from "vitest";
import { standInYes } from "../../../../../control-plane/replay/world/stand-in.ts";
import type { AskFor } from "../../../../../control-plane/src/core/desk/acts/ask-for.ts";
import { LIKE_WAIT_MS } from "../../../../../control-plane/src/core/desk/paging/stream.ts";
import { byRule } from "../../../../../control-plane/src/core/words/actor.ts";
import type { AskRefusal } from "../../../../../control-plane/src/core/words/signal.ts";
import { FLEET } from "../../../../../control-plane/src/core/words/subject.ts";
import type { Policy } from "../../../../../control-plane/src/policy/policy.ts";
import { Desk, HOST, HOST_ID, POLICY, proposalText, SERVICE } from "../desk-fixtures.ts";

const HOUR_MS = 3_600_000;
const OTHER = { ...SERVICE, service: "other" };
const WIDE = { kind: "provider", shard: "shard-0", name: "db" } as const;

function ask(desk: Desk, changes: Partial<AskFor> = {}, by = "alice") {
  const act: AskFor = {
    kind: "ask-for",
    hostId: HOST_ID,
    hostName: "web-1",
    service: "demo",
    action: "restart",
    why: "the key is new",
    ...changes,
  };
  const { answer } = desk.act(by, act);
  return answer.ok ? "asked" : answer.error.reason;
}

/** What went to the shard, newest last. */
const told = (desk: Desk) => desk.effects.flatMap((effect) => (effect.kind === "ask-host" ? effect.ask : []));

function lastTold(desk: Desk) {
  const asked = told(desk).at(-1);
  if (asked === undefined) throw new Error("nothing was asked");
  return asked;
}

/** The host answers the last question with what was asked. */
function answer(
  desk: Desk,
  changes: Partial<Pick<Parameters<Desk["propose"]>[0] & object, "subject" | "unattended">> & {
    readonly level?: 2 | 4;
  } = {},
) {
  const { action, by: askedBy, requestId, service } = lastTold(desk);
  const { level = 4, ...said } = changes;
  const nonce = requestId.padEnd(22, "n").replaceAll("_", "n");
  const proposal = proposalText({ action, service, level, nonce });
  return desk.propose({ requestId, askedBy, asked: { action, level }, proposal, ...said });
}

function refuse(desk: Desk, refusal: AskRefusal) {
  const { by: askedBy, requestId } = lastTold(desk);
  const base = { ...desk.signalBase(), kind: "proposal-refused", subject: SERVICE } as const;
  const signal = { ...base, requestId, refusal, reason: "check-failing", askedBy } as const;
  desk.take({ kind: "signal", signal });
}

/** Something is open about the service; nobody proposes anything. */
function failingDesk(policy: Policy = POLICY): Desk {
  const desk = new Desk(policy);
  desk.fire();
  return desk;
}

const lastApproval = (desk: Desk) => desk.state.approvals.values().at(-1);

describe("a question", () => {
  it("goes to the host's shard once, with who asked and why, and stands in timeline and audit", () => {
    const desk = failingDesk();
    expect(ask(desk)).toBe("asked");
    expect(told(desk)).toMatchObject([
      {
        hostId: HOST_ID,
        service: "demo",
        action: "restart",
        by: { kind: "person", responder: "alice", why: "the key is new", incidentId: "inc_1" },
        untilAt: desk.now + 5 * 60_000,
      },
    ]);
    expect(desk.incident().timeline.at(-1)).toMatchObject({ by: { kind: "person", responder: "alice" } });
    expect(desk.incident().timeline.at(-1)?.text).toContain("the key is new");
    expect(desk.audited().at(-1)).toBe("asked-for");
  });

  it("becomes an approval that says who asked for it, and pages nobody", () => {
    const desk = failingDesk();
    desk.tickAfter(60_000);
    const pages = desk.state.pages.ids().length;
    ask(desk);
    answer(desk);
    expect(lastApproval(desk)).toMatchObject({
      state: "requested",
      incidentId: "inc_1",
      askedBy: { kind: "person", responder: "alice", why: "the key is new" },
    });
    expect(desk.state.asks.values().map(({ answer: came }) => came)).toEqual([
      { kind: "proposed", approvalId: lastApproval(desk)?.approvalId },
    ]);
    expect(desk.state.pages.ids()).toHaveLength(pages);
  });

  it("is the way after a no, which the host's own proposal is not", () => {
    const desk = failingDesk();
    desk.propose({ requestId: "prq_ladder" });
    desk.act("bob", { kind: "deny", approvalId: desk.approvalId() });
    desk.propose({ requestId: "prq_ladder_2" });
    expect(lastApproval(desk)?.state).toBe("denied");
    ask(desk);
    answer(desk);
    expect(lastApproval(desk)?.state).toBe("requested");
  });

  it("never runs unattended, nor by a yes in advance", () => {
    const remediations = [{ reason: "check-failing", action: "retry", unattended: true }] as const;
    const policy = { ...POLICY, remediations: [...remediations] };
    const desk = failingDesk(policy);
    desk.act("alice", {
      kind: "give-standing",
      standingId: "std_1",
      signed: standInYes("bob"),
      subject: SERVICE,
      action: "retry",
      usesMax: 5,
      untilAt: desk.now + HOUR_MS,
      why: "it leaks",
    });
    ask(desk, { action: "retry" });
    answer(desk, { level: 2, unattended: { action: "retry", tags: [] } });
    expect(lastApproval(desk)?.state).toBe("requested");
    expect(desk.state.standing.get("std_1")?.usesCount).toBe(0);
    expect(desk.effects.filter(({ kind }) => kind === "deliver-grant")).toEqual([]);
  });

  it("takes the place of what the host proposed, and not of an act that is under way", () => {
    const desk = failingDesk();
    desk.propose({ requestId: "prq_ladder" });
    ask(desk, { action: "retry" });
    answer(desk);
    expect(desk.state.approvals.values().map(({ state }) => state)).toEqual(["superseded", "requested"]);
    desk.approve({ approvalId: desk.approvalId(), proposalHash: lastApproval(desk)?.proposalHash ?? "" });
    expect(ask(desk)).toBe("ask-under-way");
  });

  it("outlives that its incident cleared for a while, and not its end", () => {
    const desk = failingDesk();
    ask(desk);
    answer(desk);
    desk.clear();
    expect(lastApproval(desk)?.state).toBe("requested");
    desk.tickAfter(POLICY.incident.resolveAfterMs);
    expect([desk.incident().state, lastApproval(desk)?.state]).toEqual(["resolved", "superseded"]);
  });

  it("verified ends the incident of its service, and none of many hosts", () => {
    const wide = new Desk();
    wide.fire({ reason: "provider-failing", subject: WIDE });
    ask(wide, { incidentId: "inc_1" });
    answer(wide);
    wide.approve({ proposalHash: lastApproval(wide)?.proposalHash ?? "" });
    wide.end({ nonce: lastApproval(wide)?.proposal.nonce ?? "" });
    wide.verify("verified");
    expect([lastApproval(wide)?.state, wide.incident().state]).toEqual(["verified", "open"]);
    const one = failingDesk();
    ask(one);
    answer(one);
    one.approve({ proposalHash: lastApproval(one)?.proposalHash ?? "" });
    one.end({ nonce: lastApproval(one)?.proposal.nonce ?? "" });
    one.verify("verified");
    expect([lastApproval(one)?.state, one.incident().state]).toEqual(["verified", "resolved"]);
  });

  it("about one host leaves open what was asked about another in the same incident, and each goes its way", () => {
    const desk = new Desk();
    desk.fire({ reason: "provider-failing", subject: WIDE });
    ask(desk, { incidentId: "inc_1" });
    answer(desk);
    const [first] = desk.state.approvals.values();
    ask(desk, { incidentId: "inc_1", service: "other" });
    answer(desk, { subject: OTHER });
    expect(desk.state.approvals.values().map(({ state }) => state)).toEqual(["requested", "requested"]);
    const { approvalId = "", proposalHash = "" } = first ?? {};
    desk.approve({ approvalId, proposalHash });
    const grantId = desk.state.approvals.get(approvalId)?.grantId ?? null;
    desk.end({ grantId, nonce: first?.proposal.nonce ?? "" });
    expect(desk.state.approvals.get(approvalId)?.state).toBe("executing");
  });
});

describe("beside what findings ask by themselves", () => {
  const onHost = (letter: string) =>
    ({
      kind: "service",
      hostId: `host_${letter.repeat(32)}`,
      hostName: `web-${letter}`,
      service: "demo",
    }) as const;

  it("leaves a finding's own question as it is, and is listed with it in its incident", () => {
    const desk = failingDesk();
    desk.propose({ requestId: "prq_ladder" });
    const [before] = desk.state.findings.values();
    ask(desk, { action: "retry" });
    answer(desk);
    const [after] = desk.state.findings.values();
    expect([after?.approvalId, after?.askedAt]).toEqual([before?.approvalId, before?.askedAt]);
    expect(lastApproval(desk)).toMatchObject({ findingId: after?.findingId, incidentId: after?.incidentId });
    desk.propose({ requestId: "prq_ladder_2" });
    expect(desk.state.approvals.values().map(({ askedBy, state }) => [askedBy.kind, state])).toEqual([
      ["rule", "superseded"],
      ["person", "superseded"],
      ["rule", "requested"],
    ]);
  });

  it("is put in what is wide, where the host's own proposal is not", () => {
    const desk = new Desk();
    for (const letter of ["a", "c", "d"]) desk.fire({ subject: onHost(letter) });
    const wide = desk.state.incidents.values().find(({ place }) => place.kind === "wide");
    const subject = onHost("c");
    desk.propose({ requestId: "prq_ladder", subject, proposal: proposalText({ hostId: subject.hostId }) });
    expect(desk.state.approvals.ids()).toEqual([]);
    const { hostId, hostName } = subject;
    expect(ask(desk, { incidentId: wide?.incidentId ?? "", hostId, hostName })).toBe("asked");
    const { by: askedBy, requestId } = lastTold(desk);
    desk.propose({ requestId, askedBy, subject, proposal: proposalText({ hostId, nonce: "w".repeat(22) }) });
    expect(lastApproval(desk)).toMatchObject({ state: "requested", incidentId: wide?.incidentId, subject });
    const outside = onHost("e");
    expect(ask(desk, { incidentId: wide?.incidentId ?? "", hostId: outside.hostId })).toBe(
      "incident-unknown",
    );
  });

  it("that failed is told as a result, and restarts nothing that is another's", () => {
    const desk = new Desk();
    desk.fire({ reason: "provider-failing", subject: WIDE });
    desk.tickAfter(60_000);
    ask(desk, { incidentId: "inc_1" });
    answer(desk);
    desk.approve({ proposalHash: lastApproval(desk)?.proposalHash ?? "" });
    desk.end({ nonce: lastApproval(desk)?.proposal.nonce ?? "" });
    desk.clear("provider-failing", WIDE);
    const [cleared] = desk.state.findings.values();
    desk.now += 1_000;
    desk.verify("ineffective");
    desk.tickAfter(LIKE_WAIT_MS);
    const pages = desk.state.pages
      .values()
      .filter(({ tells }) => tells.some(({ what }) => what === "result"));
    expect(pages.map(({ responder }) => responder)).toContain("alice");
    expect(desk.state.findings.values()[0]?.clearedAt).toBe(cleared?.clearedAt);
  });

  it("of a merged incident belongs to what took it in", () => {
    const desk = new Desk();
    for (const letter of ["a", "c", "d"]) desk.fire({ subject: onHost(letter) });
    const merged = desk.state.incidents.values().find(({ state }) => state === "merged");
    const wide = desk.state.incidents.values().find(({ place }) => place.kind === "wide");
    const { hostId, hostName } = onHost("d");
    expect(ask(desk, { incidentId: merged?.incidentId ?? "", hostId, hostName })).toBe("asked");
    expect(lastTold(desk).by.incidentId).toBe(wide?.incidentId);
  });
});

describe("which incident it belongs to", () => {
  it("is the newest that is open about the service, else its host, else many hosts", () => {
    const desk = new Desk();
    expect(ask(desk)).toBe("ask-nothing-open");
    desk.fire({ reason: "provider-failing", subject: WIDE });
    expect([ask(desk), told(desk).at(-1)?.by.incidentId]).toEqual(["asked", "inc_1"]);
    desk.fire({ reason: "memory-pressure", subject: HOST });
    const onHost = desk.incident().incidentId;
    expect([ask(desk, { action: "a" }), told(desk).at(-1)?.by.incidentId]).toEqual(["asked", onHost]);
    desk.fire();
    const onService = desk.incident().incidentId;
    expect([ask(desk, { action: "b" }), told(desk).at(-1)?.by.incidentId]).toEqual(["asked", onService]);
  });

  it("may be named, if it is about the service, its host or many hosts, and not over", () => {
    const desk = failingDesk();
    expect(ask(desk, { incidentId: "inc_9" })).toBe("incident-unknown");
    expect(ask(desk, { incidentId: "inc_1", service: "other" })).toBe("incident-unknown");
    expect(ask(desk, { incidentId: "inc_1", hostId: `host_${"b".repeat(32)}` })).toBe("incident-unknown");
    desk.clear();
    desk.tickAfter(POLICY.incident.resolveAfterMs);
    expect(ask(desk, { incidentId: "inc_1" })).toBe("incident-resolved");
  });

  it("that is over before the host answers: what is open then, or nothing comes of it", () => {
    const desk = failingDesk();
    ask(desk);
    desk.clear();
    desk.tickAfter(POLICY.incident.resolveAfterMs);
    answer(desk);
    expect(desk.state.approvals.ids()).toEqual([]);
    expect(desk.state.asks.values()[0]?.answer).toEqual({ kind: "dropped", why: "incident-over" });
  });
});

describe("it is refused", () => {
  test("without a reason", () => {
    const desk = failingDesk();
    expect([ask(desk, { why: "  " }), told(desk)]).toEqual(["reason-missing", []]);
    expect(desk.audited().at(-1)).toBe("asking-refused");
  });

  test.each([FLEET, HOST, SERVICE])("while automation is frozen: $kind", (scope) => {
    const desk = failingDesk();
    desk.act("bob", { kind: "freeze", scope, why: "looking" });
    expect(ask(desk)).toBe("automation-frozen");
  });

  test("while the host is down", () => {
    const desk = failingDesk();
    desk.fire({ reason: "host-silent", subject: HOST });
    expect(ask(desk)).toBe("ask-host-down");
    desk.clear("host-silent");
    expect(ask(desk)).toBe("asked");
  });

  test("while the same is asked: until the host has answered no, its time is over, or somebody said no", () => {
    const desk = failingDesk();
    ask(desk);
    expect([ask(desk), ask(desk, {}, "bob")]).toEqual(["ask-open", "ask-open"]);
    expect(ask(desk, { action: "retry" })).toBe("asked");
    desk.now += POLICY.approval.expiresAfterMs - 1;
    expect(ask(desk)).toBe("ask-open");
    desk.now += 1;
    expect(ask(desk)).toBe("asked");
    refuse(desk, { reason: "action-unknown", action: "restart" });
    expect(desk.state.incidents.get("inc_1")?.timeline.at(-1)?.text).toContain("restart");
    expect(ask(desk)).toBe("asked");
    answer(desk);
    expect(ask(desk)).toBe("ask-open");
    desk.act("bob", { kind: "deny", approvalId: desk.approvalId() });
    expect(ask(desk)).toBe("asked");
  });

  test("the seventh time in an hour, for one service whoever asks, and for one person wherever they ask", () => {
    const desk = failingDesk();
    const six = ["a", "b", "c", "d", "e", "f"];
    expect(six.map((action) => ask(desk, { action }))).toEqual(six.map(() => "asked"));
    expect(ask(desk, { action: "g" }, "bob")).toBe("ask-too-often");
    desk.fire({ reason: "provider-failing", subject: WIDE });
    expect(ask(desk, { service: "other", action: "a" })).toBe("ask-too-often");
    expect(ask(desk, { service: "other", action: "a" }, "bob")).toBe("asked");
    desk.now += HOUR_MS - 1;
    expect(ask(desk, { action: "g" })).toBe("ask-too-often");
    desk.now += 1;
    expect(ask(desk, { action: "g" })).toBe("asked");
  });
});

test("a freeze that is pulled before the host answers ends it, and the timeline says so", () => {
  const desk = failingDesk();
  ask(desk);
  desk.fire({ reason: "self-inflicted", subject: SERVICE, freezes: true });
  expect(desk.state.freezes.values().map(({ by }) => by)).toEqual([byRule("self-inflicted")]);
  answer(desk);
  expect(desk.state.approvals.ids()).toEqual([]);
  expect(desk.state.asks.values()[0]?.answer).toEqual({ kind: "dropped", why: "frozen" });
});

test("what was asked is forgotten after an hour, and an answer that comes then is an approval all the same", () => {
  const desk = failingDesk();
  ask(desk);
  desk.tickAfter(HOUR_MS - 1);
  expect(desk.state.asks.ids()).toHaveLength(1);
  desk.tickAfter(1);
  expect(desk.state.asks.ids()).toEqual([]);
  answer(desk);
  expect(lastApproval(desk)?.askedBy).toMatchObject({ responder: "alice" });
});
