// What a level may hold: a catalogue that would have the desk's key alone restart something is refused.
import { describe, expect, it } from "vitest";
import { ServiceSpec } from "@countersign/shared/host/catalogue";

function isTaken(verb: string, level: number): boolean {
  return ServiceSpec.safeParse({
    name: "web",
    unit: "web.service",
    checks: [{ kind: "unit", name: "unit" }],
    actions: [{ name: "act", kind: "systemctl", verb, level }],
  }).success;
}

describe("an action of systemctl", () => {
  it.each(["restart", "stop"])("that ends a run (%s) needs level 4", (verb) => {
    expect([1, 2, 3, 4, 5].map((level) => isTaken(verb, level))).toEqual([false, false, false, true, true]);
  });

  it.each(["start", "reload", "reset-failed"])("that ends none (%s) may have any level", (verb) => {
    expect([1, 2, 3, 4, 5].every((level) => isTaken(verb, level))).toBe(true);
  });
});
