// Holds every import against the floors that docs/ARCHITECTURE.md draws, and bounds what lies in one folder. The linter says the same for
// each room where it is written (.oxlintrc.json); this test says it for the drawing, so that the drawing cannot grow old.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

const FILES_PER_FOLDER_MAX = 24;
const root = join(import.meta.dirname, "..");
const sources = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter(
    (path) => /\.tsx?$/.test(path) && !path.startsWith("test/planted/") && existsSync(join(root, path)),
  );

/** One line of the drawing: the rooms of a folder, lowest first; rooms on one floor stand side by side. `.` is the folder's own files. */
interface Drawn {
  readonly folder: string;
  readonly floors: readonly (readonly string[])[];
}

const drawing = readDrawing(readFileSync(join(root, "docs/ARCHITECTURE.md"), "utf8"));

function readDrawing(text: string): readonly Drawn[] {
  const [, block = ""] = /```floors\n([\s\S]*?)```/.exec(text) ?? [];
  return block
    .trim()
    .split("\n")
    .map((line): Drawn => {
      const [folder = "", floors = ""] = line.split(/:\s+/);
      return {
        folder: folder === "." ? "" : folder,
        floors: floors.split("◄").map((floor) =>
          floor
            .replaceAll(/[{}]/g, "")
            .split(",")
            .map((room) => room.trim()),
        ),
      };
    });
}

/** The room of a folder that a path lies in; null: it is not in that folder. */
function roomOf(path: string, folder: string): string | null {
  const prefix = folder === "" ? "" : `${folder}/`;
  if (!path.startsWith(prefix)) return null;
  const [first = "", ...rest] = path.slice(prefix.length).split("/");
  return rest.length > 0 ? first : isDrawnAlone(first, folder) ? first : ".";
}

/** Some files of a folder are drawn by name, such as main.ts at the top. */
function isDrawnAlone(name: string, folder: string): boolean {
  return drawing.some((drawn) => drawn.folder === folder && drawn.floors.flat().includes(name));
}

/** What an import says against the drawing; null: nothing. */
function complaintOf(from: string, to: string): string | null {
  for (const { folder, floors } of drawing) {
    const [above, below] = [roomOf(from, folder), roomOf(to, folder)];
    if (above === null || below === null || above === below) continue;
    const floorOf = (room: string) => floors.findIndex((rooms) => rooms.includes(room));
    if (floorOf(above) === -1 || floorOf(below) === -1)
      return `${from} imports ${to}: docs/ARCHITECTURE.md draws no room ${above} or ${below} in ${folder || "the root"}`;
    if (floorOf(below) >= floorOf(above)) return `${from} imports ${to}, which does not stand below it`;
  }
  return null;
}

function importsOf(path: string): readonly string[] {
  const text = readFileSync(join(root, path), "utf8");
  const found = text.matchAll(/(?:\bfrom|\bimport\(?)\s*"((?:\.\.?|@countersign\/shared)\/[^"?]+)/g);
  // a document that is served is nobody's room
  return [...found]
    .map(([, specifier = ""]) =>
      specifier.startsWith(".")
        ? normalize(join(dirname(path), specifier))
        : `${specifier.replace("@countersign/shared/", "shared/src/")}.ts`,
    )
    .filter((imported) => !/^docs\/.*\.json$/.test(imported));
}

describe("the floors", () => {
  it("are drawn for each side", () => {
    expect(drawing.length).toBeGreaterThan(6);
    expect(drawing.every(({ floors }) => floors.length > 1)).toBe(true);
  });

  it("are kept by every import", () => {
    const imports = sources.flatMap((path) => importsOf(path).map((to) => ({ from: path, to })));
    expect(imports.length).toBeGreaterThan(2_000);
    expect(imports.filter(({ to }) => !existsSync(join(root, to)))).toEqual([]);
    // what begins before TypeScript does, and data, lie in no room
    const ofSources = imports.filter(({ to }) => /\.tsx?$/.test(to));
    expect(ofSources.flatMap(({ from, to }) => complaintOf(from, to) ?? [])).toEqual([]);
  });

  it("name rooms that are there, and no room is left out", () => {
    for (const { folder, floors } of drawing) {
      const rooms = sources.flatMap((path) => roomOf(path, folder) ?? []);
      // a tool's own settings and builds are nobody's room
      const present = [...new Set(rooms)].filter((room) => folder !== "" || room !== ".");
      expect(
        floors
          .flat()
          .filter((room) => room !== ".")
          .toSorted(),
        folder,
      ).toEqual(present.filter((room) => room !== ".").toSorted());
    }
  });

  it.each([
    ["control-plane/src/core/words/a.ts", "control-plane/src/core/facts/b.ts"],
    ["control-plane/src/core/shard/host/a.ts", "control-plane/src/core/desk/state/b.ts"],
    ["control-plane/src/core/desk/paging/a.ts", "control-plane/src/core/desk/approvals/b.ts"],
    ["control-plane/src/core/facts/a.ts", "control-plane/src/platform/rpc.ts"],
    ["control-plane/replay/world/a.ts", "control-plane/cli/main.ts"],
    ["control-plane/src/web/frame/a.ts", "control-plane/src/web/brakes/b.ts"],
    ["shared/src/values/a.ts", "shared/src/wire/b.ts"],
    ["edge-agent/src/agent/a.ts", "edge-agent/src/main.ts"],
    ["edge-agent/src/agent/a.ts", "control-plane/src/core/words/b.ts"],
    ["control-plane/src/attic/a.ts", "control-plane/src/core/words/b.ts"],
    ["control-plane/src/app.ts", "test/tidy.test.ts"],
  ])("would not be kept by %s importing %s", (from, to) => {
    expect(complaintOf(from, to)).not.toBeNull();
  });
});

describe("a folder", () => {
  it(`holds ${FILES_PER_FOLDER_MAX} TypeScript files of its own at most: it is a room, and its name says what they have in common`, () => {
    expect(crowded(sources)).toEqual([]);
  });

  it("is found where it holds one more", () => {
    const files = Array.from(
      { length: FILES_PER_FOLDER_MAX + 1 },
      (_, index) => `core/attic/file-${index}.ts`,
    );
    expect(crowded(files.slice(1))).toEqual([]);
    expect(crowded([...files, "core/attic/room/file.ts"])).toEqual([
      `core/attic: ${FILES_PER_FOLDER_MAX + 1}`,
    ]);
  });
});

describe("test/unit", () => {
  it("mirrors the rooms: each of its folders is one of theirs", () => {
    const folders = [...new Set(sources.filter((path) => path.startsWith("test/unit/")).map(dirname))];
    const places = [
      "control-plane/src",
      "control-plane",
      "edge-agent/src",
      "edge-agent/src/core",
      "shared/src",
    ];
    const stray = folders
      .map((folder) => folder.replace(/^test\/unit\/?/, ""))
      .filter((folder) => {
        const within = folder.replace(/^(?:edge-agent|shared)(?:\/|$)/, "");
        return !places.some((place) => existsSync(join(root, place, within)));
      });
    expect(folders.length).toBeGreaterThan(15);
    expect(stray).toEqual([]);
  });
});

function crowded(paths: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const path of paths) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > FILES_PER_FOLDER_MAX)
    .map(([folder, count]) => `${folder}: ${count}`);
}
