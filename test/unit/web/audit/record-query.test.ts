// What is looked for in the record, from an address: persons, acts and days by the reader's clock; and that no act of ours
// is without words.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isFiltered } from "../../../../control-plane/src/read-side/queries/audit-search.ts";
import { actText, isActKnown } from "../../../../control-plane/src/web/audit/act-words.ts";
import { filterOf, recordPath, recordQueryOf } from "../../../../control-plane/src/web/audit/record-query.ts";

function asked(search: string, timeZone = "UTC") {
  const query = new URLSearchParams(search);
  return filterOf(
    recordQueryOf((name) => query.get(name) ?? undefined),
    timeZone,
  );
}

describe("an address of the record", () => {
  it.each([
    ["", {}],
    ["by=person/alice", { by: { kind: "person", responder: "alice" } }],
    ["by=person/a%2Fb", { by: { kind: "person", responder: "a/b" } }],
    ["by=admin", { by: { kind: "admin" } }],
    ["by=constructor&act=Not+An+Act&from=28.11.&to=2026-02-31", {}],
    ["act=approval-approved&q=web-1", { act: "approval-approved", words: "web-1" }],
    ["from=2026-11-28&to=2026-11-28", { fromAt: Date.UTC(2026, 10, 28), untilAt: Date.UTC(2026, 10, 29) }],
  ])("%s", (search, wanted) => {
    const filter = asked(search);
    expect(filter).toEqual({ by: null, act: null, words: "", fromAt: null, untilAt: null, ...wanted });
    expect(isFiltered(filter)).toBe(Object.keys(wanted).length > 0);
  });

  it.each([
    ["Europe/Berlin", "2026-11-28", Date.UTC(2026, 10, 27, 23), Date.UTC(2026, 10, 28, 23)],
    ["Europe/Berlin, a day of 23 hours", "2026-03-29", Date.UTC(2026, 2, 28, 23), Date.UTC(2026, 2, 29, 22)],
    ["Europe/Berlin, a day of 25 hours", "2026-10-25", Date.UTC(2026, 9, 24, 22), Date.UTC(2026, 9, 25, 23)],
    ["America/New_York", "2026-11-28", Date.UTC(2026, 10, 28, 5), Date.UTC(2026, 10, 29, 5)],
    ["Asia/Kolkata", "2026-11-28", Date.UTC(2026, 10, 27, 18, 30), Date.UTC(2026, 10, 28, 18, 30)],
    ["No/Where", "2026-11-28", Date.UTC(2026, 10, 28), Date.UTC(2026, 10, 29)],
  ])("%s: the day %s", (place, day, fromAt, untilAt) => {
    const timeZone = place.split(",")[0] ?? "";
    expect(asked(`from=${day}&to=${day}`, timeZone)).toMatchObject({ fromAt, untilAt });
  });

  it("is written as it is read, part by part", () => {
    const query = { by: "person/alice", act: "", words: "a b&c", from: "2026-11-28", to: "" };
    const path = recordPath(query, 7);
    const search = new URL(path, "http://desk").searchParams;
    expect(recordQueryOf((name) => search.get(name) ?? undefined)).toEqual(query);
    expect(search.get("before")).toBe("7");
    expect(recordPath({})).toBe("/audit");
  });
});

it("each act that our code writes down has plain words", () => {
  const root = join(import.meta.dirname, "../../../..");
  const files = execFileSync(
    "git",
    ["ls-files", "control-plane/src/core/desk", "control-plane/src/platform"],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  const acts = files
    .split("\n")
    .filter((path) => path.endsWith(".ts"))
    .flatMap((path) => [
      ...readFileSync(join(root, path), "utf8").matchAll(/\b(?:act|refused): "([a-z-]+)"/g),
    ])
    .map(([, act = ""]) => act);
  expect(acts.length).toBeGreaterThan(40);
  expect([...new Set(acts)].filter((act) => !isActKnown(act))).toEqual([]);
  expect(actText("never-heard-of")).toBe("never heard of");
});
