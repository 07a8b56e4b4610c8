// How the end of a Nagios plugin is judged: by its status line and exit code. Without a status line it has judged nothing.
import { describe, expect, test } from "vitest";
import { SUMMARY_CHARS_MAX } from "@countersign/shared/values/limits";
import { judgePlugin, severityOf } from "../../../../edge-agent/src/core/evidence/observation.ts";
import {
  complaintOf,
  decodeWords,
  statusLineOf,
} from "../../../../edge-agent/src/core/evidence/plugin-words.ts";

const TRACE = `Traceback (most recent call last):
  File "/usr/local/bin/check_queue", line 3, in <module>
    import requests
ModuleNotFoundError: No module named 'requests'
`;

describe("a plugin with a status line", () => {
  test.each([
    [
      0,
      "DISK OK - free: / 3326 MB (56%);| /=2643MB;5948\nmore",
      "pass",
      undefined,
      "DISK OK - free: / 3326 MB (56%);",
    ],
    [0, "| load1=0.1\n", "pass", undefined, "OK"],
    [0, "\n  \r\nDISK OK\r\n", "pass", undefined, "DISK OK"],
    [1, "DISK WARNING", "fail", "warning", "DISK WARNING"],
    [1, "load is 5.2", "fail", "warning", "load is 5.2"],
    [1, "| load1=9", "fail", "warning", "WARNING"],
    [2, "PROCS CRITICAL: 0", "fail", undefined, "PROCS CRITICAL: 0"],
    [2, "|x=1", "fail", undefined, "CRITICAL"],
    [3, "no such disk", "fail", undefined, "no such disk; exit code 3, unknown"],
    [127, "checking", "fail", undefined, "checking; exit code 127, unknown"],
    [137, "checking", "fail", undefined, "checking; exit code 137 (signal 9), unknown"],
    [null, "checking", "fail", undefined, "checking; ended by signal SEGV"],
  ])("that ends with %s", (code, output, status, severity, summary) => {
    const judged = judgePlugin({ code, signal: code === null ? "SIGSEGV" : null, output, latencyMs: 1 });
    expect(judged).toMatchObject({ status, summary });
    expect(judged.severity).toBe(severity);
  });

  test("keeps its verdict, whatever else stands on stderr", () => {
    const warned = { code: 1, output: "QUEUE WARNING - one worker raised", errors: TRACE, latencyMs: 1 };
    expect(judgePlugin(warned).severity).toBe("warning");
    const passed = { code: 0, output: "OK", errors: "DeprecationWarning: old\n", latencyMs: 1 };
    expect(judgePlugin(passed)).toMatchObject({ status: "pass", summary: "OK" });
  });
});

describe("a plugin without a status line fails as its check declares, with what stderr says", () => {
  test.each([
    [1, "", TRACE, "ModuleNotFoundError: No module named 'requests'; no status line, exit code 1"],
    [1, TRACE, "", "ModuleNotFoundError: No module named 'requests'; no status line, exit code 1"],
    [
      1,
      "asking three queues\n",
      TRACE,
      "ModuleNotFoundError: No module named 'requests'; no status line, exit code 1",
    ],
    [1, " \n\n", "cannot open /x\nbye\n", "cannot open /x; no status line, exit code 1"],
    [0, "", "OK - said in the wrong place\n", "OK - said in the wrong place; no status line, exit code 0"],
    [0, "", "", "no status line, exit code 0"],
    [1, "", "", "no status line, exit code 1"],
    [2, "", "panic: no queue\n", "panic: no queue; no status line, exit code 2"],
    [126, "", "x: Permission denied\n", "x: Permission denied; no status line, exit code 126"],
    [127, "", "x: command not found\n", "x: command not found; no status line, exit code 127"],
    [139, "", "Segmentation fault\n", "Segmentation fault; no status line, exit code 139 (signal 11)"],
    [255, "", "Can't locate X.pm\n", "Can't locate X.pm; no status line, exit code 255"],
    [null, "", "", "no status line, ended by a signal"],
  ])("%s, %j", (code, output, errors, summary) => {
    const judged = judgePlugin({ code, output, errors, latencyMs: 1 });
    expect(judged).toMatchObject({ status: "fail", summary });
    expect(judged.severity).toBeUndefined();
  });

  test("and how it ended is told however much it complains", () => {
    const { summary } = judgePlugin({ code: 1, output: "", errors: "e".repeat(5_000), latencyMs: 1 });
    expect(summary).toMatch(/^e+…; no status line, exit code 1$/);
    expect(summary.length).toBe(SUMMARY_CHARS_MAX);
  });
});

test.each([
  ["critical", "warning", "warning"],
  ["error", "warning", "warning"],
  ["warning", "warning", "warning"],
  ["info", "warning", "info"],
  ["info", undefined, "info"],
  ["critical", undefined, "critical"],
] as const)(
  "a check that declares %s and finds %s is %s: a warning raises nothing",
  (declared, found, severity) => {
    const observation = { status: "fail", summary: "", latencyMs: null } as const;
    expect(
      severityOf(declared, found === undefined ? observation : { ...observation, severity: found }),
    ).toBe(severity);
  },
);

test.each([
  [
    "Python, what was raised last",
    `${TRACE}\nDuring handling of the above exception, another exception occurred:\n\n${TRACE.replace(/Module.*/s, "OSError: second\n")}`,
    "OSError: second",
  ],
  [
    "Python, a warning before",
    `/x.py:89: DependencyWarning: old\n  warnings.warn(\n${TRACE}`,
    "ModuleNotFoundError: No module named 'requests'",
  ],
  [
    "Python, what cannot be compiled",
    '  File "/x.py", line 3\n    print x\n    ^^^^^^^\nSyntaxError: Missing parentheses\n',
    "SyntaxError: Missing parentheses",
  ],
  [
    "Python, cut off in its middle",
    "Traceback (most recent call last):\n",
    "Traceback (most recent call last):",
  ],
  [
    "Node",
    "node:internal/modules/cjs/loader:1228\n  throw err;\n  ^\n\nError: Cannot find module '/x'\n    at a\n",
    "Error: Cannot find module '/x'",
  ],
  [
    "Java",
    'Exception in thread "main" java.io.IOException: gone\n\tat X.main(X.java:3)\n',
    'Exception in thread "main" java.io.IOException: gone',
  ],
  ["sh -x", "+ cat /x\ncat: /x: No such file or directory\n", "cat: /x: No such file or directory"],
  ["colours", "\u001B[31;1merror:\u001B[0m no route\n", "error: no route"],
  ["nothing but indented lines", "   at a\n   at b\n", "at a"],
  ["nothing", "\n \n", ""],
])("what stderr says, of %s", (_, errors, complaint) => {
  expect(complaintOf(errors)).toBe(complaint);
});

test("what was written over itself is not told, nor a traceback taken for a status line", () => {
  expect(statusLineOf("10 %\r50 %\rHTTP OK - 1 s\n")).toBe("HTTP OK - 1 s");
  expect(statusLineOf(TRACE)).toBeNull();
  expect(statusLineOf("\u001B]0;title\u0007OK\n")).toBe("OK");
});

test("bytes that are not UTF-8 are read as Latin-1, and a cut at the end breaks nothing", () => {
  expect(decodeWords(Uint8Array.of(0xfc, 0x62, 0x65, 0x72))).toBe("über");
  expect(decodeWords(new TextEncoder().encode("über…").subarray(0, -1))).toBe("über");
  expect(decodeWords(new Uint8Array())).toBe("");
});
