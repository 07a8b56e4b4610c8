// Recorded history as a file: written by the command that sums an incident up, run by the command that replays.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { countersignProgram } from "../../../control-plane/cli/program.ts";
import { isRecordedFile, recordedFileText } from "../../../control-plane/cli/recorded-file.ts";
import { failing, historyOf, POLICY_TEXT, START } from "../replay/recorded/a-history.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "recorded-"))));
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function recorded(policy = POLICY_TEXT): string {
  const history = { ...historyOf(failing), policies: [{ version: 1, sinceAt: null, text: policy }] };
  return recordedFileText({
    fromAt: START,
    toAt: START + 3_600_000,
    title: "demo is failing\u001b[2J",
    history,
  });
}

async function replay(...said: readonly string[]) {
  const [printed, complained, codes]: [string[], string[], number[]] = [[], [], []];
  const output = {
    print: (text: string) => void printed.push(text),
    complain: (text: string) => void complained.push(text),
  };
  await countersignProgram({
    output,
    replay: { ...output, isColoured: false, columns: null, showClock: null },
    end: (code) => void codes.push(code),
  }).parseAsync(["replay", ...said], { from: "user" });
  return { printed: printed.join("\n"), complained: complained.join("\n"), code: codes[0] };
}

it("runs under the policies that were in force, and ends with 0", async () => {
  const file = write("incident.json", recorded());
  expect(isRecordedFile(file)).toBe(true);
  const { code, printed } = await replay(file);
  expect(code).toBe(0);
  expect(printed).toContain("page check-failing, demo on web-1");
  expect(printed).toContain("proposal restart, demo on web-1");
  expect(printed).not.toContain("\u001b");
  const json = await replay(file, "--json");
  expect(JSON.parse(json.printed)).toMatchObject({ decided: expect.any(Array) as unknown, fromAt: START });
});

it("is compared with another policy where one is named", async () => {
  const file = write("incident.json", recorded());
  expect((await replay(file, "--policy", write("same.yaml", POLICY_TEXT))).code).toBe(0);
  const calm = `${POLICY_TEXT}checkFailing: { failuresMin: 90 }\n`;
  expect((await replay(file, "--policy", write("calm.yaml", calm))).code).toBe(1);
});

it.each([
  ['{"countersign":"recorded history"', /cannot be read/],
  ['{"countersign":"recorded history","version":2}', /not recorded history as this version/],
])("that is broken ends with 2 and says why: %s", async (text, words) => {
  const { code, complained } = await replay(write("broken.json", text));
  expect([code, words.test(complained)]).toEqual([2, true]);
});

it("of a policy that nobody can read any more ends with 2", async () => {
  const { code, complained } = await replay(write("old.json", recorded("version: 99")));
  expect([code, complained]).toEqual([2, expect.stringContaining("Version 1 of the policy")]);
});

it("is no incident file, nor the other way round", () => {
  expect(isRecordedFile(write("story.yaml", "version: 1"))).toBe(false);
  expect(isRecordedFile(join(folder, "missing"))).toBe(false);
  expect(isRecordedFile(folder)).toBe(false);
});
