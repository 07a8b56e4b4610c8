// What `uninstall` says that it removed: what was there, and nothing else.
import { mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { remove, removeAccount } from "../../../edge-agent/src/commands/uninstall.ts";

function listening() {
  const said: string[] = [];
  return {
    said,
    print: { line: (text: string) => said.push(text), error: (text: string) => said.push(text) },
  };
}

test.each(["userdel", "groupdel"] as const)(
  "of an account that was never there %s says nothing",
  async (tool) => {
    const { print, said } = listening();
    expect(await removeAccount({ tool, name: "countersign-never-was" }, print)).toBe(true);
    expect(said).toEqual([]);
  },
);

test("says of files and links only those that were there", async () => {
  const { print, said } = listening();
  const directory = await mkdtemp(join(tmpdir(), "countersign-uninstall-"));
  const [file, link] = [join(directory, "file"), join(directory, "link")];
  await writeFile(file, "");
  await symlink(join(directory, "nowhere"), link);
  for (const path of [file, link, join(directory, "never"), join(file, "below"), directory, directory])
    await remove(path, print);
  expect(said).toEqual([file, link, directory].map((path) => `removed ${path}`));
});
