// When something is due about incidents: what has changed is judged anew, and so is what depends on it; nothing else is.
import { describe, expect, it } from "vitest";
import type { Finding } from "../../../../../control-plane/src/core/desk/records/finding.ts";
import type { DeskState } from "../../../../../control-plane/src/core/desk/state/desk-state.ts";
import { dueIncidents } from "../../../../../control-plane/src/core/desk/state/incident-due.ts";
import { byPerson } from "../../../../../control-plane/src/core/words/actor.ts";
import { FLEET } from "../../../../../control-plane/src/core/words/subject.ts";
import { Desk, HOST, POLICY } from "../desk-fixtures.ts";
import { POLICIES } from "../desk-histories.ts";
import { hostAt, serviceAt } from "../fleet.ts";

const SILENCE = {
  silenceId: "sil_1",
  matcher: { hostId: HOST.hostId, service: null, reason: null },
  by: byPerson("alice"),
  why: "work",
  startsAt: 1,
  endsAt: 2,
};
const FREEZE = { scope: FLEET, at: 1, by: byPerson("alice"), why: "work" };

/** The incidents that are judged anew once the state is another one. */
function judgedAfter(change: (state: DeskState) => DeskState, policy = POLICY): string {
  const judged: string[] = [];
  const due = dueIncidents((_state, { reason, subject }) => {
    judged.push(subject.kind === "service" && subject.service !== "demo" ? subject.service : reason);
    return 0;
  });
  const state = deskState();
  due.dueAt(state, { now: 0, policy: POLICY });
  judged.length = 0;
  due.dueAt(change(state), { now: 0, policy });
  return judged.toSorted().join(" ");
}

/** A failing service with a question and another one on another host, a freeze, a host that is down, and a silent fleet. */
function deskState(): DeskState {
  const desk = new Desk();
  desk.fire();
  desk.propose();
  desk.fire({ subject: serviceAt(2, "other") });
  desk.act("alice", { kind: "freeze", scope: HOST, why: "work" });
  desk.fire({ reason: "host-silent", subject: hostAt(3), happenedAt: desk.now - 1 });
  desk.fire({ reason: "fleet-silent", subject: FLEET });
  return desk.state;
}

const ALL = "automation-frozen check-failing fleet-silent host-silent other";

function touch(state: DeskState, reason: string): DeskState {
  const incident = state.incidents.get(idOf(state, reason))!;
  return { ...state, incidents: state.incidents.with(incident.incidentId, { ...incident }) };
}

function touchFinding(state: DeskState, reason: string, more: Partial<Finding> = {}): DeskState {
  const finding = findingIn(state, reason);
  return { ...state, findings: state.findings.with(finding.findingId, { ...finding, ...more }) };
}

function findingIn(state: DeskState, reason: string): Finding {
  const finding = state.findings.values().find((one) => one.reason === reason);
  if (finding === undefined) throw new Error(`there is no ${reason}`);
  return finding;
}

function idOf(state: DeskState, reason: string): string {
  return findingIn(state, reason).incidentId;
}

describe("an incident is judged anew", () => {
  it.each<[string, (state: DeskState) => DeskState, string]>([
    ["never, while nothing changes", (state) => state, ""],
    ["when it is another one", (state) => touch(state, "automation-frozen"), "automation-frozen"],
    ["when one of its findings changes", (state) => touchFinding(state, "host-silent"), "host-silent"],
    [
      "when a finding moves: where it was, and where it lies",
      (state) => touchFinding(state, "host-silent", { incidentId: idOf(state, "fleet-silent") }),
      "fleet-silent host-silent",
    ],
    [
      "when a finding of it is gone",
      (state) => ({ ...state, findings: state.findings.without(findingIn(state, "fleet-silent").findingId) }),
      "fleet-silent",
    ],
    [
      "when its approval changes",
      (state) => {
        const approval = state.approvals.values()[0]!;
        return { ...state, approvals: state.approvals.with(approval.approvalId, { ...approval }) };
      },
      "check-failing",
    ],
    [
      "when its approval is gone",
      (state) => ({ ...state, approvals: state.approvals.without(state.approvals.ids()[0]!) }),
      "check-failing",
    ],
    [
      "when a silence begins or ends",
      (state) => ({ ...state, silences: state.silences.with("sil_1", SILENCE) }),
      ALL,
    ],
    [
      "never for a brake, which holds no page",
      (state) => ({ ...state, freezes: state.freezes.with("fleet", FREEZE) }),
      "",
    ],
  ])("%s", (_when, change, judged) => {
    expect(judgedAfter(change)).toBe(judged);
  });

  it("when another policy is in force", () => {
    expect(judgedAfter((state) => state, POLICIES[1])).toBe(ALL);
  });
});
