// An incident that could not be read is gone from the state, and its findings are not: what fires is placed anew and rings, and nothing that comes
// later is put into what is not there.
import { describe, expect, it } from "vitest";
import { Desk, HOST, SERVICE } from "../desk-fixtures.ts";

const OTHER = { ...SERVICE, service: "other" };

/** A desk that lost its incidents when it was read. */
function withoutIncidents(before: Desk): Desk {
  const lost = before.state.incidents.ids();
  const incidents = lost.reduce((kept, id) => kept.without(id), before.state.incidents);
  before.state = { ...before.state, incidents };
  return before;
}

function find(desk: Desk, kind: "incident" | "finding", id = "x"): void {
  desk.take({ kind: "unreadable-found", records: [{ part: "desk", kind, id, problem: "not JSON" }] });
}

const reasonsOf = ({ state }: Desk) =>
  state.incidents
    .values()
    .filter((incident) => incident.state === "open")
    .map(({ reason }) => reason)
    .toSorted();
const rung = ({ state }: Desk) =>
  state.pages
    .values()
    .filter(({ kind }) => kind === "ring")
    .flatMap(({ tells }) => tells.map(({ reason }) => reason))
    .toSorted();

describe("what was in an incident that could not be read", () => {
  it("is placed anew together, and rings as if it began now", () => {
    const desk = new Desk();
    desk.fire();
    desk.fire({ subject: SERVICE, reason: "restart-loop-suspected" });
    withoutIncidents(desk);
    find(desk, "incident");
    expect(reasonsOf(desk)).toEqual(["check-failing", "record-unreadable"]);
    desk.settle();
    expect(rung(desk)).toEqual(["check-failing", "record-unreadable", "restart-loop-suspected"]);
    expect(desk.state.findings.values().every(({ incidentId }) => desk.state.incidents.has(incidentId))).toBe(
      true,
    );
  });

  it("lies beneath its host again", () => {
    const desk = new Desk();
    desk.fire();
    desk.fire({ subject: HOST, reason: "host-silent" });
    withoutIncidents(desk);
    find(desk, "incident");
    expect(reasonsOf(desk)).toEqual(["host-silent", "record-unreadable"]);
  });

  it("is forgotten where it was well, or over", () => {
    const desk = new Desk();
    desk.fire();
    desk.clear();
    withoutIncidents(desk);
    find(desk, "incident");
    expect(desk.state.findings.values().map(({ reason }) => reason)).toEqual(["record-unreadable"]);
  });
});

it("puts nothing into an incident that is not there, whatever was told of it", () => {
  const desk = new Desk();
  desk.fire();
  withoutIncidents(desk);
  desk.fire({ subject: SERVICE, reason: "no-progress" });
  desk.fire({ subject: OTHER });
  expect(reasonsOf(desk)).toEqual(["check-failing", "no-progress"]);
});

it("ends an incident of which every finding could not be read, and tells nobody that it is well", () => {
  const desk = new Desk();
  desk.fire();
  desk.settle();
  desk.deliverPages();
  const { incidentId } = desk.incident();
  desk.state = { ...desk.state, findings: desk.state.findings.without(desk.finding().findingId) };
  find(desk, "finding");
  expect(desk.state.incidents.get(incidentId)?.state).toBe("resolved");
  expect(desk.state.pages.values().filter(({ kind }) => kind === "recovered")).toEqual([]);
  desk.fire();
  expect(reasonsOf(desk)).toEqual(["check-failing", "record-unreadable"]);
});
