// What the system layer needs: root on Linux and the packages of a systemd machine. Missing: skipped loudly on a laptop, a failure in CI.
import { describe } from "vitest";
import { SYSTEM_TEST_PACKAGES, missingPackages } from "../../control-plane/embedded/system-packages.ts";

function obstacle(): string | null {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "it needs root on Linux";
  const missing = missingPackages(SYSTEM_TEST_PACKAGES);
  return missing.length > 0 ? `missing Debian packages: ${missing.join(" ")}` : null;
}

/** `describe` for a suite that boots real machines. */
export function describeOnMachine(name: string, suite: () => void): void {
  const found = obstacle();
  if (found === null) return void describe(name, suite);
  if (process.env["CI"] === "true") throw new Error(`Run the system layer: ${found}`);
  process.stderr.write(`!!! SKIPPED ${name}: ${found}\n`);
  describe.skip(name, suite);
}
