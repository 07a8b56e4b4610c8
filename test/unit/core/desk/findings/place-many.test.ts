// Different services on a tenth of the fleet are one trouble, once the fleet's size is known; both sides of each bound.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { WIDE_MIN, WIDE_WITHIN_MS } from "../../../../../control-plane/src/core/desk/findings/place.ts";
import type { Desk } from "../desk-fixtures.ts";
import { serviceAt } from "../fleet.ts";

const FLEET_SIZE = "../../../../../control-plane/src/core/desk/state/fleet-size.ts";
let fleetSize: number | null = null;
let newDesk: () => Desk;
let desk: Desk;

// The desk's core as it is where it knows how many hosts there are: this layer shares its modules with other files, so it is loaded anew.
beforeAll(async () => {
  vi.resetModules();
  vi.doMock(FLEET_SIZE, () => ({ fleetSizeOf: () => fleetSize, lateCountOf: () => null }));
  const fixtures = await import("../desk-fixtures.ts");
  newDesk = () => new fixtures.Desk();
});
afterAll(() => {
  vi.doUnmock(FLEET_SIZE);
  vi.resetModules();
});
beforeEach(() => {
  fleetSize = null;
  desk = newDesk();
});

const openPlaces = () =>
  desk.state.incidents
    .values()
    .filter(({ state }) => state === "open")
    .map(({ place }) => place.kind);

describe("different services on many hosts", () => {
  const failDifferently = (count: number) => {
    for (let host = 1; host <= count; host += 1) desk.fire({ subject: serviceAt(host, `s${host}`) });
  };

  it.each([
    [null, 40, false],
    [10, WIDE_MIN - 1, false],
    [10, WIDE_MIN, true],
    [100, 9, false],
    [100, 10, true],
    [101, 10, false],
    [101, 11, true],
  ])("of a fleet of %s hosts, on %i: one trouble %s", (size, count, isOne) => {
    fleetSize = size;
    failDifferently(count);
    expect(openPlaces()).toEqual(isOne ? ["many"] : Array.from({ length: count }, () => "trouble"));
  });

  it.each([
    [WIDE_WITHIN_MS, ["many"]],
    [WIDE_WITHIN_MS + 1, ["trouble", "trouble", "trouble"]],
  ])("within five minutes: %i ms after the first", (afterMs, places) => {
    fleetSize = 20;
    desk.fire({ subject: serviceAt(1, "a") });
    desk.now += afterMs;
    desk.fire({ subject: serviceAt(2, "b") });
    desk.fire({ subject: serviceAt(3, "c") });
    expect(openPlaces()).toEqual(places);
  });

  it("are called by how many they are", () => {
    fleetSize = 20;
    failDifferently(4);
    expect(desk.incidentOf("check-failing").title).toBe(
      "Different services fail on 4 of 20 hosts, s1 on web-1 among them",
    );
  });
});
