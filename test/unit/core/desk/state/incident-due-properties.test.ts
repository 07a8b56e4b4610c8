// When something is due about incidents, kept up from change to change, beside judging all of them anew.
import { expect, it } from "vitest";
import { nextSendAt } from "../../../../../control-plane/src/core/desk/paging/stream.ts";
import type { DeskState } from "../../../../../control-plane/src/core/desk/state/desk-state.ts";
import { dueIncidents } from "../../../../../control-plane/src/core/desk/state/incident-due.ts";
import { fleetCommand, play } from "../desk-histories.ts";

const dueAtOf = (state: DeskState, incident: Parameters<typeof nextSendAt>[1]) =>
  nextSendAt(state, incident, 0);
const due = dueIncidents(dueAtOf);

it(
  "is what judging all of them says, in any history, before and after each decision",
  { timeout: 60_000 },
  () => {
    play((desk, before) => {
      for (const state of [desk.state, before, desk.state]) {
        const context = { now: desk.now, policy: desk.policy };
        const all = state.incidents.values().map((incident) => ({ incident, at: dueAtOf(state, incident) }));
        for (const { at, incident } of all) {
          const nowAt = nextSendAt(state, incident, desk.now);
          if (nowAt !== null)
            expect(at ?? Infinity, "never later than the state would say now").toBeLessThanOrEqual(nowAt);
        }
        const instants = all.flatMap(({ at }) => at ?? []);
        const isDue = all.flatMap(({ at, incident }) => (at !== null && at <= desk.now ? [incident] : []));
        expect(due.dueAt(state, context)).toEqual(isDue);
        expect(due.earliestAt(state, context)).toBe(instants.length === 0 ? null : Math.min(...instants));
        const later = instants.filter((at) => at > desk.now);
        expect(due.nextAfter(state, context)).toBe(later.length === 0 ? null : Math.min(...later));
      }
    }, fleetCommand);
  },
);
