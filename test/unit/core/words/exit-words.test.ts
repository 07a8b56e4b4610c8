// How a process ended, in words.
import { expect, it } from "vitest";
import { exitWords } from "../../../../control-plane/src/core/words/exit-words.ts";

it.each([
  ["exited", 0, "exited with status 0"],
  ["exited", 1, "exited with status 1"],
  ["exited", 203, "was not run: its program cannot be run (status 203)"],
  ["exited", 217, "was not run: its user is not there (status 217)"],
  ["killed", 9, "was killed by signal 9 (SIGKILL)"],
  ["killed", 63, "was killed by signal 63"],
  ["dumped", 11, "crashed by signal 11 (SIGSEGV)"],
  ["trapped", 5, "ended: trapped 5"],
])("%s %i", (code, status, words) => {
  expect(exitWords({ code, status })).toBe(words);
});
