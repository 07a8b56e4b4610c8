// What a host's view says of checks: the worst first, since when as honestly as it is known, and what is remembered where
// the last words are not.
import { describe, expect, it } from "vitest";
import { named, namedFrom } from "@countersign/shared/values/named";
import type { HostState } from "../../../../control-plane/src/core/shard/host/shard-state.ts";
import { checkLinesOf } from "../../../../control-plane/src/web/hosts/check-lines.ts";
import { answersOf, hostOf, pastOf, resultOf, serviceOf } from "../../../gallery/records/known-host.ts";
import { HOUR_MS, NOW } from "../../../gallery/shown-state.ts";

function hostWith(results: readonly ReturnType<typeof resultOf>[], past?: HostState["past"]): HostState {
  const { past: _none, ...host } = hostOf({ services: namedFrom([["web", serviceOf("web", results)]]) });
  return past === undefined ? host : { ...host, past };
}

describe("the checks of a service", () => {
  it("stand with what fails first, then what hangs, then what warns, then what passes", () => {
    const host = hostWith([
      resultOf("well"),
      resultOf("warns", { status: "fail", severity: "warning" }),
      resultOf("hangs", { overdueSinceAt: NOW - HOUR_MS }),
      resultOf("fails", { status: "fail" }),
    ]);
    expect(checkLinesOf(host, "web").map(({ check, kind }) => [check, kind])).toEqual([
      ["fails", "failing"],
      ["hangs", "warning"],
      ["warns", "warning"],
      ["well", "well"],
    ]);
  });

  it("say nothing of since when where nothing is known", () => {
    expect(checkLinesOf(hostWith([resultOf("health")]), "web")).toMatchObject([
      { since: null, answers: null },
    ]);
  });

  it("are at least as old as it is known, after the host was away", () => {
    const past = {
      ...pastOf({ web: { health: { sinceAt: NOW - 9 * HOUR_MS } } }),
      unbrokenSinceAt: NOW - HOUR_MS,
    };
    expect(checkLinesOf(hostWith([resultOf("health")], past), "web")).toMatchObject([
      { since: { at: NOW - HOUR_MS, isAtLeast: true } },
    ]);
  });

  it("are remembered without their words, with their answer times", () => {
    const past = pastOf({ web: { health: { answers: answersOf(4) }, disk: { status: "fail" } } });
    expect(checkLinesOf(hostWith([], past), "web")).toMatchObject([
      { check: "disk", says: null, isPassing: false, kind: "warning", answers: null },
      { check: "health", says: null, isPassing: true, kind: "well", answers: { endsAt: past.quarterAt } },
    ]);
  });

  it("are none of a service that nobody knows, by whatever name", () => {
    const host = hostWith([resultOf("health")], pastOf({}));
    for (const name of ["constructor", "__proto__", "other"]) expect(checkLinesOf(host, name)).toEqual([]);
    expect(checkLinesOf({ ...host, services: named({}) }, "web")).toEqual([]);
  });
});

describe("answer times", () => {
  const past = pastOf({ web: { health: { answers: answersOf(8) } } });
  const endOf = (changes: Partial<HostState>) =>
    checkLinesOf({ ...hostWith([resultOf("health")], past), ...changes }, "web")[0]?.answers?.endsAt;

  it("end where the host was heard last, when it is not heard", () => {
    expect(endOf({ liveness: "up" })).toBe(past.quarterAt);
    const lastSeenAt = NOW - 2 * HOUR_MS;
    expect(endOf({ liveness: "down", lastSeenAt })).toBe(lastSeenAt);
    expect(endOf({ liveness: "unknown", lastSeenAt })).toBe(lastSeenAt);
    expect(endOf({ liveness: "unknown", lastSeenAt: 0 })).toBe(past.quarterAt);
  });
});
