// The state directory of `npm start`: what another version has written is refused with one sentence and left as it is.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { visibleLine } from "@countersign/shared/values/visible-text";
import { Refusal } from "../../../control-plane/embedded/refusal.ts";
import { loadSecrets, openStateDirectory } from "../../../control-plane/embedded/state-directory.ts";
import { LAYOUT } from "../../../control-plane/src/stored/layout.ts";

function sentenceOf(act: () => void): string {
  try {
    act();
  } catch (error) {
    return String(error);
  }
  return "";
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A directory with these files, by name. */
function directory(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "countersign-state-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

function allIn(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const read = (path: string) => [path.slice(folder.length + 1), readFileSync(path, "utf8")] as const;
  return Object.fromEntries(files.map((file) => read(join(file.parentPath, file.name))));
}

interface Found {
  readonly found: string;
  readonly files: Readonly<Record<string, string>>;
}

const DATABASE = { "workerd/do/desk.sqlite": "rows" };

describe("a state directory", () => {
  it.each<Found>([
    { found: "version 0.1", files: { ...DATABASE, "secrets.json": "{}" } },
    { found: "version 0.1, with its secrets alone", files: { "secrets.json": "{}" } },
    { found: "a newer version", files: { ...DATABASE, layout: `${LAYOUT + 1}\n` } },
    { found: "nobody knows what", files: { ...DATABASE, layout: "\u001b[2J" } },
  ])("of $found is refused, says what to do, and stays as it is", ({ files }) => {
    const folder = directory(files);
    const open = () => openStateDirectory(folder, false);
    expect(open).toThrow(Refusal);
    expect(open).toThrow(/--state DIR.*--fresh/);
    expect(sentenceOf(open)).toBe(visibleLine(sentenceOf(open)));
    expect(allIn(folder)).toEqual(files);
  });

  it.each<Found>([
    { found: "nothing", files: {} },
    { found: "files of somebody else", files: { "notes.txt": "mine" } },
    { found: "the mark alone, half written", files: { layout: "" } },
  ])("with $found is made, marked, and opened again", ({ files }) => {
    const folder = directory(files);
    openStateDirectory(folder, false);
    expect(allIn(folder)).toEqual({ ...files, layout: `${LAYOUT}\n` });
    writeFileSync(join(folder, "workerd", "desk.sqlite"), "rows");
    openStateDirectory(folder, false);
    expect(allIn(folder)["workerd/desk.sqlite"]).toBe("rows");
  });

  it("holds the admin token in a file of its owner's, which is made again from the secrets", async () => {
    const folder = directory({});
    openStateDirectory(folder, false);
    const { adminToken } = await loadSecrets(folder);
    rmSync(join(folder, "admin-token"));
    await loadSecrets(folder);
    expect(allIn(folder)["admin-token"]).toBe(`${adminToken}\n`);
    expect(statSync(join(folder, "admin-token")).mode & 0o777).toBe(0o600);
  });

  it("of another version is forgotten when that is asked for, and nothing beside it", () => {
    const folder = directory({ ...DATABASE, layout: `${LAYOUT + 1}\n`, "notes.txt": "mine" });
    openStateDirectory(folder, true);
    expect(allIn(folder)).toEqual({ layout: `${LAYOUT}\n`, "notes.txt": "mine" });
    expect(existsSync(join(folder, "workerd"))).toBe(true);
  });
});
