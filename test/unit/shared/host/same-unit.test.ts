// The one definition of "the same state" of a unit.
import { expect, it } from "vitest";
import { boundUnitOf, isStarting, unitTurn } from "@countersign/shared/host/same-unit";
import { FAILED, UNIT_TURNS } from "./unit-turns.ts";

it.each(UNIT_TURNS)("%s", (_, minted, now, turn) => {
  expect(unitTurn(boundUnitOf(minted), now)).toBe(turn);
});

it.each([
  { activeState: "activating", subState: "start", result: "success", is: true },
  { activeState: "activating", subState: "start-pre", result: "success", is: true },
  { activeState: "activating", subState: "auto-restart", result: "success", is: false },
  { activeState: "activating", subState: "auto-restart-queued", result: "exit-code", is: false },
  { activeState: "activating", subState: "start", result: "exit-code", is: false },
  { activeState: "active", subState: "running", result: "success", is: false },
] as const)("$activeState ($subState, $result) is starting: $is", ({ is, ...state }) => {
  expect(isStarting({ ...FAILED, ...state })).toBe(is);
});
