// What the guest needs: root on Linux on x86-64, to make its disk, and two Debian packages, which are installed where they are missing. Only
// the layer `long` asks for them, and that is only ever run by name. Impossible: skipped loudly on a laptop, a failure in CI.
import { describe } from "vitest";
import {
  GUEST_TEST_PACKAGES,
  installPackages,
  missingPackages,
} from "../../../control-plane/embedded/system-packages.ts";

async function obstacle(): Promise<string | null> {
  if (process.platform !== "linux" || process.arch !== "x64") return "it needs Linux on x86-64";
  if (process.getuid?.() !== 0) return "it needs root, to make the guest's disk";
  const missing = missingPackages(GUEST_TEST_PACKAGES);
  if (missing.length === 0) return null;
  process.stderr.write(`installing what the guest needs: ${missing.join(" ")}\n`);
  return installPackages(missing, () => undefined).then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

/** `describe` for a suite that boots a guest. */
export async function describeInGuest(name: string, suite: () => void): Promise<void> {
  const found = await obstacle();
  if (found === null) return void describe(name, suite);
  if (process.env["CI"] === "true") throw new Error(`Run the guest: ${found}`);
  process.stderr.write(`!!! SKIPPED ${name}: ${found}\n`);
  describe.skip(name, suite);
}
