// Which signs of a unit make a look at it necessary, one by one; and what is taken out of one answer about several.
import { describe, expect, it, test } from "vitest";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { UNKNOWN_UNIT_STATE } from "../../../../edge-agent/src/core/evidence/unit-state.ts";
import { guessedCgroupOf } from "../../../../edge-agent/src/core/watching/guessed-cgroup.ts";
import { isShowable, sectionsOf } from "../../../../edge-agent/src/core/watching/shown-units.ts";
import {
  type ExactLook,
  isLookDue,
  LOOK_MAX_AGE_MS,
  type UnitSigns,
} from "../../../../edge-agent/src/core/watching/unit-signs.ts";

const SIGNS: UnitSigns = { invocation: "a1", unitsChangedAt: "100", isPopulated: null, mainStart: "77" };
const SERVICE = { isSystems: true, isService: true };
const USERS = { isSystems: false, isService: true };
const SETTING = { remains: false, parts: [], isGivenUp: false, hasJob: false, changedAt: "" };

function lookAt(state: Partial<UnitState>, signs: Partial<UnitSigns> = {}, hasJob = false): ExactLook {
  const seen = { ...UNKNOWN_UNIT_STATE, activeState: "active", subState: "running", mainPid: 9, ...state };
  return {
    at: 1_000,
    signs: { ...SIGNS, ...signs },
    seen: { state: seen as UnitState, omitted: [], setting: { ...SETTING, hasJob } },
  };
}

function isDue(look: ExactLook, now: Partial<UnitSigns> = {}, watched = SERVICE, at = 2_000): boolean {
  return isLookDue(look, { ...look.signs, ...now }, { ...watched, at });
}

describe("what makes a look at a unit necessary", () => {
  it("is not made at a unit that runs as it did", () => {
    expect(isDue(lookAt({}))).toBe(false);
    expect(
      isDue(lookAt({ activeState: "inactive", mainPid: 0 }, { invocation: null, mainStart: null })),
    ).toBe(false);
    // other units come and go
    expect(isDue(lookAt({}), { unitsChangedAt: "101" })).toBe(false);
  });

  test.each<[string, Partial<UnitSigns>]>([
    ["its main process is dead", { mainStart: null }],
    ["its pid belongs to another process", { mainStart: "78" }],
    ["it was started anew", { invocation: "b2" }],
    ["it has ended", { invocation: null }],
  ])("%s", (_what, now) => {
    expect(isDue(lookAt({}), now)).toBe(true);
  });

  it("is made again where systemd had not seen the death yet", () => {
    expect(isDue(lookAt({}, { mainStart: null }))).toBe(true);
  });

  test.each<UnitState["activeState"]>(["activating", "deactivating", "reloading", "unknown", "failed"])(
    "it was %s",
    (activeState) => {
      expect(isDue(lookAt({ activeState }))).toBe(true);
    },
  );

  it("is made while a job waits", () => {
    expect(isDue(lookAt({}, {}, true))).toBe(true);
  });

  it("is made at a job between its runs when any unit began or ended: a short run leaves no other trace", () => {
    const job = lookAt({ activeState: "inactive", mainPid: 0 }, { invocation: null, mainStart: null });
    expect(isDue(job, { unitsChangedAt: "101" })).toBe(true);
  });

  it("is made when the cgroup of a unit without a main process fills or empties", () => {
    const forking = lookAt({ mainPid: 0 }, { isPopulated: true, mainStart: null });
    expect(isDue(forking)).toBe(false);
    expect(isDue(forking, { isPopulated: false })).toBe(true);
    expect(isDue(forking, { isPopulated: null })).toBe(true);
  });

  it("is made each time at a service that gives no sign, and not at a timer, which has none", () => {
    const blind = lookAt({ mainPid: 0 }, { invocation: null, mainStart: null });
    expect(isDue(blind)).toBe(true);
    expect(isDue(blind, {}, { isSystems: true, isService: false })).toBe(false);
    expect(isDue(blind, {}, USERS)).toBe(false);
  });

  it("is made at what failed only where that is cheap", () => {
    const failed = lookAt({ activeState: "failed", mainPid: 0 }, { mainStart: null });
    expect([isDue(failed), isDue(failed, {}, USERS)]).toEqual([true, false]);
  });

  it("is made before the last one is a minute old, and when the clock has gone back", () => {
    const look = lookAt({});
    expect(isDue(look, {}, SERVICE, look.at + LOOK_MAX_AGE_MS - 1)).toBe(false);
    expect(isDue(look, {}, SERVICE, look.at + LOOK_MAX_AGE_MS)).toBe(true);
    expect(isDue(look, {}, SERVICE, look.at - 1)).toBe(true);
    expect(LOOK_MAX_AGE_MS + 5_000).toBeLessThanOrEqual(60_000);
    expect(isLookDue(null, SIGNS, { ...SERVICE, at: 0 })).toBe(true);
  });
});

describe("what is shown of several units", () => {
  it("is taken by its order, for an alias answers by another name", () => {
    const printed = "Id=web.service\nActiveState=active\n\nId=gone.service\nLoadState=not-found\n";
    const sections = sectionsOf(printed, ["www.service", "gone.service"]);
    expect(sections.get("www.service")).toBe("Id=web.service\nActiveState=active");
    expect(sections.get("gone.service")).toContain("not-found");
  });

  it("is taken by name alone where the count does not fit", () => {
    const sections = sectionsOf("Id=web.service\nActiveState=active\n", ["www.service", "web.service"]);
    expect([...sections.keys()]).toEqual(["web.service"]);
    expect(sectionsOf("", ["web.service"]).size).toBe(0);
  });

  it("is not asked together with a template", () => {
    expect(["app@.service", "app@1.service", "web.service"].map(isShowable)).toEqual([false, true, true]);
  });
});

describe("the cgroup of a user's unit", () => {
  const passwd = () => "root:x:0:0::/root:/bin/sh\nbob:x:1001:1001::/home/bob:/bin/sh\nodd:x:a:1::/:\n";
  const of = (user: string) => guessedCgroupOf({ manager: "user", unit: "gateway.service", user }, passwd);

  it("is where systemd puts it, and unknown of whom nobody knows", () => {
    expect(of("bob")).toBe("/user.slice/user-1001.slice/user@1001.service/app.slice/gateway.service");
    expect([of("bo"), of("odd"), guessedCgroupOf({ unit: "web.service" }, passwd)]).toEqual([
      null,
      null,
      null,
    ]);
  });
});
