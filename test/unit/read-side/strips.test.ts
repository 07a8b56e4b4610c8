// The line of a service's last 24 hours: what was told within them, what was before, and how it is now.
import { describe, expect, it } from "vitest";
import {
  type ChangeRow,
  RESTART_SHOWN_MS,
  STRIP_MS,
  type StripFacts,
  stripOf,
} from "../../../control-plane/src/read-side/strips.ts";

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const ago = (minutes: number) => NOW - minutes * MINUTE;
const turn = (minutes: number, was: ChangeRow["was"], look: ChangeRow["look"]): ChangeRow => ({
  at: ago(minutes),
  was,
  look,
});

/** The looks of a line, each with the minutes before now at which it began. */
function lineOf(facts: Partial<StripFacts>): readonly string[] {
  const spans = stripOf({
    own: [],
    ofHost: [],
    look: "well",
    silentSinceAt: null,
    readFromAt: null,
    now: NOW,
    ...facts,
  });
  expect(spans[0]?.fromAt).toBe(NOW - STRIP_MS);
  expect(spans.at(-1)?.toAt).toBe(NOW);
  for (const [index, { fromAt }] of spans.entries())
    if (index > 0) expect(fromAt).toBe(spans[index - 1]?.toAt);
  return spans.map(({ fromAt, look }) => `${look} ${(NOW - fromAt) / MINUTE}`);
}

const ALL = STRIP_MS / MINUTE;
const SHOWN = RESTART_SHOWN_MS / MINUTE;

describe("the line of a service", () => {
  it.each<[string, Partial<StripFacts>, readonly string[]]>([
    ["nothing turned, and it is well", {}, [`well ${ALL}`]],
    ["what turned before was not read", { readFromAt: ago(60) }, [`no-data ${ALL}`, "well 60"]],
    ["nothing turned, and it fails", { look: "failing" }, [`failing ${ALL}`]],
    [
      "it failed for a while",
      { own: [turn(60, "well", "failing"), turn(30, "failing", "well")] },
      [`well ${ALL}`, "failing 60", "well 30"],
    ],
    [
      "it failed before the window began",
      { own: [turn(2_000, "well", "failing"), turn(30, "failing", "well")] },
      [`failing ${ALL}`, "well 30"],
    ],
    [
      "rows come in any order",
      { own: [turn(30, "failing", "well"), turn(60, "well", "failing")] },
      [`well ${ALL}`, "failing 60", "well 30"],
    ],
    [
      "it restarted",
      { own: [turn(60, "well", "restarted")] },
      [`well ${ALL}`, "restarted 60", `well ${60 - SHOWN}`],
    ],
    ["it restarts just now", { own: [turn(1, "well", "restarted")] }, [`well ${ALL}`, "restarted 1"]],
    [
      "it restarted while it failed: the failure is what is shown",
      { own: [turn(60, "well", "failing"), turn(58, "failing", "restarted"), turn(57, "failing", "well")] },
      [`well ${ALL}`, "failing 60", "restarted 57", `well ${58 - SHOWN}`],
    ],
    [
      "its host was not heard before it was enrolled",
      { ofHost: [turn(90, "no-data", "heard")] },
      [`no-data ${ALL}`, "well 90"],
    ],
    [
      "its host was down meanwhile: no failure, whatever the service's last word",
      {
        own: [turn(120, "well", "failing")],
        look: "failing",
        ofHost: [turn(60, "heard", "no-data"), turn(20, "no-data", "heard")],
      },
      [`well ${ALL}`, "failing 120", "no-data 60", "failing 20"],
    ],
    [
      "its host is down as the desk knows it, and no row says so yet",
      { silentSinceAt: ago(14) },
      [`well ${ALL}`, "no-data 14"],
    ],
    ["its host is down for days", { silentSinceAt: ago(9_999) }, [`no-data ${ALL}`]],
    [
      "its shard was set back: what the lost life told is not known, and it goes on anew",
      {
        own: [turn(60, "well", "no-data"), turn(40, "failing", "no-data")],
        ofHost: [turn(20, "anew", "anew")],
      },
      [`well ${ALL}`, "no-data 60", "well 20"],
    ],
    [
      "its shard was set back, and it failed then",
      { own: [turn(19, "failing", "failing")], ofHost: [turn(20, "anew", "anew")], look: "failing" },
      [`failing ${ALL}`, "well 20", "failing 19"],
    ],
    ["a clock ran ahead", { own: [turn(-5, "well", "failing")] }, [`well ${ALL}`]],
  ])("where %s", (_what, facts, line) => {
    expect(lineOf(facts)).toEqual(line);
  });
});
