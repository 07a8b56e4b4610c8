// Rows of an earlier version (core/desk/state/desk-stored.ts): an incident that was open during a deploy goes on as it was.
import { describe, expect, it } from "vitest";
import { named } from "@countersign/shared/values/named";
import type { Incident } from "../../../../../control-plane/src/core/desk/state/desk-state.ts";
import { incidentFromStored } from "../../../../../control-plane/src/core/desk/state/desk-stored.ts";
import { Desk } from "../desk-fixtures.ts";

/** As version 0.1.0 of this morning stored it. */
function storedBefore(desk: Desk): Incident {
  const { beginningsAt: _beginnings, toldSeverity: _told, nextStep, ...incident } = desk.incident();
  const { repeats: _repeats, ...step } = nextStep ?? { repeats: 0 };
  return { ...incident, nextStep: nextStep === null ? null : step } as Incident;
}

describe("an incident stored before beginnings, repeats and told severities were kept", () => {
  it.each([true, false])("goes on; paged before: %s", (isPaged) => {
    const desk = new Desk();
    desk.fire();
    if (isPaged) desk.deliverPages();
    const { incidentId } = desk.incident();
    const incident = incidentFromStored(storedBefore(desk));
    expect(incident).toMatchObject({ beginningsAt: [], toldSeverity: isPaged ? "error" : null });
    expect(incident.nextStep).toEqual(desk.incident().nextStep);
    desk.state = { ...desk.state, incidents: named({ [incidentId]: incident }) };
    desk.tickAfter(300_000);
    expect(desk.attempts().at(-1)).toContain("bob");
    desk.fire({ severity: "critical" });
    expect(desk.attempts().at(-1)).toContain(":raised:critical:");
  });

  it("keeps what is stored", () => {
    const desk = new Desk();
    desk.fire();
    desk.deliverPages();
    expect(incidentFromStored(desk.incident())).toEqual(desk.incident());
  });
});
