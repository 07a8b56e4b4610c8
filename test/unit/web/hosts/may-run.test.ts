// What a host's view says may run: never more than what holds it back lets, and a frozen action never looks free.
import { describe, expect, it } from "vitest";
import type { Runnable } from "../../../../control-plane/src/core/shard/remedy/runnable.ts";
import { FLEET } from "../../../../control-plane/src/core/words/subject.ts";
import { NO_BRAKES } from "../../../../control-plane/src/web/brakes/brakes-on.ts";
import { type RunScene, runLinesOf } from "../../../../control-plane/src/web/hosts/may-run.ts";
import { freezeOf, standingOf } from "../../../gallery/records/known-host.ts";

const RUNNABLE: Runnable = {
  service: "hermes",
  title: "Hermes",
  action: "restart",
  level: 4,
  undo: null,
  isAsked: true,
  proposedFor: ["check-failing"],
  budget: { usedCount: 0, max: 3, windowMs: 3_600_000, freeAt: null },
  frozenBy: null,
};
const SCENE: RunScene = { brakes: NO_BRAKES, argvs: [], liveness: "up", gapsOf: () => [] };
const GAP = { action: "restart", who: "audit", command: "", sinceAt: 1, lastAt: 1 };
const USED_UP = { ...RUNNABLE.budget, usedCount: 3, freeAt: 5 };

const line = (scene: Partial<RunScene>, runnable: Partial<Runnable> = {}) =>
  runLinesOf([{ ...RUNNABLE, ...runnable }], { ...SCENE, ...scene })[0];

describe("an action", () => {
  it.each([
    { why: "nothing", scene: {}, runnable: {}, mayRun: "asks-you" },
    { why: "the policy", scene: {}, runnable: { isAsked: false }, mayRun: "by-itself" },
    { why: "a rule of its shard", scene: {}, runnable: { frozenBy: "self-inflicted" }, mayRun: "frozen" },
    { why: "a used-up budget", scene: {}, runnable: { budget: USED_UP }, mayRun: "used-up" },
    { why: "a host that is late", scene: { liveness: "late" }, runnable: {}, mayRun: "not-now" },
    { why: "the audit", scene: { gapsOf: () => [GAP] }, runnable: {}, mayRun: "not-permitted" },
    {
      why: "another's denial",
      scene: { gapsOf: () => [{ ...GAP, who: "watchdog" }] },
      runnable: {},
      mayRun: "asks-you",
    },
    {
      why: "a yes",
      scene: { brakes: { ...NO_BRAKES, standing: [standingOf()] } },
      runnable: {},
      mayRun: "in-advance",
    },
  ] as const)("with $why: $mayRun", ({ mayRun, runnable, scene }) => {
    expect(line(scene, runnable)?.mayRun).toBe(mayRun);
  });

  it.each([FLEET, freezeOf().scope, { ...freezeOf().scope, kind: "host" as const }])(
    "that is frozen by a freeze of %j says so, whatever else lets it run",
    (scope) => {
      const brakes = { ...NO_BRAKES, freezes: [freezeOf({ scope } as never)], standing: [standingOf()] };
      const service = scope.kind === "service" ? "bob" : "hermes";
      expect(line({ brakes }, { isAsked: false, service })?.mayRun).toBe("frozen");
    },
  );

  it("runs as root by sudo alone, and else as whom is not known", () => {
    const argv = ["/usr/bin/sudo", "-n", "/usr/bin/systemctl", "restart", "x.service"];
    const known = (words: readonly string[]) => [{ service: "hermes", action: "restart", argv: words }];
    expect(line({ argvs: known(argv) })?.asRoot).toBe(true);
    expect(line({ argvs: known(["/opt/reset"]) })?.asRoot).toBe(false);
    expect(line({ argvs: [{ service: "bob", action: "restart", argv }] })?.asRoot).toBe(null);
  });
});
