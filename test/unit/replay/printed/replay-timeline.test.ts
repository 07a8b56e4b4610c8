// The printed story never stops in silence: where there is too much to print it says so, in its place, and counts the rest in full below.
import { describe, expect, it } from "vitest";
import {
  emptyRecord,
  LINES_MAX,
  type RecordedPage,
  type ReplayRecord,
} from "../../../../control-plane/replay/printed/replay-record.ts";
import {
  paintFor,
  PRINTED_MAX,
  timelineOf,
  verdictOf,
} from "../../../../control-plane/replay/printed/replay-timeline.ts";
import { type Replay, stageReplay } from "../../../../control-plane/replay/run-replay.ts";
import { replay } from "../told-story.ts";

const NO_STORY = replay("  []");

function pageAt(at: number, more: Partial<RecordedPage> = {}): RecordedPage {
  return {
    at,
    key: `page ${at}`,
    to: "operator",
    channel: "terminal",
    channels: ["terminal"],
    kind: "ring",
    tells: [],
    reason: "check-failing",
    severity: "error",
    host: "vps-1",
    service: "worker",
    title: `page ${at}`,
    body: "",
    incidentId: "inc_1",
    approvalId: null,
    ...more,
  };
}

function storyWith(more: Partial<ReplayRecord>): Replay {
  return { ...NO_STORY, record: { ...emptyRecord(), ...more } };
}

const printedOf = (story: Replay) => timelineOf(story).map(({ text }) => text);
const verdict = (story: Replay) => verdictOf(story, paintFor(false)).split("\n");
const isStop = (text: string) => text.startsWith("… more ");

describe("a story with too much to print", () => {
  it("prints everything up to its bound, and counts nothing below", () => {
    const story = storyWith({ pages: Array.from({ length: PRINTED_MAX }, (_, at) => pageAt(at)) });
    expect(printedOf(story).filter((text) => text.startsWith("PAGE"))).toHaveLength(PRINTED_MAX);
    expect(printedOf(story).some(isStop)).toBe(false);
    expect(verdict(story).some((line) => line.includes("not printed"))).toBe(false);
  });

  it("says beyond it where the pages stop, and how many of which kind and reason there are more", () => {
    const pages = [
      ...Array.from({ length: PRINTED_MAX + 3 }, (_, at) => pageAt(at)),
      pageAt(PRINTED_MAX + 3, { kind: "update", reason: "latency-high" }),
      pageAt(PRINTED_MAX + 4, { kind: "recovered" }),
    ];
    const story = storyWith({ pages });
    const stops = timelineOf(story).filter(({ text }) => isStop(text));
    expect(stops.map(({ at }) => at)).toEqual([PRINTED_MAX]);
    expect(verdict(story)).toContainEqual(
      "  not printed above: 5 pages (3 ring check-failing, 1 update latency-high, 1 recovered check-failing)",
    );
    expect(verdict(story).at(-1)).toContain(`${PRINTED_MAX + 4} pages and 1 "recovered"`);
  });

  it("does so for all that it prints", () => {
    const length = PRINTED_MAX + 7;
    const [host, service, action, approvalId] = ["vps-1", "worker", "restart", "apr_1"];
    const times = Array.from({ length }, (_, at) => at);
    const story = storyWith({
      proposals: times.map((at) => ({ at, host, service, action, argv: [] })),
      actions: times.map((at) => ({ at, host, service, action })),
      refusals: times.map((at) => ({ at, host, service, by: "shard", reason: "auth", text: "auth" })),
      approvals: times.map((at) => ({ at, host, service, action, approvalId, state: "denied" })),
      lines: times.slice(0, 5).map((at) => ({ at, who: "world", text: "a" })),
      linesLeftOut: 4,
    });
    expect(printedOf(story).filter(isStop)).toHaveLength(5);
    const leftOut = verdict(story).filter((line) => line.includes("not printed"));
    expect(leftOut.map((line) => line.replace("  not printed above: ", ""))).toEqual([
      "4 lines of the story",
      "7 proposals",
      "7 refusals",
      "7 actions",
      "7 answers",
    ]);
  });

  it("counts the lines of the story that it does not keep", () => {
    const { world } = stageReplay(NO_STORY.incident);
    const { lines } = world.record;
    const before = lines.length;
    for (let line = before; line < LINES_MAX + 3; line += 1) world.tell("world", "a");
    expect([lines.length, world.record.linesLeftOut]).toEqual([LINES_MAX, 3]);
  });
});
