// A tool of the system is bounded in time by itself, whatever it has left behind. Real processes.
import { expect, test } from "vitest";
import { tryTool } from "../../../edge-agent/src/run-tool.ts";

const took = async (argv: readonly string[], timeoutMs?: number) => {
  const from = performance.now();
  return { ...(await tryTool(argv, timeoutMs)), durationMs: performance.now() - from };
};

test("one that leaves a process behind, which holds its pipes, has ended when it has ended", async () => {
  const { durationMs, ...end } = await took(["/bin/sh", "-c", "sleep 60 & echo done"]);
  expect(end).toEqual({ isDone: true, output: "done" });
  expect(durationMs).toBeLessThan(20_000);
});

test("one that ignores the request to end, with a child that holds its pipes, is ended at the limit", async () => {
  const { durationMs, ...end } = await took(
    ["/bin/sh", "-c", "trap '' TERM; echo waits; sleep 60; true"],
    300,
  );
  expect(end).toEqual({ isDone: false, output: "it did not end within 300 ms: waits" });
  expect(durationMs).toBeLessThan(20_000);
});

test("why it failed is said where it says nothing", async () => {
  expect(await tryTool(["/bin/false"])).toEqual({ isDone: false, output: "exit 1" });
  expect(await tryTool(["/nonexistent/tool"])).toMatchObject({
    isDone: false,
    output: expect.stringContaining("ENOENT"),
  });
  expect(await tryTool(["/bin/sh", "-c", "kill -9 $$"])).toMatchObject({
    isDone: false,
    output: expect.stringContaining("SIGKILL"),
  });
  expect(await tryTool(["/bin/sh", "-c", "echo to stderr >&2; echo to stdout; exit 3"])).toEqual({
    isDone: false,
    output: "to stdout\nto stderr",
  });
});
