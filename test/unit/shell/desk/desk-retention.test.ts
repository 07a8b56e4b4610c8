// What leaves the desk's live state: what is over, and what an incident that was put aside has left behind; found without looking at all.
import { describe, expect, it } from "vitest";
import { type Records, recordsFrom } from "@countersign/shared/values/records";
import type { DeskState } from "../../../../control-plane/src/core/desk/state/desk-state.ts";
import { dropFinished, RESOLVED_KEPT_MS } from "../../../../control-plane/src/shell/desk/desk-retention.ts";
import { Desk, POLICY, START_AT } from "../../core/desk/desk-fixtures.ts";
import { serviceAt } from "../../core/desk/fleet.ts";

/** So many services that were paged and resolved, and one that still fails. */
function deskWith(count: number): Desk {
  const desk = new Desk();
  // alike in nothing, or they would be one incident
  const services = Array.from({ length: count }, (_, number) => serviceAt(number, `s${number}`));
  for (const subject of services) desk.fire({ subject });
  desk.settle();
  desk.deliverPages();
  for (const subject of services)
    desk.take({
      kind: "signal",
      signal: { ...desk.signalBase(), kind: "cleared", subject, reason: "check-failing", evidence: [] },
    });
  desk.tickAfter(POLICY.incident.resolveAfterMs);
  desk.deliverPages();
  desk.fire();
  desk.propose();
  desk.settle();
  desk.deliverPages();
  return desk;
}

const countsOf = ({ approvals, findings, incidents, pages }: DeskState) => [
  incidents.size,
  findings.size,
  approvals.size,
  pages.size,
];

describe("what leaves the desk's state", () => {
  it("is what has been resolved for long, with its pages", () => {
    const { state } = deskWith(3);
    const overAt = state.incidents.values()[0]?.resolvedAt ?? 0;
    expect(countsOf(state)).toEqual([4, 4, 1, 7]);
    expect(dropFinished(state, overAt + RESOLVED_KEPT_MS - 1)).toBe(state);
    expect(countsOf(dropFinished(state, overAt + RESOLVED_KEPT_MS))).toEqual([1, 1, 1, 1]);
  });

  it("is what was merged, an hour after it was, whatever goes on in what took it in", () => {
    const desk = new Desk();
    for (const host of [1, 2, 3]) desk.fire({ subject: serviceAt(host) });
    desk.settle();
    desk.deliverPages();
    expect(desk.state.incidents.values().map(({ state }) => state)).toEqual(["merged", "merged", "open"]);
    desk.act("bob", { kind: "acknowledge", incidentId: "inc_3" });
    expect(countsOf(dropFinished(desk.state, START_AT + RESOLVED_KEPT_MS - 1))).toEqual([3, 3, 0, 1]);
    expect(countsOf(dropFinished(desk.state, START_AT + RESOLVED_KEPT_MS))).toEqual([1, 3, 0, 1]);
  });

  it("is what an incident that is put aside has left, once nothing of it is on its way", () => {
    const { now, state } = deskWith(1);
    const [resolved = "", failing = ""] = state.incidents.ids();
    const without = (incidentId: string) => ({ ...state, incidents: state.incidents.without(incidentId) });
    expect(dropFinished(state, now)).toBe(state);
    expect(countsOf(dropFinished(without(resolved), now))).toEqual([1, 1, 1, 1]);
    // its question waits for an answer
    expect(countsOf(dropFinished(without(failing), now))).toEqual([1, 2, 1, 3]);
    const woken = { ...without(resolved), pages: recordsFrom(state.pages) };
    expect(countsOf(dropFinished(woken, now))).toEqual([1, 1, 1, 1]);
    expect(dropFinished(state, now)).toBe(state);
  });

  it("is looked for among few, however many there are", () => {
    const looks = [5, 40].map((count) => {
      const { now, state } = deskWith(count);
      let looked = 0;
      const watched = <V extends object>(records: Records<V>): Records<V> =>
        recordsFrom(
          records.entries().map(([id, record]) => {
            const get = (target: V, property: string | symbol) => {
              looked += 1;
              return Reflect.get(target, property) as unknown;
            };
            return [id, new Proxy(record, { get })];
          }),
        );
      const known = { ...state, approvals: watched(state.approvals), pages: watched(state.pages) };
      dropFinished(known, now);
      const [key, page] = known.pages.entries()[0] ?? [];
      if (key === undefined || page === undefined) throw new Error("there is no page");
      const next = { ...known, pages: known.pages.with(key, { ...page }) };
      looked = 0;
      dropFinished(next, now);
      return looked;
    });
    expect(looks[1]).toBe(looks[0]);
  });
});
