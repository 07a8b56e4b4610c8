// Debian packages that a real systemd machine (and, for the tests, the browser) needs: which are missing, and installing them. Only
// ever called for by name (`--host systemd`, or CI=true), never by itself.
import { spawn } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Program, or file by its whole path, that proves a package, by package. */
const PROGRAM_OF = {
  systemd: "systemctl",
  "systemd-sysv": "init",
  "systemd-container": "systemd-nspawn",
  dbus: "dbus-daemon",
  sudo: "sudo",
  iproute2: "ip",
  chromium: "chromium",
  "monitoring-plugins-basic": "check_disk",
  // The bus of a user's own systemd, which also brings logind's part of PAM.
  "dbus-user-session": "/usr/lib/systemd/user/dbus.socket",
  "libpam-systemd": "/usr/share/pam-configs/systemd",
  "qemu-system-x86": "qemu-system-x86_64",
  debootstrap: "debootstrap",
  e2fsprogs: "mkfs.ext4",
} as const;
export type DebianPackage = keyof typeof PROGRAM_OF;

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
  "dbus-user-session",
  "libpam-systemd",
];

/** What the test of a guest with its own kernel needs (`npm run test:long` alone). */
export const GUEST_TEST_PACKAGES: readonly DebianPackage[] = ["qemu-system-x86", "debootstrap", "e2fsprogs"];

const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** The packages among these whose program is not on this machine. */
export function missingPackages(packages: readonly DebianPackage[]): DebianPackage[] {
  return packages.filter((name) => !hasProgram(PROGRAM_OF[name]));
}

/** Says whether a program is on this machine. */
export function hasProgram(program: string): boolean {
  if (program.startsWith("/")) return existsSync(program);
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
