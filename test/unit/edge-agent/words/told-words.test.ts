// What is told of a log: its bounds, what is asked of the journal and read of its answer, what a credential file holds, and when.
import { describe, expect, it } from "vitest";
import { ServiceSpec } from "@countersign/shared/host/catalogue";
import { LAST_WORDS_BYTES_MAX, LAST_WORDS_LINES_MAX } from "@countersign/shared/values/limits";
import { boundedLines } from "../../../../edge-agent/src/core/words/bounded-lines.ts";
import { journalArgv, parseJournal } from "../../../../edge-agent/src/core/words/journal.ts";
import { valuesIn } from "../../../../edge-agent/src/core/words/known-values.ts";
import {
  afterLook,
  isFailingNow,
  NOTHING_TOLD,
  WORDS_EVERY_MS_MIN,
} from "../../../../edge-agent/src/core/words/when-to-tell.ts";

describe("the bounds", () => {
  it("keep the newest lines", () => {
    const lines = Array.from({ length: LAST_WORDS_LINES_MAX + 5 }, (_, index) => `line ${index}`);
    expect(boundedLines(lines)).toEqual({ lines: lines.slice(5), isCut: false });
  });

  it("keep within the bytes, in UTF-8 and with line ends", () => {
    const { isCut, lines } = boundedLines(Array.from({ length: 20 }, () => "é".repeat(300)));
    expect(Buffer.byteLength(lines.join("\n"))).toBeLessThanOrEqual(LAST_WORDS_BYTES_MAX);
    expect([lines.length, isCut]).toEqual([6, true]);
  });

  it("shorten a line, never within a character", () => {
    const { isCut, lines } = boundedLines(["before", "😀".repeat(1_000), "after"]);
    expect(lines.map((line) => line.length < 1_000)).toEqual([true, true, true]);
    expect(lines[1]).toMatch(/^(?:😀)+…$/u);
    expect(isCut).toBe(true);
  });
});

const check = { kind: "http", name: "http", url: "http://127.0.0.1/" };
const serviceOf = (given: object) => ServiceSpec.parse({ name: "web", checks: [check], ...given });

describe("the journal", () => {
  it("is asked for one unit, by fields that journald set itself", () => {
    const argv = journalArgv(serviceOf({ unit: "web.service" }), null);
    expect(argv?.slice(0, 2)).toEqual(["/usr/bin/journalctl", "--no-pager"]);
    expect(argv?.slice(-4)).toEqual(["_SYSTEMD_UNIT=web.service", "+", "UNIT=web.service", "_PID=1"]);
  });

  it("is asked for a user's unit by the user's number too, and not at all without it", () => {
    const bobs = serviceOf({ unit: "gateway.service", manager: "user", user: "bob" });
    expect(journalArgv(bobs, 1_001)?.slice(-5)).toEqual([
      "_SYSTEMD_USER_UNIT=gateway.service",
      "_UID=1001",
      "+",
      "USER_UNIT=gateway.service",
      "_UID=1001",
    ]);
    expect(journalArgv(bobs, null)).toBeNull();
  });

  it("is asked for a container by what its engine logs, and for a pid file not at all", () => {
    const containerOf = (engine: string) => serviceOf({ container: { name: "web", engine } });
    expect(journalArgv(containerOf("docker"), null)?.slice(-2)).toEqual([
      "CONTAINER_NAME=web",
      "_SYSTEMD_UNIT=docker.service",
    ]);
    expect(journalArgv(containerOf("podman"), null)?.slice(-2)).toEqual([
      "CONTAINER_NAME=web",
      "_COMM=conmon",
    ]);
    expect(journalArgv(serviceOf({ pidFile: "/run/web.pid" }), null)).toBeNull();
  });

  it("is read line by line: texts, bytes, what is too long, several lines in one, and the newest end", () => {
    const entries = [
      { MESSAGE: "starting" },
      { MESSAGE: [98, 121, 101, 255] },
      { MESSAGE: null },
      { MESSAGE: "one\r\ntwo\n\n" },
      { MESSAGE: "exited", EXIT_CODE: "exited", EXIT_STATUS: "1" },
      { MESSAGE: "killed", EXIT_CODE: "killed", EXIT_STATUS: "9" },
      { EXIT_CODE: "killed", EXIT_STATUS: "what" },
    ];
    const text = [...entries.map((entry) => JSON.stringify(entry)), "no JSON", ""].join("\n");
    expect(parseJournal(text)).toEqual({
      lines: [
        "starting",
        "bye\uFFFD",
        "(a line that is too long to be shown)",
        "one",
        "two",
        "exited",
        "killed",
      ],
      exit: { code: "killed", status: 9 },
    });
    expect(parseJournal("")).toEqual({ lines: [], exit: null });
  });
});

it.each([
  ["a bare key", " s3cr3t-key\n", ["s3cr3t-key"]],
  ["variables", "A=short\nKEY='long enough'\n", ["long enough"]],
  ["JSON", '{"a":{"key":"long enough"},"type":"Bearer"}', ["long enough"]],
  ["nothing", "\n", []],
])("the values of a credential file: %s", (_what, text, values) => {
  expect(valuesIn(text)).toEqual(expect.arrayContaining(values));
  expect(valuesIn(text)).not.toContain("Bearer");
  expect(valuesIn(text)).not.toContain("short");
});

describe("when it is told", () => {
  const look = (isFailing: boolean, now: number, before = NOTHING_TOLD) =>
    afterLook(before, { isFailing, isUnitFailed: false, now });

  it("as it fails, once until it is well again", () => {
    const first = look(true, 5);
    expect(first.isDue).toBe(true);
    expect(look(true, 10 * WORDS_EVERY_MS_MIN, first.state).isDue).toBe(false);
  });

  it("no sooner than a minute after the ones before", () => {
    const first = look(true, 5);
    const well = look(false, 6, first.state);
    expect(look(true, 4 + WORDS_EVERY_MS_MIN, well.state).isDue).toBe(false);
    expect(look(true, 5 + WORDS_EVERY_MS_MIN, well.state).isDue).toBe(true);
  });

  it("once more when its unit fails after the check that noticed: its exit status is there only then", () => {
    const noticed = look(true, 5);
    const dead = afterLook(noticed.state, { isFailing: true, isUnitFailed: true, now: 8 });
    expect(dead.isDue).toBe(true);
    const stillDead = afterLook(dead.state, { isFailing: true, isUnitFailed: true, now: 9 });
    expect(stillDead.isDue).toBe(false);
    const flapping = afterLook(stillDead.state, { isFailing: false, isUnitFailed: false, now: 10 });
    expect(afterLook(flapping.state, { isFailing: true, isUnitFailed: true, now: 11 }).isDue).toBe(false);
  });

  it("by a unit that has failed, or a severe check that does", () => {
    const unit = (activeState: string) => ({ unit: { activeState }, results: [] }) as never;
    const result = (status: string, severity: string) =>
      ({ unit: null, results: [{ status, severity }] }) as never;
    expect([unit("failed"), unit("active"), unit("inactive")].map(isFailingNow)).toEqual([
      true,
      false,
      false,
    ]);
    expect(
      [result("fail", "critical"), result("fail", "warning"), result("pass", "critical")].map(isFailingNow),
    ).toEqual([true, false, false]);
  });
});
