// A real systemd machine on this one: an overlay of / on a tmpfs, booted by systemd-nspawn with a network namespace of its own. Proven
// on Debian 12 (systemd 252, cgroup v1 and v2): boots in about a second, because every unit that this machine enables is left out.
// Nothing written inside reaches the real file system. Needs root.
import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmod, mkdir, open, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createLink, removeLink, type Link } from "./link.ts";
import { runCommand, tryCommand, type CommandResult } from "./run-command.ts";
import { ownRecord, removeMounts, startTimeOf, sweepMachines, MACHINES_FOLDER } from "./sweep.ts";

const BOOT_TIMEOUT_MS = 60_000;
const POLL_MS = 100;
/** Vendor units that only slow the boot of a machine without console and hardware. */
const MASKED_UNITS = [
  "console-getty.service",
  "e2scrub_reap.service",
  "getty.target",
  "networking.service",
  "systemd-firstboot.service",
  "systemd-networkd.service",
  "systemd-networkd.socket",
  "systemd-resolved.service",
  "systemd-timesyncd.service",
  "systemd-udevd.service",
];

export interface Machine {
  readonly name: string;
  readonly link: Link;
  /** runs argv inside as root */
  readonly exec: (argv: readonly string[], input?: string) => Promise<CommandResult>;
  /** the same, but throws when it fails */
  readonly run: (argv: readonly string[], input?: string) => Promise<string>;
  /** command with which a person runs something inside */
  readonly enterCommand: string;
  /** where its root directory, with everything mounted in it, is seen from outside */
  readonly rootPath: string;
  /** writes a root-owned file inside */
  readonly write: (path: string, text: string | Uint8Array, mode: number) => Promise<void>;
  /** the cable is pulled first, so that not one packet says good-bye, then everything in it is killed */
  readonly losePower: () => Promise<void>;
  /** kills it and removes every trace */
  readonly destroy: () => Promise<void>;
}

/** Boots a machine; resolves when its systemd says that it runs. `folder` is where it lives, below /run/countersign-demo. */
export async function bootMachine(link: Link): Promise<Machine> {
  const name = link.namespace;
  const folder = join(MACHINES_FOLDER, name);
  const root = join(folder, "root");
  let nspawn: ChildProcess | null = null;
  let leader = 0;
  let callOffWatchdog = () => {};
  // The machine's own init is killed, and the kernel kills all in its pid namespace with it. systemd-nspawn alone would leave it running.
  const kill = async () => {
    callOffWatchdog();
    callOffWatchdog = () => {};
    if (leader > 0) killQuietly(leader);
    leader = 0;
    if (nspawn !== null) await killAndWait(nspawn);
  };
  const destroy = async () => {
    await kill();
    await removeMounts(folder);
    await removeLink(link.namespace);
  };
  try {
    await prepareRoot(folder, link);
    nspawn = await startNspawn({ name, root, folder, link });
    leader = await findLeader(nspawn, folder);
    const [init, rootPath] = [String(leader), `/proc/${leader}/root`];
    callOffWatchdog = startWatchdog(init);
    await ownRecord(folder, {
      namespace: name,
      machine: { pid: leader, startTime: await startTimeOf(leader) },
    });
    const exec = (argv: readonly string[], input = "") =>
      tryCommand(["nsenter", "-t", init, "-a", "--", ...argv], input);
    const run = async (argv: readonly string[], input = "") => {
      const { code, stdout, stderr } = await exec(argv, input);
      if (code !== 0)
        throw new Error(
          `Run ${argv.join(" ")} in ${name}: exit ${code}: ${(stderr || stdout).trim().slice(-1500)}`,
        );
      return stdout;
    };
    await waitUntilRunning(exec, nspawn, folder);
    const losePower = async () => {
      await link.cut();
      await kill();
    };
    const write = async (path: string, text: string | Uint8Array, mode: number) => {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
      await chmod(join(root, path), mode);
    };
    const enterCommand = `nsenter -t ${init} -a --`;
    return { name, link, enterCommand, rootPath, exec, run, write, losePower, destroy };
  } catch (error) {
    await destroy();
    throw error;
  }
}

/** Sweeps what earlier demo hosts left behind, then makes the link of the next machine. */
export async function prepareLink(): Promise<Link> {
  await sweepMachines();
  return createLink();
}

async function prepareRoot(folder: string, link: Link): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await ownRecord(folder, { namespace: link.namespace });
  await runCommand(["mount", "-t", "tmpfs", "-o", "mode=755", "countersign-demo", folder]);
  await ownRecord(folder, { namespace: link.namespace });
  for (const name of ["upper", "work", "root"]) await mkdir(join(folder, name));
  const options = `lowerdir=/,upperdir=${folder}/upper,workdir=${folder}/work`;
  await runCommand(["mount", "-t", "overlay", "overlay", "-o", options, join(folder, "root")]);
  const root = join(folder, "root");
  // This machine's enabled services, timers and SysV links are none of the demo host's business.
  for (const path of [
    "etc/systemd/system",
    "etc/rc2.d",
    "etc/rc3.d",
    "etc/rc4.d",
    "etc/rc5.d",
    "etc/rcS.d",
    "etc/countersign",
  ])
    await rm(join(root, path), { recursive: true, force: true });
  await mkdir(join(root, "etc/systemd/system"), { recursive: true });
  for (const unit of MASKED_UNITS) await symlink("/dev/null", join(root, "etc/systemd/system", unit));
  await symlink("/lib/systemd/system/multi-user.target", join(root, "etc/systemd/system/default.target"));
  // With a machine id it is not a first boot, which would enable everything by preset.
  await writeFile(join(root, "etc/machine-id"), `${randomUUID().replaceAll("-", "")}\n`);
  await writeFile(join(root, "etc/hostname"), "demo-host\n");
}

async function startNspawn(options: {
  readonly name: string;
  readonly root: string;
  readonly folder: string;
  readonly link: Link;
}): Promise<ChildProcess> {
  const console = await open(join(options.folder, "console.log"), "w");
  const child = spawn(
    "systemd-nspawn",
    [
      `--directory=${options.root}`,
      "--boot",
      "--register=no",
      "--keep-unit",
      `--machine=${options.name}`,
      `--network-namespace-path=${options.link.namespacePath}`,
      "--resolv-conf=off",
      "--timezone=off",
      "--link-journal=no",
    ],
    { stdio: ["ignore", console.fd, console.fd], detached: true },
  );
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause) =>
      reject(new Error("Start systemd-nspawn: is systemd-container installed?", { cause })),
    );
  });
  await console.close();
  return child;
}

async function findLeader(nspawn: ChildProcess, folder: string): Promise<number> {
  const deadline = Date.now() + BOOT_TIMEOUT_MS;
  while (Date.now() < deadline && nspawn.exitCode === null && nspawn.signalCode === null) {
    const children = await readFile(`/proc/${nspawn.pid}/task/${nspawn.pid}/children`, "utf8").catch(
      () => "",
    );
    for (const pid of children.trim().split(" ")) {
      const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
      if (/^(?:systemd|init)$/.test(name.trim())) return Number(pid);
    }
    await sleep(POLL_MS);
  }
  throw await bootError(folder);
}

async function waitUntilRunning(exec: Machine["exec"], nspawn: ChildProcess, folder: string): Promise<void> {
  const deadline = Date.now() + BOOT_TIMEOUT_MS;
  while (Date.now() < deadline && nspawn.exitCode === null && nspawn.signalCode === null) {
    const { stdout } = await exec(["systemctl", "is-system-running"]);
    // degraded: some unit of the vendor's failed, which is none of ours
    if (/^(?:running|degraded)$/.test(stdout.trim())) return;
    await sleep(POLL_MS);
  }
  throw await bootError(folder);
}

async function bootError(folder: string): Promise<Error> {
  const text = await readFile(join(folder, "console.log"), "utf8").catch(() => "");
  return new Error(
    `Boot the demo machine: it did not come up.\n${text.trimEnd().split("\n").slice(-15).join("\n")}`,
  );
}

/** Kills the machine when this process is gone, whatever killed it; its own group, so that Ctrl-C does not end it first. */
function startWatchdog(init: string): () => void {
  const script = 'read -r word; [ "$word" = stop ] || kill -9 "$1"';
  const child = spawn("/bin/sh", ["-c", script, "watchdog", init], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.unref();
  return () => child.stdin.end("stop\n");
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // gone already
  }
}

async function killAndWait(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const hasEnded = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGKILL");
  await hasEnded;
}
