// node bootstrap.mjs exec test/gallery/photograph.ts DIRECTORY [NAME…]: writes pictures of the gallery's states (all whose
// names begin so) for a person to look at: DIRECTORY/NAME-WIDTHxHEIGHT-light.png and so on.
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

const [directory, ...names] = process.argv.slice(2);
if (directory === undefined) {
  process.stderr.write(
    "Say where to: node bootstrap.mjs exec test/gallery/photograph.ts DIRECTORY [NAME…]\n",
  );
  process.exit(2);
}
const { status } = spawnSync(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", "--project", "browser", "test/browser/gallery.test.ts"],
  {
    stdio: "inherit",
    env: {
      ...process.env,
      COUNTERSIGN_LOOK_DIR: resolve(directory),
      COUNTERSIGN_LOOK_ONLY: names.join(","),
    },
  },
);
process.exit(status ?? 1);
