// Which kind of demo host this machine can have. By itself nothing is ever installed; asked for by name, the missing packages are.
import { Refusal } from "./refusal.ts";
import type { HostKind, StartOptions } from "./start-options.ts";
import { installPackages, MACHINE_PACKAGES, missingPackages } from "./system-packages.ts";

/** Chooses the kind, and installs what a systemd machine misses when it was asked for by name. */
export async function chooseHostKind(asked: StartOptions["host"]): Promise<HostKind | "none"> {
  if (asked === "none" || asked === "process") return asked;
  const isRoot = process.platform === "linux" && process.getuid?.() === 0;
  const missing = missingPackages(MACHINE_PACKAGES);
  if (asked === undefined) return isRoot && missing.length === 0 ? "systemd" : "process";
  if (!isRoot)
    throw new Refusal(
      "--host systemd boots a real machine, which needs root on Linux: run it as root, or use --host process.",
    );
  if (missing.length > 0) {
    process.stderr.write(`Installing Debian packages, as --host systemd needs them: ${missing.join(" ")}\n`);
    await installPackages(missing, (text) => process.stderr.write(text)).catch((error: unknown) => {
      throw new Refusal(
        `${error instanceof Error ? error.message : String(error)}\nInstall them by hand (apt-get install ${missing.join(" ")}), or use --host process.`,
      );
    });
  }
  return "systemd";
}
