// A text without quotes that YAML reads otherwise: whoever wrote it is told to put it in quotes, and nobody else is.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { parseYamlFile } from "../../../../shared/src/files/yaml-file.ts";

const Schema = z.strictObject({
  check: z.strictObject({
    status: z.enum(["pass", "fail"]),
    severity: z.enum(["info", "error"]).optional(),
    text: z.string().default(""),
    tries: z.number().optional(),
  }),
});
const IN_QUOTES = /put the text in quotes/;

function complaintsOf(text: string): readonly string[] {
  const parsed = parseYamlFile(text, Schema);
  if (parsed.ok) return [];
  return parsed.error.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

describe("a text without quotes", () => {
  it.each([
    ["a comma", "check: { status: fail, text: refused, no route }", "1:39: "],
    ["a comma and a number", "check: { status: fail, text: refused, 42 }", "1:39: "],
    ["two commas", "check: { status: fail, text: refused, no route, no way }", "1:39: "],
    ["a comma before a word that is a key", "check: { status: fail, text: refused, severity }", "1:39: "],
    ["a comma after a quoted text", "check: { status: fail, text: 'refused', no route }", "1:41: "],
    ["a comma and a colon", "check: { status: fail, text: refused it, code: 5 }", "1:42: "],
    ["a comma, words and a colon", "check: { status: fail, text: refused, no route: 5 }", "1:39: "],
    ["a colon", "check: { status: fail, text: error: no route }", "1:30: "],
    ["a colon in a block", "check:\n  status: fail\n  text: error: no route\n", "3:9: "],
    ["a sign that opens something", "check: { status: fail, text: @host }", "1:30: "],
    ["quotes around a part of it", "check: { status: fail, text: 'no' route }", "1:35: "],
  ])("with %s", (_what, text, place) => {
    const complaints = complaintsOf(text);
    expect(complaints[0]).toMatch(IN_QUOTES);
    expect(complaints[0]?.startsWith(place), complaints[0]).toBe(true);
  });

  it.each([
    ["a mistyped key", "check: { status: fail, txet: refused }"],
    ["a mistyped key after a word", "check: { status: fail, tryes: 3 }"],
    ["a key too many in a block", "check:\n  status: fail\n  text: no way\n  other: 5\n"],
    ["a value that is left out", "check: { status: , text: a }"],
    ["a key after one without quotes", "check: { tries: true, no }"],
  ])("is not suspected in %s", (_what, text) => {
    const complaints = complaintsOf(text);
    expect(complaints.length).toBeGreaterThan(0);
    expect(complaints.join("\n")).not.toMatch(IN_QUOTES);
  });
});
