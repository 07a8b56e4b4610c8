// Debian packages that a real systemd machine (and, for the tests, the browser) needs: which are missing, and installing them. Only
// ever called for by name (`--host systemd`, or CI=true), never by itself.
import { spawn } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Program that proves a package, by package. */
const PROGRAM_OF = {
  systemd: "systemctl",
  "systemd-sysv": "init",
  "systemd-container": "systemd-nspawn",
  dbus: "dbus-daemon",
  sudo: "sudo",
  iproute2: "ip",
  chromium: "chromium",
  "monitoring-plugins-basic": "check_disk",
} as const;
/** File that proves a package without a program. */
const FILE_OF = {
  "libpam-systemd": "/usr/share/pam-configs/systemd",
  "dbus-user-session": "/usr/lib/systemd/user/dbus.socket",
} as const;
export type DebianPackage = keyof typeof PROGRAM_OF | keyof typeof FILE_OF;

export const MACHINE_PACKAGES: readonly DebianPackage[] = [
  "systemd",
  "systemd-sysv",
  "systemd-container",
  "dbus",
  "sudo",
  "iproute2",
];

/** What the tests of real machines need. */
export const SYSTEM_TEST_PACKAGES: readonly DebianPackage[] = [
  ...MACHINE_PACKAGES,
  "monitoring-plugins-basic",
  // users' own systemds
  "libpam-systemd",
  "dbus-user-session",
];

const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** The packages among these whose program or file is not on this machine. */
export function missingPackages(packages: readonly DebianPackage[]): DebianPackage[] {
  const proofs: ReadonlyMap<string, string> = new Map(Object.entries({ ...PROGRAM_OF, ...FILE_OF }));
  return packages.filter((name) => {
    const proof = proofs.get(name) ?? "";
    return !(proof.startsWith("/") ? existsSync(proof) : hasProgram(proof));
  });
}

/** Says whether a program is on this machine. */
export function hasProgram(program: string): boolean {
  const folders = [
    ...(process.env.PATH ?? "").split(delimiter),
    "/usr/sbin",
    "/sbin",
    "/usr/lib/nagios/plugins",
  ];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Installs packages with apt-get; `write` gets its words. Throws with their last lines when it fails. */
export async function installPackages(
  packages: readonly DebianPackage[],
  write: (text: string) => void,
): Promise<void> {
  if (!hasProgram("apt-get"))
    throw new Error(`Install ${packages.join(" ")}: this is no Debian or Ubuntu, so install them by hand`);
  await aptGet(["update"], write);
  await aptGet(["install", "--yes", "--no-install-recommends", ...packages], write);
}

function aptGet(args: readonly string[], write: (text: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("apt-get", args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), INSTALL_TIMEOUT_MS);
    let tail = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        tail = (tail + chunk.toString()).slice(-2_000);
        write(chunk.toString());
      });
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      if (code === 0) resolve();
      else reject(new Error(`Run apt-get ${args.join(" ")}: exit ${code ?? "by a signal"}\n${tail}`));
    });
  });
}
