// Of how many hosts nothing is asked any more: both sides of the boundary, by what gathers them.
import { describe, expect, it } from "vitest";
import { isAskedOfNone } from "../../../../../control-plane/src/core/desk/incidents/gathering.ts";
import type { Place } from "../../../../../control-plane/src/core/desk/records/incident.ts";
import { EMPTY_DESK } from "../../../../../control-plane/src/core/desk/state/empty-desk.ts";
import { sumOf } from "../../../../../control-plane/src/core/desk/state/incident-sums.ts";

const NOTHING = sumOf(EMPTY_DESK, "inc_none");

function isSilent(kind: Place["kind"], hostCount: number): boolean {
  return isAskedOfNone({ place: { kind } as Place }, { ...NOTHING, hostCount });
}

describe("no restart is offered", () => {
  it.each([
    ["wide", 3, true],
    ["wide", 2, false],
    ["many", 3, true],
    ["many", 2, false],
    ["host", 9, false],
    ["trouble", 9, false],
  ] as const)("%s with %i hosts: %s", (kind, hostCount, expected) => {
    expect(isSilent(kind, hostCount)).toBe(expected);
  });
});
