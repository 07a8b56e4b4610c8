// A virtual machine on this one: boots the image (guest-image.ts) headless with its own kernel, and runs commands in it over a port of the virtual
// machine, one at a time. What it writes goes to a scratch file that qemu forgets. It has qemu's own network and no other: 10.0.2.2 in it
// is this machine's loopback. It ends with the test, and with the test's process, and at the latest after its time. Some machines have a
// /dev/kvm that runs only kernels made for it, and then qemu computes what the guest does: ten times slower, and said.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { guestImage } from "./guest-image.ts";

const BOOT_TIMEOUT_MS = 600_000;
/** A guest that KVM can run has said its first word long before. */
const KVM_FIRST_WORD_MS = 60_000;
const COMMAND_TIMEOUT_MS = 200_000;
/** Whatever the test does, the guest does not live longer. */
const LIFE_SECONDS_MAX = 2_400;

/** How the guest is run, the better one first. */
const ACCELERATORS = [
  { name: "kvm", args: ["-accel", "kvm", "-cpu", "host"], firstWordMs: KVM_FIRST_WORD_MS },
  { name: "emulated", args: ["-accel", "tcg", "-cpu", "max"], firstWordMs: BOOT_TIMEOUT_MS },
] as const;
type Accelerator = (typeof ACCELERATORS)[number];

export interface GuestAnswer {
  readonly code: number;
  readonly output: string;
}

export interface Guest {
  /** whether its kernel ran on the processor or was computed */
  readonly accelerator: Accelerator["name"];
  /** runs a shell command in it as root */
  readonly exec: (command: string) => Promise<GuestAnswer>;
  /** the same, but throws when it fails */
  readonly run: (command: string) => Promise<string>;
  /** runs it again and again until it succeeds */
  readonly until: (command: string, timeoutMs?: number) => Promise<string>;
  readonly end: () => Promise<void>;
}

/** Boots a guest; `files` (paths on this machine) stand in its folder `/root/files`. */
export async function bootGuest(
  files: readonly { readonly folder: string; readonly name: string }[],
  say: (text: string) => void,
): Promise<Guest> {
  const image = await guestImage(say);
  const folder = await mkdtemp(join(tmpdir(), "countersign-guest-"));
  const payload = join(folder, "payload.tar");
  await promisify(execFile)("tar", [
    "--create",
    "--dereference",
    `--file=${payload}`,
    ...files.flatMap((file) => ["-C", file.folder, file.name]),
  ]);
  let child: ChildProcess | null = null;
  const end = async () => {
    if (child !== null) await endOf(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (const accelerator of ACCELERATORS) {
      if (accelerator.name === "kvm" && !existsSync("/dev/kvm")) continue;
      // A port of its own: the one of a guest that is being ended would still take a connection.
      const port = join(folder, `${accelerator.name}.sock`);
      const qemu = startQemu({ ...image, folder, payload, port }, accelerator);
      ({ child } = qemu);
      const guest = await commandsOver(await connectTo(port, qemu), qemu, accelerator.firstWordMs);
      if (guest === null) {
        const [words = ""] = qemu.console().trim().split("\n");
        say(`the guest does not come up by ${accelerator.name} (${words})`);
        await endOf(child);
        continue;
      }
      await guest.run("mkdir -p /root/files && tar -xf /dev/nvme1n1 -C /root/files");
      await guest.until("systemctl is-system-running | grep -Ex 'running|degraded'", BOOT_TIMEOUT_MS);
      return { ...guest, accelerator: accelerator.name, end };
    }
    throw new Error("Boot the guest: it came up by no means");
  } catch (error) {
    await end();
    throw error;
  }
}

interface Qemu {
  readonly child: ChildProcess;
  /** the last words of its console */
  readonly console: () => string;
}

function startQemu(
  machine: {
    readonly disk: string;
    readonly kernel: string;
    readonly folder: string;
    readonly payload: string;
    readonly port: string;
  },
  accelerator: Accelerator,
): Qemu {
  const { disk, folder, kernel, payload, port } = machine;
  const child = spawn(
    "timeout",
    [
      ["--signal=KILL", String(LIFE_SECONDS_MAX), "qemu-system-x86_64"],
      accelerator.args,
      ["-m", "1024", "-smp", "1", "-display", "none", "-monitor", "none", "-no-reboot"],
      ["-kernel", kernel],
      ["-append", "root=/dev/nvme0n1 rw console=ttyS0 quiet panic=-1"],
      ["-drive", `file=${disk},format=raw,if=none,id=root,snapshot=on`],
      ["-device", "nvme,drive=root,serial=root"],
      ["-drive", `file=${payload},format=raw,if=none,id=files,readonly=on`],
      ["-device", "nvme,drive=files,serial=files"],
      ["-nic", "user,model=virtio-net-pci", "-serial", "stdio"],
      ["-chardev", `socket,id=port,path=${port},server=on,wait=off`],
      ["-device", "virtio-serial-pci", "-device", "virtserialport,chardev=port,name=countersign"],
    ].flat(),
    // A group of its own: the timer and qemu end together. Its scratch file lies in the folder.
    { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, TMPDIR: folder }, detached: true },
  );
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (text = (text + chunk.toString()).slice(-4_000)));
  process.once("exit", () => killGroup(child));
  return { child, console: () => text };
}

async function connectTo(port: string, { child, console: lastWords }: Qemu): Promise<Socket> {
  const deadline = performance.now() + BOOT_TIMEOUT_MS;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`Boot the guest: qemu ended\n${lastWords()}`);
    const socket = createConnection(port);
    const outcome = await Promise.race([once(socket, "connect"), once(socket, "error")]).catch(() => null);
    if (outcome !== null && socket.readyState === "open") return socket;
    socket.destroy();
    if (performance.now() > deadline) throw new Error(`Boot the guest: no port\n${lastWords()}`);
    await pause(100);
  }
}

/** null: the guest does not say its first word in time. */
async function commandsOver(
  socket: Socket,
  { child, console: lastWords }: Qemu,
  firstWordMs: number,
): Promise<Omit<Guest, "accelerator" | "end"> | null> {
  const lines = linesOf(socket);
  const nextLine = async (timeoutMs: number): Promise<string | null> => {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const line = lines.shift();
      if (line !== undefined) return line;
      const isLost = child.exitCode !== null || child.signalCode !== null || socket.destroyed;
      if (isLost || lastWords().includes("KVM internal error") || performance.now() > deadline) return null;
      await pause(20);
    }
  };
  if ((await nextLine(firstWordMs)) === null) return null;

  const ask = async (command: string): Promise<GuestAnswer> => {
    socket.write(`${Buffer.from(command).toString("base64")}\n`);
    const line = await nextLine(COMMAND_TIMEOUT_MS);
    if (line === null) throw new Error(`Run ${command} in the guest: no answer\n${lastWords()}`);
    const [code = "1", output = ""] = line.split(" ");
    return { code: Number(code), output: Buffer.from(output, "base64").toString() };
  };
  let last: Promise<unknown> = Promise.resolve();
  const exec = (command: string) => {
    const answer = last.then(() => ask(command));
    last = answer.catch(() => undefined);
    return answer;
  };
  const run = async (command: string) => {
    const { code, output } = await exec(command);
    if (code !== 0) throw new Error(`Run ${command} in the guest: exit ${code}\n${output.slice(-2_000)}`);
    return output.trim();
  };
  const until = async (command: string, timeoutMs = 120_000) => {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const { code, output } = await exec(command);
      if (code === 0) return output.trim();
      if (performance.now() > deadline)
        throw new Error(`Waited ${timeoutMs} ms in the guest for ${command}\n${output.slice(-2_000)}`);
      await pause(500);
    }
  };
  return { exec, run, until };
}

/** Lines as they arrive; whoever reads takes them out. */
function linesOf(socket: Socket): string[] {
  const lines: string[] = [];
  let text = "";
  socket.on("error", () => undefined);
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    const parts = (text + chunk).split("\n");
    text = parts.pop() ?? "";
    lines.push(...parts);
  });
  return lines;
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  killGroup(child);
  await ended;
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}
