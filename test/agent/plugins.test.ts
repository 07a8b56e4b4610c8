// Plugins as children of the agent, where systemd does not run them, with real processes; and the other way's socket, with a
// stand-in for systemd behind it.
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createPluginAsker } from "../../edge-agent/src/checks/installed-plugin.ts";
import { keepBytes } from "../../edge-agent/src/checks/kept-bytes.ts";
import {
  PLUGIN_FLOOD_BYTES_MIN,
  PLUGIN_OUTPUT_BYTES_MAX,
  spawnPlugin,
} from "../../edge-agent/src/checks/plugin-check.ts";
import {
  type DeclaredPlugin,
  PLUGIN_DATA_BYTES_MAX,
} from "../../edge-agent/src/core/evidence/plugin-units.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cs-plugins-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const pluginOf = (argv: readonly string[], timeout: number): DeclaredPlugin => ({
  service: "bob",
  check: { kind: "plugin", name: "x", argv: [...argv], timeout, every: 5_000, severity: "critical" },
});

/** Runs a plugin that is this text. */
async function run(text: string, timeoutMs = 10_000) {
  const file = join(folder, `plugin-${Math.random()}`);
  await writeFile(file, text);
  await chmod(file, 0o755);
  return await spawnPlugin(pluginOf([file], timeoutMs));
}
const runShell = (text: string, timeoutMs?: number) => run(`#!/bin/sh\n${text}\n`, timeoutMs);

describe("a plugin as a child of the agent", () => {
  test("is judged by its first line on stdout, and without one by the first of stderr", async () => {
    expect(await runShell('echo "DISK WARNING | x=1"; echo debug >&2; exit 1')).toMatchObject({
      status: "fail",
      severity: "warning",
      summary: "DISK WARNING",
    });
    const died = await run("#!/usr/bin/perl\nuse Nonsense::Of::Ours;\n");
    expect(died).toMatchObject({
      status: "fail",
      summary: expect.stringContaining("Can't locate Nonsense/Of/Ours.pm"),
    });
    expect(died.severity).toBeUndefined();
    expect((await runShell("kill -SEGV $$")).summary).toBe("no status line, ended by signal SEGV");
    expect((await runShell("no_such_command")).summary).toMatch(/not found; no status line, exit code 127$/);
  });

  test("that hangs is ended at its timeout with all that it has started", async () => {
    const startedAt = performance.now();
    const mark = `600${Math.round(Math.random() * 1e6)}`;
    expect(await runShell(`sleep ${mark} & sleep ${mark}`, 300)).toMatchObject({
      status: "fail",
      summary: "no answer within 300ms",
    });
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    const left = await runShell(`pgrep -f 'sleep ${mark}' | grep -v $$ | grep . || echo none`);
    expect(left.summary).toBe("none");
  });

  test("is not waited for by the children that hold its pipes", async () => {
    const startedAt = performance.now();
    expect(await runShell("echo OK; sleep 600 &")).toMatchObject({ status: "pass", summary: "OK" });
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });

  test("may write much, but not beyond all measure", async () => {
    const much = PLUGIN_FLOOD_BYTES_MIN - PLUGIN_OUTPUT_BYTES_MAX;
    expect(await runShell(`echo "DISK OK"; head -c ${much} /dev/zero`)).toMatchObject({
      status: "pass",
      summary: "DISK OK",
    });
    expect((await runShell("echo OK; yes")).summary).toBe("ended because it wrote more than 16 MB");
    expect((await runShell("echo OK; yes >&2")).summary).toBe("ended because it wrote more than 16 MB");
  });

  test("has a bound on its memory", async () => {
    expect((await runShell("ulimit -d")).summary).toBe(String(PLUGIN_DATA_BYTES_MAX / 1024));
  });

  test("that is not there, or no program, could not be run", async () => {
    expect((await spawnPlugin(pluginOf([join(folder, "none")], 300))).summary).toBe(
      "could not be run (ENOENT)",
    );
    await writeFile(join(folder, "text"), "x");
    expect((await spawnPlugin(pluginOf([join(folder, "text")], 300))).summary).toBe(
      "could not be run (EACCES)",
    );
  });
});

describe("a plugin that systemd runs", () => {
  /** A socket that stands in for systemd's, and what the agent finds at it. */
  async function asked(answer: (socket: Socket, count: number) => void) {
    const path = join(folder, `${Math.random()}.sock`);
    let count = 0;
    const server = createServer((socket) => {
      socket.on("error", () => {});
      count += 1;
      answer(socket, count);
    });
    await new Promise<void>((resolve) => void server.listen(path, resolve));
    const ask = createPluginAsker(() => ({ unit: "u", socket: path, errors: "/e" }));
    return {
      ask: (timeoutMs = 300) => ask(pluginOf(["/x"], timeoutMs)),
      close: () => server.close(),
      countOf: () => count,
    };
  }

  test("is told by what comes before systemd hangs up", async () => {
    const host = await asked((socket) => {
      socket.write("DISK WARNING - low\n==> /e <==\n");
      setTimeout(() => socket.end("noise\n\nexited 1 success countersign-end\n"), 50);
    });
    expect(await host.ask()).toMatchObject({ severity: "warning", summary: "DISK WARNING - low" });
    host.close();
  });

  test("and hangs in the kernel is not started again before it has ended", async () => {
    const open: Socket[] = [];
    const host = await asked((socket, count) => {
      if (count === 1) open.push(socket);
      else socket.end("OK\n==> /e <==\n\nexited 0 success countersign-end\n");
    });
    expect((await host.ask()).summary).toBe("no answer within 300ms");
    expect((await host.ask()).summary).toContain("the run before has not ended");
    expect(host.countOf()).toBe(1);
    open[0]?.destroy();
    await pause(50);
    expect(await host.ask()).toMatchObject({ status: "pass", summary: "OK" });
    host.close();
  });

  test("and floods is hung up on; systemd's limit of connections, and no socket at all, are told", async () => {
    const flood = await asked((socket) => {
      const pour = () => {
        while (!socket.destroyed && socket.write(Buffer.alloc(1 << 20)));
      };
      socket.on("drain", pour);
      pour();
    });
    expect((await flood.ask(10_000)).summary).toBe("ended because it wrote more than 16 MB");
    flood.close();
    const full = await asked((socket) => socket.destroy());
    expect((await full.ask(10_000)).summary).toBe("systemd did not say how it ended");
    full.close();
    const none = createPluginAsker(() => ({ unit: "u", socket: join(folder, "none.sock"), errors: "/e" }));
    const missing = await none(pluginOf(["/x"], 300));
    expect(missing.status).toBe("fail");
    expect(missing.severity).toBeUndefined();
    expect(missing.summary).toContain("run `countersign-agent install`");
  });
});

test("of a stream both ends are kept, however it comes in pieces", () => {
  for (const size of [1, 3, 7, 100]) {
    const kept = keepBytes(5, 8);
    const all = Buffer.from("0123456789abcdefghij");
    for (let at = 0; at < all.length; at += size) kept.take(all.subarray(at, at + size));
    expect(Buffer.from(kept.head()).toString()).toBe("01234");
    expect(Buffer.from(kept.tail()).toString()).toBe("cdefghij");
    expect(kept.byteCount()).toBe(20);
  }
  // beyond the buffer's first size, and in chunks that never fit it evenly
  for (const size of [1, 700, 1_500, 5_000]) {
    const kept = keepBytes(3_000, 4_096);
    const all = Buffer.from(Array.from({ length: 20_011 }, (_, index) => (index * 7) % 251));
    for (let at = 0; at < all.length; at += size) kept.take(all.subarray(at, at + size));
    expect(Buffer.from(kept.head()).equals(all.subarray(0, 3_000)), `the head, in ${size}`).toBe(true);
    expect(Buffer.from(kept.tail()).equals(all.subarray(-4_096)), `the tail, in ${size}`).toBe(true);
  }
  const headOnly = keepBytes(5);
  headOnly.take(Buffer.from("0123456789"));
  expect([headOnly.head().length, headOnly.tail().length]).toEqual([5, 0]);
});

test("a stream of many tiny pieces costs as much as one of few large ones", () => {
  const kept = keepBytes(65_536, 69_632);
  const copied = vi.spyOn(Buffer, "concat");
  const piece = Buffer.from("x");
  for (let count = 0; count < 1_000_000; count += 1) kept.take(piece);
  expect(kept.byteCount()).toBe(1_000_000);
  expect(copied.mock.calls.length).toBeLessThan(32);
  copied.mockRestore();
});
