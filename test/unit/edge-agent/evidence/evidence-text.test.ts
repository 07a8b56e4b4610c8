// What the agent reads out of texts and counts: instants, pressure, OOM kills, changed files, plugins' exit codes.
import { describe, expect, test } from "vitest";
import {
  cgroupOfUnit,
  type OomCounts,
  oomKillsBetween,
  parseOomKills,
  parsePressure,
} from "../../../../edge-agent/src/core/evidence/memory-signs.ts";
import {
  needsDigest,
  EARLIER_CONTENTS_MAX,
  takeLook,
  type WatchedFile,
} from "../../../../edge-agent/src/core/evidence/watched-file.ts";
import { parseInstant } from "../../../../edge-agent/src/core/instant-text.ts";

test.each([
  ["2026-11-22T02:38:10Z", Date.UTC(2026, 10, 22, 2, 38, 10)],
  ["2026-11-22T02:38:10.25+01:00", Date.UTC(2026, 10, 22, 1, 38, 10, 250)],
  ["2024-02-29 23:59-0130", Date.UTC(2024, 2, 1, 1, 29)],
  [1_700_000_000, 1_700_000_000_000],
  ["1700000000.5", 1_700_000_000_500],
  [1_700_000_000_123, 1_700_000_000_123],
  ["2026-11-22T02:38:10", null],
  ["2026-13-22T02:38:10Z", null],
  ["", null],
  [-1, null],
  [Number.NaN, null],
  [null, null],
  // dates that the calendar has not, and offsets that no clock has
  ["2026-02-31T00:00:00Z", null],
  ["2026-02-29T00:00:00Z", null],
  ["2100-02-29T00:00:00Z", null],
  ["2028-02-29T00:00:00Z", Date.UTC(2028, 1, 29)],
  ["2026-04-31T00:00:00Z", null],
  ["2026-04-30T00:00:00Z", Date.UTC(2026, 3, 30)],
  ["2026-11-22T02:38:10+99:99", null],
  ["2026-11-22T02:38:10+24:00", null],
  ["2026-11-22T02:38:10-01:60", null],
  ["2026-11-22T02:38:10+23:59", Date.UTC(2026, 10, 21, 2, 39, 10)],
])("parseInstant(%j) is %j", (text, at) => {
  expect(parseInstant(text)).toBe(at);
});

describe("memory", () => {
  test("is read from the kernel's files", () => {
    const psi =
      "some avg10=12.50 avg60=1.00 avg300=0.10 total=1\nfull avg10=7.25 avg60=0.00 avg300=0.00 total=1\n";
    expect(parsePressure(psi)).toEqual({ someAvg10: 12.5, fullAvg10: 7.25 });
    expect(parsePressure("")).toBeNull();
    expect(parseOomKills("oom 1\noom_kill 3\noom_group_kill 0\n")).toBe(3);
    expect(parseOomKills("oom 1\n")).toBeNull();
  });

  test("a unit's cgroup is the unit's own, also for a process further below", () => {
    expect(cgroupOfUnit("0::/system.slice/web.service\n", "web.service")).toBe("/system.slice/web.service");
    expect(cgroupOfUnit("0::/system.slice/web.service/worker\n", "web.service")).toBe(
      "/system.slice/web.service",
    );
    expect(cgroupOfUnit("0::/user.slice\n", "web.service")).toBeNull();
    expect(cgroupOfUnit("0::/../system.slice/web.service\n", "web.service")).toBeNull();
  });

  const counts = (host: number | null, kills: number | null, changes: object = {}): OomCounts => ({
    host,
    units: [{ service: "web", invocationId: "a", kills, isKnownKilled: false, ...changes }],
  });
  test.each([
    ["the first look tells nothing", null, counts(5, 5), []],
    ["nothing happened", counts(5, 1), counts(5, 1), []],
    ["in the unit, which runs on", counts(5, 1), counts(6, 2), ["web"]],
    ["in a unit that was started anew meanwhile", counts(5, 0), counts(6, 0, { invocationId: "b" }), ["web"]],
    ["in a unit that is gone", counts(5, 0), counts(6, null), ["web"]],
    ["that systemd has told of already", counts(5, 0), counts(6, null, { isKnownKilled: true }), []],
    ["of something else on the host", counts(5, 0), counts(6, 0), [null]],
    ["of a host that tells no count", counts(null, 0), counts(null, 1), ["web"]],
    ["many are told as a few", counts(0, 0), counts(99, 99), ["web", "web", "web", "web"]],
  ])("a kill: %s", (_, before, seen, services) => {
    const facts = oomKillsBetween(before, seen, 1_000);
    expect(facts.map(({ service }) => service)).toEqual(services);
    expect(new Set(facts.map(({ at }) => at)).size).toBe(facts.length);
  });
});

describe("a watched file", () => {
  const known: WatchedFile = {
    look: { changedAt: 10, digest: "a" },
    contents: ["a"],
    contentChangedAt: 10,
  };
  test.each([
    ["first seen", null, { changedAt: 10, digest: "a" }, 10, false],
    ["not moved", known, { changedAt: 10, digest: null }, 10, false],
    ["touched, same content", known, { changedAt: 20, digest: "a" }, 10, false],
    ["new content", known, { changedAt: 20, digest: "b" }, 20, true],
    ["moved, too large to compare", known, { changedAt: 20, digest: null }, 20, true],
    ["gone", known, { changedAt: null, digest: null }, 99, true],
  ])("%s", (_, before, look, contentChangedAt, isChanged) => {
    const taken = takeLook(before, look, 99);
    expect(taken.file.contentChangedAt).toBe(contentChangedAt);
    expect(taken.isChanged).toBe(isChanged);
  });

  /** contents one after the other, null: not readable, "-": no file; whether the last is one that it had before */
  function returnedAfter(...contents: readonly (string | null)[]): boolean | null {
    let taken: ReturnType<typeof takeLook> | null = null;
    contents.forEach((content, index) => {
      const look =
        content === "-" ? { changedAt: null, digest: null } : { changedAt: index, digest: content };
      taken = takeLook(taken?.file ?? null, look, index);
    });
    return (taken as ReturnType<typeof takeLook> | null)?.isReturned ?? null;
  }

  test.each([
    ["as first seen", ["a"], null],
    ["a new one", ["a", "b"], false],
    ["as it was before", ["a", "b", "a"], true],
    ["as it was two changes before", ["a", "b", "c", "a"], true],
    ["the same, touched", ["a", "b", "a", "a"], null],
    ["not readable", ["a", "b", null], null],
    ["the same, after it could not be read", ["a", null, "a"], null],
    ["as it was before it could not be read", ["a", "b", null, "a"], true],
    ["gone", ["a", "-"], false],
    ["gone again", ["-", "a", "-"], true],
    ["there again as it was", ["a", "-", "a"], true],
  ])("%s: %j returned: %s", (_, contents, isReturned) => {
    expect(returnedAfter(...contents)).toBe(isReturned);
  });

  test("remembers EARLIER_CONTENTS_MAX contents beside the one that it has", () => {
    const others = (count: number) => Array.from({ length: count }, (_, index) => `b${index}`);
    expect(returnedAfter("a", ...others(EARLIER_CONTENTS_MAX), "a")).toBe(true);
    expect(returnedAfter("a", ...others(EARLIER_CONTENTS_MAX + 1), "a")).toBe(false);
  });

  test("is read only when it moved", () => {
    expect(needsDigest(null, 10)).toBe(true);
    expect(needsDigest(known, 10)).toBe(false);
    expect(needsDigest(known, 11)).toBe(true);
    expect(needsDigest(known, null)).toBe(false);
  });
});
