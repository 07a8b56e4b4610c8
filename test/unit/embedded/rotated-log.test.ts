// The embedded control plane's log: both sides of its bound, what was there before, and a place that cannot be written.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openRotatedLog } from "../../../control-plane/embedded/rotated-log.ts";

const folders: string[] = [];

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "countersign-log-"));
  folders.push(folder);
  return join(folder, "control-plane.log");
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe("a rotated log", () => {
  it("goes on up to its bound and gives way one byte above it", () => {
    const file = newFile();
    const write = openRotatedLog(file, 10);
    write("12345\n");
    write("789\n");
    expect(readFileSync(file, "utf8")).toBe("12345\n789\n");
    write("\n");
    expect(readFileSync(file, "utf8")).toBe("\n");
    expect(readFileSync(`${file}.1`, "utf8")).toBe("12345\n789\n");
  });

  it("never holds more than twice its bound on the disk", () => {
    const file = newFile();
    const write = openRotatedLog(file, 100);
    for (let line = 0; line < 1_000; line += 1) write(`line ${line}\n`);
    expect(statSync(file).size + statSync(`${file}.1`).size).toBeLessThanOrEqual(200);
    expect(readFileSync(file, "utf8")).toContain("line 999\n");
  });

  it("counts what an earlier run left", () => {
    const file = newFile();
    writeFileSync(file, "x".repeat(10));
    openRotatedLog(file, 10)("y");
    expect(readFileSync(file, "utf8")).toBe("y");
  });

  it("loses a line that cannot be written, and nothing else", () => {
    const write = openRotatedLog(join(newFile(), "no-folder", "log"), 10);
    expect(() => write("1\n")).not.toThrow();
  });
});
