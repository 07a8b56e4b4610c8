// The desk's shell, for production, replays and simulation alike: what is one decision, what outlives a life, and when the alarm is moved.
import { describe, expect, it } from "vitest";
import { standInSignature } from "../../../../control-plane/replay/world/stand-in.ts";
import { decideDesk } from "../../../../control-plane/src/core/desk/decide-desk.ts";
import { actBy } from "../../../../control-plane/src/core/desk/desk-event.ts";
import { FLEET } from "../../../../control-plane/src/core/words/subject.ts";
import { HOST_ID, PROPOSAL, PROPOSAL_HASH, PROPOSAL_TEXT, SERVICE } from "../../core/desk/desk-fixtures.ts";
import { SHARD, ShellOnPorts } from "./shell-fixtures.ts";

const kindsOf = ({ words }: ShellOnPorts) => words.map(({ asked }) => asked.word.kind);

/** A fleet that a person froze and lets go again. */
function lifted(): ShellOnPorts {
  const desk = new ShellOnPorts();
  desk.shell.take([actBy("alice", { kind: "freeze", scope: FLEET, why: "odd" })]);
  expect(desk.shell.take([actBy("alice", { kind: "lift-freeze", scope: FLEET, why: "well" })]).ok).toBe(true);
  expect(desk.words.map(({ asked }) => [asked.shard, asked.word.kind])).toEqual([[SHARD, "lifted"]]);
  return desk;
}

describe("a batch of signals", () => {
  it("is one decision: nobody is paged for what it says is over", () => {
    const desk = new ShellOnPorts();
    desk.shell.takeSignals(SHARD, [desk.firing(), desk.cleared()]);
    expect(desk.steps.map(({ events }) => events.map(({ kind }) => kind))).toEqual([["signals"]]);
    desk.clock.now += 60_000;
    desk.shell.tick();
    expect(desk.pages).toEqual([]);
  });

  it("that comes again, also in another life, changes nothing", () => {
    const desk = new ShellOnPorts();
    const batch = [desk.firing("api"), desk.firing("web")];
    desk.shell.takeSignals(SHARD, batch);
    desk.shell.takeSignals(SHARD, batch);
    desk.restarts();
    desk.shell.takeSignals(SHARD, batch);
    expect(desk.steps).toHaveLength(1);
  });

  it("of which one cannot be decided takes in the others, and that one is put aside", () => {
    const desk = new ShellOnPorts();
    const [good, bad] = [desk.firing("api"), desk.firing("bad")];
    desk.decide = (state, event, context) => {
      if (event.kind === "signals" && event.signals.includes(bad)) throw new Error("we are wrong");
      return decideDesk(state, event, context);
    };
    desk.shell.takeSignals(SHARD, [bad, good]);
    expect(desk.shell.state.unreadable.ids()).toEqual([`desk/signal/${bad.key}`]);
    expect(desk.shell.state.incidents.values().map(({ title }) => title)).toContain("api is failing");
    expect(desk.shell.aside.rows(2)).toMatchObject([{ kind: "signal", id: bad.key }]);
    expect(desk.steps.map(({ events }) => events.map(({ kind }) => kind))).toEqual([
      ["signals"],
      ["unreadable-found"],
    ]);
  });
});

describe("a freeze that was lifted while its shard is down", () => {
  it("is told again after a pause that grows, until the shard has it", () => {
    const desk = lifted();
    desk.words[0]?.fail();
    desk.rings();
    expect(kindsOf(desk)).toEqual(["lifted", "lifted"]);
    desk.words[1]?.succeed();
    desk.clock.now += 60_000;
    desk.shell.tick();
    expect(kindsOf(desk)).toHaveLength(2);
  });

  it("is told by the next life, which the alarm brings back within a second", () => {
    const desk = lifted();
    expect(desk.armedAt).toBe(desk.clock.now + 1_000);
    desk.restarts();
    expect(kindsOf(desk)).toHaveLength(1);
    desk.rings();
    expect(kindsOf(desk)).toEqual(["lifted", "lifted"]);
  });
});

describe("the alarm", () => {
  it("is never moved back, whatever is due later", () => {
    const desk = new ShellOnPorts();
    desk.shell.takeSignals(SHARD, [desk.firing()]);
    while (desk.pages.length === 0) desk.rings();
    // What it was set for, should nobody confirm the page, is not due any more: the next deadline lies minutes later.
    const armedAt = desk.armedAt ?? 0;
    desk.pages[0]?.succeed("delivered");
    expect(desk.armedAt).toBe(armedAt);
    for (let ring = 0; ring < 10; ring += 1) desk.rings();
    for (const { at, before } of desk.alarmSets) expect(before ?? Infinity).toBeGreaterThan(at);
    expect(desk.alarmSets.length).toBeGreaterThan(5);
  });

  it("is set again when its tick fails", () => {
    const desk = new ShellOnPorts();
    desk.decide = () => {
      throw new Error("we are wrong");
    };
    desk.rings();
    expect([desk.errors, desk.armedAt]).toEqual([["Tick desk"], desk.clock.now + 5_000]);
  });
});

describe("a page", () => {
  it("is sent once an attempt, and its next attempt waits for nobody's word of the last", () => {
    const desk = new ShellOnPorts();
    desk.shell.takeSignals(SHARD, [desk.firing()]);
    const sent = () => desk.pages.map(({ asked }) => [asked.channel, asked.page.attempts]);
    while (desk.pages.length === 0) desk.rings();
    desk.shell.tick();
    expect(sent()).toEqual([["push", 1]]);
    desk.clock.now += 20_000;
    desk.shell.tick();
    expect(sent()).toEqual([
      ["push", 1],
      ["text", 2],
    ]);
  });
});

describe("a grant", () => {
  function approved(): ShellOnPorts {
    const desk = new ShellOnPorts();
    const firing = { ...desk.firing(), proposalRequestId: "prq_1" };
    const proposed = {
      ...desk.cleared(),
      kind: "proposed",
      requestId: "prq_1",
      proposal: PROPOSAL_TEXT,
      asked: { action: "restart", level: 4, reason: PROPOSAL.reason },
      askedBy: { kind: "rule", reason: "check-failing" },
      settleMs: 60_000,
    } as const;
    desk.shell.takeSignals(SHARD, [firing, proposed as never]);
    const [approvalId = ""] = desk.shell.state.approvals.ids();
    const proposalHash = PROPOSAL_HASH;
    const signature = standInSignature("alice", proposalHash);
    const yes = actBy("alice", { kind: "approve", approvalId, proposalHash, signature });
    expect(desk.shell.take([yes])).toMatchObject({ ok: true });
    return desk;
  }

  it("is signed and handed over, one at a time, until the shard has it", () => {
    const desk = approved();
    desk.shell.tick();
    expect(desk.signatures).toHaveLength(1);
    desk.signatures[0]?.succeed();
    desk.grants[0]?.fail();
    desk.shell.tick();
    desk.signatures[1]?.succeed();
    desk.grants[1]?.succeed();
    desk.shell.tick();
    expect([desk.signatures.length, desk.grants.length]).toEqual([2, 2]);
    expect(desk.shell.state.approvals.values()).toMatchObject([{ isGrantDelivered: true }]);
  });

  it("that was recalled while it was signed is not handed over", () => {
    const desk = approved();
    desk.shell.take([actBy("bob", { kind: "freeze", scope: SERVICE, why: "wait" })]);
    desk.signatures[0]?.succeed();
    expect([desk.grants.length, kindsOf(desk)]).toEqual([0, ["pulled"]]);
    expect(desk.words[0]?.asked.word).toMatchObject({ grants: [{ hostId: HOST_ID }] });
  });
});

it("is restored as it was saved", () => {
  const desk = new ShellOnPorts();
  desk.shell.takeSignals(SHARD, [desk.firing(), desk.firing("web")]);
  desk.shell.take([actBy("alice", { kind: "freeze", scope: FLEET, why: "odd" })]);
  const before = desk.shell.state;
  expect(desk.restarts().state).toEqual(before);
});
