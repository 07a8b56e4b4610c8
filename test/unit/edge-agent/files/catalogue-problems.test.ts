// What a sloppy or hostile catalogue is told: every mistake with its place and, where a word was mistyped, the one that was meant.
import { describe, expect, test } from "vitest";
import { formatFileProblem, PROBLEMS_MAX } from "@countersign/shared/files/file-problem";
import { YAML_ALIASES_MAX } from "@countersign/shared/values/limits";
import { parseCatalogue, parseInstallable } from "../../../../edge-agent/src/files/load-catalogue.ts";

const FILE = "catalogue.yaml";

/** Each problem as `LINE:COLUMN: path: message`. */
function problemsOf(text: string): readonly string[] {
  const parsed = parseInstallable(text, FILE);
  if (parsed.ok) return [];
  return parsed.error.problems.map((problem) => formatFileProblem(FILE, problem).slice(FILE.length + 1));
}

function sentenceOf(text: string): string {
  const parsed = parseCatalogue(text, FILE);
  return parsed.ok ? "" : parsed.error.sentence;
}

const SOUND = `version: 1
budget: { restartsMax: 3, window: 1h }
services:
  - name: web
    unit: web.service
    checks:
      - { name: answers, kind: http, url: "http://127.0.0.1/" }
    evidence:
      credentials:
        - { name: tls, path: /etc/ssl/web.pem, expiry: certificate }
    actions:
      - { name: restart, kind: systemctl, verb: restart, level: 4 }
`;

test("a sound catalogue has no problem", () => expect(problemsOf(SOUND)).toEqual([]));

describe("a mistyped word", () => {
  test.each([
    ["at the top", "budget:", "budgt:", '2:1: budgt: unknown key, did you mean "budget"?'],
    [
      "in budget",
      "restartsMax",
      "restartMax",
      '2:11: budget.restartMax: unknown key, did you mean "restartsMax"?',
    ],
    ["in a service", "    unit:", "    unti:", '5:5: services[0].unti: unknown key, did you mean "unit"?'],
    ["in a check", ", url:", ", ulr:", '7:38: services[0].checks[0].ulr: unknown key, did you mean "url"?'],
    [
      "in evidence",
      "credentials:",
      "credential:",
      '9:7: services[0].evidence.credential: unknown key, did you mean "credentials"?',
    ],
    [
      "in a credential",
      "expiry:",
      "expires:",
      '10:48: services[0].evidence.credentials[0].expires: unknown key, did you mean "expiry"?',
    ],
    [
      "in an action",
      "level:",
      "levl:",
      '12:58: services[0].actions[0].levl: unknown key, did you mean "level"?',
    ],
    [
      "a kind of check",
      "kind: http",
      "kind: htp",
      '7:32: services[0].checks[0].kind: expected one of unit, http, tcp, plugin, got "htp": did you mean "http"?',
    ],
    [
      "a kind of action",
      "kind: systemctl",
      "kind: systemctrl",
      '12:32: services[0].actions[0].kind: expected one of systemctl, container, exec, got "systemctrl": did you mean "systemctl"?',
    ],
    [
      "a level",
      "level: 4",
      "level: 9",
      "12:65: services[0].actions[0].level: expected one of 1, 2, 3, 4, 5, got 9",
    ],
    [
      "a verb",
      "verb: restart",
      "verb: restrat",
      'expected one of restart, start, stop, reload, reset-failed, got "restrat": did you mean "restart"?',
    ],
  ])("%s", (_, right, wrong, problem) => {
    const problems = problemsOf(SOUND.replace(right, wrong));
    expect(
      problems.some((line) => line.includes(problem)),
      problems.join("\n"),
    ).toBe(true);
  });
});

test("all mistakes are told at once, in the order of the text", () => {
  const text = SOUND.replace("version: 1", "version: 2")
    .replace("budget:", "budgt:")
    .replace("    unit:", "    unti:")
    .replace("kind: http", "kind: htp")
    .replace("level: 4", "level: 9");
  const problems = problemsOf(text);
  const lines = problems.map((problem) => Number(problem.split(":", 1)[0]));
  expect(lines).toEqual(lines.toSorted((left, right) => left - right));
  expect(new Set(lines)).toEqual(new Set([1, 2, 5, 7, 12]));
});

test("at most PROBLEMS_MAX are listed, the first ones of the text, and the rest is counted", () => {
  const service = (index: number) =>
    `  - { name: s${index}, unti: a.service, checks: [{ name: unit, kind: unit }] }\n`;
  const text = `services:\n${Array.from({ length: 30 }, (_, index) => service(index)).join("")}version: 3\n`;
  const parsed = parseCatalogue(text, FILE);
  if (parsed.ok) throw new Error("it was taken");
  expect(parsed.error.problems).toHaveLength(PROBLEMS_MAX);
  expect(parsed.error.problems.map(({ line }) => line)).toEqual(
    Array.from({ length: PROBLEMS_MAX }, (_, index) => index + 2),
  );
  expect(parsed.error.leftCount).toBe(31 - PROBLEMS_MAX);
});

describe("one sentence for who starts or installs", () => {
  test("names the first mistake and its place", () => {
    expect(sentenceOf(SOUND.replace("    unit:", "    unti:"))).toMatch(
      /^catalogue\.yaml, line 5, column 5: services\[0\]\.unti: unknown key, did you mean "unit"\? /,
    );
    expect(sentenceOf(SOUND.replace("level: 4", "level: 9"))).toMatch(
      /^catalogue\.yaml, line 12, column 65: .*\.$/,
    );
  });
  test("says how many more there are, and which command lists them", () => {
    const text = SOUND.replace("budget:", "budgt:")
      .replace("level: 4", "level: 9")
      .replace("kind: http", "kind: htp");
    expect(sentenceOf(text)).toMatch(/There are 3 more|There are 2 more/);
    expect(sentenceOf(text)).toContain("`countersign-agent catalogue check catalogue.yaml`");
    expect(sentenceOf(SOUND.replace("budget:", "budgt:"))).not.toContain("more");
  });
});

test("every hidden path is named, with its place", () => {
  const text = SOUND.replace("/etc/ssl/web.pem", "/tmp/web.pem").replace(
    "    evidence:\n",
    "    evidence:\n      ledger: /run/user/1000/ledger\n",
  );
  const problems = problemsOf(text);
  expect(problems).toHaveLength(2);
  expect(problems[0]).toMatch(
    /^9:15: services\[0\]\.evidence\.ledger: \/run\/user\/1000\/ledger is hidden: /,
  );
  expect(problems[1]).toMatch(
    /^11:\d+: services\[0\]\.evidence\.credentials\[0\]\.path: \/tmp\/web\.pem is hidden: /,
  );
  // An agent that runs takes it and tells what it cannot read.
  expect(parseCatalogue(text, FILE).ok).toBe(true);
});

describe("what is no catalogue at all", () => {
  const aliases = Array.from({ length: YAML_ALIASES_MAX + 2 }, () => "*a").join(", ");
  test.each([
    ["nothing", "", "the catalogue is empty"],
    ["only comments", "# soon\n", "the catalogue is empty"],
    ["a list", "- a\n- b\n", "expected keys with values, got a list"],
    ["a word", "hello\n", 'expected keys with values, got "hello"'],
    ["a number", "42\n", "expected keys with values, got 42"],
    ["null", "null\n", "the catalogue is empty"],
    ["JSON that breaks off", '{"version": 1, "services": [', "not valid YAML"],
    ["a tab for indentation", "version: 1\nservices:\n\t- name: web\n", "not valid YAML"],
    ["an unquoted text with a colon", "version: 1\nservices: a: b\n", "not valid YAML"],
    ["two documents", "version: 1\n---\nversion: 1\n", "not valid YAML"],
    ["a program", "#!/bin/sh\necho hello; exit 1\n", "expected keys with values"],
    [
      "a key twice",
      SOUND.replace("    unit:", "    name: shop\n    unit:"),
      "5:5: name: this key is there twice, first in line 4",
    ],
    ["a key that names nothing", `${SOUND}__proto__: { a: 1 }\n`, "this key can name nothing"],
    ["a control character", `${SOUND}# \u{1b}[2J\n`, "a control character (U+001B)"],
    ["an unknown tag", SOUND.replace("version: 1", "version: !!js/function 1"), "not valid YAML"],
    ["deep nesting", `version: ${"[".repeat(500)}`, "nested too deeply"],
    ["many aliases", `a: &a [x]\nb: [${aliases}]\n`, ""],
    ["an alias to nothing", "version: *one\n", "1:10: there is no `&one` before this `*one`"],
    [
      "services as a map",
      SOUND.replace("  - name: web", "    name: web"),
      "expected a list, got keys with values",
    ],
    ["no services", "version: 1\nservices: []\n", "2:11: services: expected at least 1 items"],
    ["services left out", "version: 1\n", "services: expected a list, but it is missing"],
    ["a number for a name", SOUND.replace("name: web", "name: 7"), "expected text, got 7"],
    ["another version", SOUND.replace("version: 1", 'version: "1"'), '1:10: version: expected 1, got "1"'],
    ["a level that restarts by a key alone", SOUND.replace("level: 4", "level: 2"), "a person must sign it"],
    ["a unit with a wildcard", SOUND.replace("web.service", '"web-*.service"'), "full unit name"],
    ["our own unit", SOUND.replace("web.service", "countersign-agent.service"), "own units"],
  ])("%s", (_, text, words) => {
    const problems = problemsOf(text);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThanOrEqual(PROBLEMS_MAX);
    expect(problems.join("\n")).toContain(words);
    for (const problem of problems) {
      expect(problem).toMatch(/^[1-9]\d*:[1-9]\d*: /);
      expect(problem.length).toBeLessThan(600);
    }
  });
});
