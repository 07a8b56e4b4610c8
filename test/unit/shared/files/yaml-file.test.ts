// Files that people write: every problem with its line, its column and what was expected; hostile texts refused within a second.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatFileProblem } from "@countersign/shared/files/file-problem";
import { readYaml } from "@countersign/shared/files/yaml-file";
import {
  YAML_ALIASES_MAX,
  YAML_FILE_BYTES_MAX,
  YAML_NESTING_MAX,
  YAML_TOKENS_MAX,
} from "@countersign/shared/values/limits";
import { CHANNELS } from "../../../../control-plane/src/channels/channel-list.ts";
import { parsePolicyText } from "../../../../control-plane/src/policy/policy-file.ts";

/** `LINE:COLUMN: path: message`, one a line; empty when the policy was accepted. */
function complaintsOf(text: string): readonly string[] {
  const parsed = parsePolicyText(text);
  return parsed.ok ? [] : parsed.error.problems.map((problem) => formatFileProblem("", problem).slice(1));
}

describe("a wrong policy names the place and what was expected", () => {
  it.each([
    ["an empty file", "", '1:1: the policy is empty; the smallest one is "version: 1"'],
    ["no version", "verify: { stability: 5m }", "1:1: version: expected 1, but it is missing"],
    ["a list", "- version: 1", "1:1: expected keys with values, got a list"],
    [
      "a mistyped key",
      "version: 1\nliveness:\n  profil: fast",
      '3:3: liveness.profil: unknown key, did you mean "profile"?',
    ],
    [
      "a mistyped rule",
      "version: 1\nrules:\n  startup-deaths: {}",
      '3:3: rules.startup-deaths: unknown key, did you mean "startup-death"?',
    ],
    [
      "another spelling of a key",
      "version: 1\ncheck-failing: {}",
      '2:1: check-failing: unknown key, did you mean "checkFailing"?',
    ],
    [
      "a key of nothing known",
      "version: 1\napproval: { skip: true }",
      "2:13: approval.skip: unknown key; known here: expires, grantValid",
    ],
    [
      "a key of another alternative",
      "version: 1\nchannels:\n  terminal: { kind: ntfy, topic: t, ur: x }",
      "3:37: channels.terminal.ur: unknown key; known here: kind, server, topic, secret, insecure",
    ],
    [
      "a word for a number",
      "version: 1\nrestartBudget:\n  restartsMax: three",
      '3:16: restartBudget.restartsMax: expected a number, got "three"',
    ],
    [
      "half a restart",
      "version: 1\nrestartBudget: { restartsMax: 1.5 }",
      "2:31: restartBudget.restartsMax: expected a whole number, got 1.5",
    ],
    [
      "too few",
      "version: 1\nrestartBudget: { restartsMax: 0 }",
      "2:31: restartBudget.restartsMax: expected at least 1, got 0",
    ],
    [
      "a number for a duration",
      "version: 1\nverify:\n  stability: 5",
      "3:14: verify.stability: expected a duration such as 15m, got 5",
    ],
    [
      "a sentence for a duration",
      "version: 1\nverify:\n  stability: ten minutes",
      '3:14: verify.stability: expected a duration such as 250ms, 5s, 15m, 2h or 7d, got "ten minutes"',
    ],
    [
      "an unknown choice",
      "version: 1\nliveness: { profile: fsat }",
      '2:22: liveness.profile: expected one of economy, default, fast, got "fsat": did you mean "fast"?',
    ],
    [
      "an unknown kind",
      "version: 1\nchannels:\n  sms: { kind: sms }",
      `3:16: channels.sms.kind: expected one of ${CHANNELS.map(({ kind }) => kind).join(", ")}, got "sms"`,
    ],
    [
      "a key without a value",
      "version: 1\nverify:\nincident: {}",
      "2:1: verify: expected keys with values, got nothing",
    ],
    [
      "a missing key in a list",
      "version: 1\nremediations:\n  - reason: check-failing",
      "3:5: remediations[0].action: expected text, but it is missing",
    ],
    [
      "an upper-case name",
      "version: 1\nchannels:\n  Phone: { kind: terminal }",
      "3:3: channels.Phone: expected a name of lower-case letters, digits and dashes, such as web-1",
    ],
    [
      "an unknown responder",
      "version: 1\nescalation:\n  steps:\n    - { notify: [bob], after: 0s }",
      '4:17: escalation.steps[0].notify: there is no responder "bob"',
    ],
    ["a repeated key", "version: 1\nversion: 1", "2:1: version: this key is there twice, first in line 1"],
  ])("%s", (_what, text, complaint) => {
    expect(complaintsOf(text)).toEqual([complaint]);
  });

  it("knows no prototype", () => {
    expect(complaintsOf("version: 1\n__proto__: { x: 1 }")[0]).toMatch(/^2:1: __proto__: /);
    expect(complaintsOf("version: 1\nrules: { constructor: {} }")[0]).toMatch(
      /^2:10: rules.constructor: unknown key/,
    );
    // a record's schema would pass over it in silence
    expect(complaintsOf("version: 1\nchannels: { __proto__: { kind: terminal } }")).toHaveLength(1);
  });

  it("names all of them at once, in the order of the text", () => {
    const text = "verify: { stability: x }\nversion: 2\nliveness: { profile: y }";
    expect(complaintsOf(text).map((line) => line.split(":")[0])).toEqual(["1", "2", "3"]);
  });

  it.each([
    ["a tab", "version: 1\n\tverify: {}", 2],
    ["an open bracket", "version: 1\nresponders: [", 2],
    ["an unknown tag", "version: !magic 1", 1],
    ["two documents", "version: 1\n---\nversion: 1", 2],
    ["a bracket that closes nothing", "version: 1\nverify: ]", 2],
    ["an alias of nothing", "version: *one", 1],
  ])("%s is not valid YAML", (_what, text, line) => {
    const [first = ""] = complaintsOf(text);
    expect(Number(first.split(":")[0])).toBe(line);
  });

  it("accepts JSON, anchors, comments and a byte-order mark", () => {
    expect(complaintsOf('{"version":1,"verify":{"stability":"5m"}}')).toEqual([]);
    expect(
      complaintsOf(
        "\uFEFF# ours\nversion: 1\nverify: { stability: &five 5m }\nincident: { resolveAfter: *five }",
      ),
    ).toEqual([]);
  });
});

describe("a hostile text", () => {
  const fill = (part: string, bytes = YAML_FILE_BYTES_MAX) => part.repeat(Math.floor(bytes / part.length));
  const bomb = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${fill(`*a${i},`, 40)}]`).join(
    "\n",
  );
  const hostile: readonly (readonly [string, string])[] = [
    ["open brackets", fill("[")],
    ["open braces", fill("{a: ")],
    ["closing brackets", fill("]")],
    ["nested dashes", fill("- ")],
    ["question marks", fill("? ")],
    ["anchors", fill("&a ")],
    ["tags", fill("!!str ")],
    ["keys on one line", fill("a: ")],
    ["distinct keys", Array.from({ length: 25_000 }, (_, i) => `key-${i}:`).join("\n")],
    ["one key many times", fill("a:\n")],
    ["comments", fill("#\n")],
    ["empty lines", fill("\n")],
    ["empty items", fill("-\n")],
    ["an alias bomb", `a0: &a0 x\n${bomb}`],
    ["aliases", `a: &a 1\n${Array.from({ length: 9_000 }, (_, i) => `k${i}: *a`).join("\n")}`],
    ["one that holds itself", "a: &a [*a]"],
    ["a number of many digits", `version: ${fill("1", 200_000)}`],
    ["one long word", `version: ${fill("x", 200_000)}`],
    ["backslashes", `"${fill("\\", 200_000)}`],
    ["a list of wrong items", `version: 1\nremediations: [${fill("1,", 60_000)}]`],
    ["responders", `version: 1\nresponders: [${fill("{id: a, name: b, channels: [c]},", 90_000)}]`],
    ["a long duration", `version: 1\nverify: { stability: "${fill("9", 200_000)}" }`],
    ["directives", fill("%YAML 1.2\n")],
    ["documents", fill("---\n")],
    ["control characters", fill("\u0002\u001F")],
    ["a gigabyte in small", "x".repeat(8 * 1024 * 1024)],
  ];
  it.each(hostile)("of %s is refused within a second", (_what, text) => {
    const startedAt = performance.now();
    const complaints = complaintsOf(text);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(complaints.length).toBeGreaterThan(0);
    expect(complaints.length).toBeLessThanOrEqual(20);
    expect(complaints.every((line) => line.length < 600)).toBe(true);
  });

  it("never throws, whatever the text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(..."ab:-[]{}&*!?#|>'\"\n \t,%0\u0000".split("")) }),
        (text) => {
          expect(typeof parsePolicyText(text).ok).toBe("boolean");
        },
      ),
    );
  });
});

describe("the bounds of a file, at their edges", () => {
  it("holds the size", () => {
    expect(readYaml(`#${"x".repeat(YAML_FILE_BYTES_MAX - 1)}`).ok).toBe(true);
    expect(readYaml(`#${"x".repeat(YAML_FILE_BYTES_MAX)}`).ok).toBe(false);
    expect(readYaml(`#${"ä".repeat(YAML_FILE_BYTES_MAX / 2)}`).ok).toBe(false);
  });

  it("holds the nesting", () => {
    const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
    expect(readYaml(nested(YAML_NESTING_MAX)).ok).toBe(true);
    expect(readYaml(nested(YAML_NESTING_MAX + 1)).ok).toBe(false);
  });

  it("holds the tokens", () => {
    const many = (tokens: number) => `[${"a,".repeat((tokens - 8) / 2)}]`;
    expect(readYaml(many(YAML_TOKENS_MAX / 2)).ok).toBe(true);
    expect(readYaml(many(YAML_TOKENS_MAX * 2)).ok).toBe(false);
  });

  it("holds the aliases", () => {
    const many = (count: number) => `a: &a 1\nb: [${"*a,".repeat(count)}]`;
    // the anchor itself counts
    expect(readYaml(many(YAML_ALIASES_MAX - 1)).ok).toBe(true);
    expect(readYaml(many(YAML_ALIASES_MAX)).ok).toBe(false);
  });

  it("reads what looks like structure inside text", () => {
    expect(readYaml(`a: |\n  ${"[".repeat(100)}\nb: "&x"\nc: 'x]'`).ok).toBe(true);
    expect(readYaml(`- |\n [`).ok).toBe(true);
  });
});
