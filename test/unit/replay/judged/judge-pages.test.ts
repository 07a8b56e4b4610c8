// What a page counts for: the findings that it tells of first, or that its title is about; a page that only says what is over counts for that alone.
import { describe, expect, it } from "vitest";
import type { PlannedExpectation } from "../../../../control-plane/replay/file/planned-incident.ts";
import {
  judgeNoPage,
  judgePage,
  judgePageCount,
  judgeRecovered,
  judgeRecoveredCount,
} from "../../../../control-plane/replay/judged/judge-pages.ts";
import {
  emptyRecord,
  type RecordedPage,
  type RecordedTell,
} from "../../../../control-plane/replay/printed/replay-record.ts";

function tell(reason: RecordedTell["reason"], more: Partial<RecordedTell> = {}): RecordedTell {
  return { reason, host: "web-1", service: "shop", isFirst: true, isTitle: false, isEnd: false, ...more };
}

function page(kind: RecordedPage["kind"], tells: readonly RecordedTell[], at = 1_000): RecordedPage {
  const about = tells.find(({ isTitle }) => isTitle) ?? tells[0];
  const { host = "", reason = null, service = null } = about ?? {};
  const [to, channel] = ["kim", "push"];
  const text = { severity: "error", title: "a title", body: "a body" } as const;
  const ids = { key: `${kind} ${at}`, incidentId: "inc_1", approvalId: null };
  return { at, to, channel, channels: [channel], kind, tells, reason, host, service, ...text, ...ids };
}

function planned(expectation: PlannedExpectation["expectation"]): PlannedExpectation {
  return { expectation, byAt: null, notBeforeAt: null, fromAt: null, untilAt: null, at: null };
}

const sceneOf = (pages: readonly RecordedPage[]) => ({
  startAt: 0,
  livenesses: [],
  record: { ...emptyRecord(), pages: [...pages] },
});

describe("a page counts for a reason", () => {
  it.each([
    ["that it is the first to tell", [tell("check-failing", { isTitle: true }), tell("latency-high")], true],
    [
      "that its title is about, though it was told before",
      [tell("latency-high", { isFirst: false, isTitle: true })],
      true,
    ],
    [
      "not where it only names again what was told",
      [tell("check-failing", { isTitle: true }), tell("latency-high", { isFirst: false })],
      false,
    ],
    [
      "not where it says that it is over",
      [tell("check-failing", { isTitle: true }), tell("latency-high", { isEnd: true })],
      false,
    ],
    ["not where it tells of others", [tell("check-failing", { isTitle: true })], false],
  ])("%s", (_what, tells, isTold) => {
    const scene = sceneOf([page("ring", tells)]);
    expect(judgePage(planned({ page: "latency-high" }), scene).isMet).toBe(isTold);
    expect(judgeNoPage(planned({ noPage: "latency-high" }), scene).isMet).toBe(!isTold);
  });

  it("of the host and service of that finding, whatever its title is about", () => {
    const other = { host: "db-1", service: "db" };
    const scene = sceneOf([
      page("ring", [tell("check-failing", { isTitle: true }), tell("latency-high", other)]),
    ]);
    const isMet = (more: { host?: string; service?: string }) =>
      judgePage(planned({ page: "latency-high", ...more }), scene).isMet;
    expect([isMet({ host: "db-1" }), isMet({ service: "db" }), isMet({ host: "web-1" })]).toEqual([
      true,
      true,
      false,
    ]);
    expect(judgePageCount(planned({ pagesAtMost: 0, host: "db-1" }), scene).isMet).toBe(false);
    expect(judgePageCount(planned({ pagesAtMost: 0, host: "mail-1" }), scene).isMet).toBe(true);
  });

  it("once, also for those that it tells in passing: atMost counts rings and updates", () => {
    const scene = sceneOf([
      page("ring", [tell("check-failing", { isTitle: true })], 1),
      page("update", [tell("latency-high", { isTitle: true })], 2),
      page("ring", [tell("check-failing", { isFirst: false, isTitle: true })], 3),
    ]);
    const counts = (atMost: number) => judgePage(planned({ page: "check-failing", atMost }), scene).isMet;
    expect([counts(1), counts(2)]).toEqual([false, true]);
    expect(judgePage(planned({ page: "any", atMost: 2 }), scene).isMet).toBe(false);
  });
});

describe("pages are counted", () => {
  const scene = sceneOf([
    page("ring", [tell("check-failing", { isTitle: true })], 1),
    page("update", [tell("latency-high", { isTitle: true })], 2),
    page("recovered", [tell("check-failing", { isTitle: true, isEnd: true })], 3),
    page("test", [], 4),
  ]);

  it("with their updates, and without what is only over or only tried", () => {
    expect(judgePageCount(planned({ pagesAtMost: 1 }), scene).isMet).toBe(false);
    expect(judgePageCount(planned({ pagesAtMost: 2 }), scene)).toMatchObject({
      isMet: true,
      found: expect.stringMatching(/^2 \(1 ring check-failing, 1 update latency-high\): /) as string,
    });
  });

  it("what is over by its reason and place alone", () => {
    const none = (more: object) => judgeRecoveredCount(planned({ noRecovered: "any", ...more }), scene).isMet;
    expect([none({}), none({ noRecovered: "latency-high" }), none({ host: "db-1" })]).toEqual([
      false,
      true,
      true,
    ]);
    expect(judgeRecoveredCount(planned({ recoveredAtMost: 1 }), scene).isMet).toBe(true);
    expect(judgeRecovered(planned({ recovered: "check-failing" }), scene).isMet).toBe(true);
    expect(judgeRecovered(planned({ recovered: "latency-high" }), scene).isMet).toBe(false);
  });
});
