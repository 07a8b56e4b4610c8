// What a person would do instead: `ssh localhost sudo systemctl restart X`, with a key and one sudoers line, on the same machine. The
// server is Debian's with its own settings but for address and port; the client runs in the machine's network, so that localhost is it.
// Twice: with a new login each time, and over a connection that is open already, as the agent's is.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Machine } from "../../edge-agent/demo-host/machine.ts";
import { runCommand } from "../../edge-agent/demo-host/run-command.ts";
import { installInMachine } from "./debian-packages.ts";

const PORT = 2222;
const USER = "ops";

export interface SshRestart {
  /** logs in and restarts the unit; resolves when the command has ended */
  readonly withNewLogin: () => Promise<void>;
  /** the same over an open connection (ControlMaster) */
  readonly overOpenConnection: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Installs and starts the server inside, and logs in once, so that the first measured login is not the first one. */
export async function prepareSsh(machine: Machine, unit: string): Promise<SshRestart> {
  const folder = await mkdtemp(join(tmpdir(), "countersign-ssh-"));
  const key = join(folder, "key");
  const control = join(folder, "control");
  const options = [
    "BatchMode=yes",
    "IdentitiesOnly=yes",
    "StrictHostKeyChecking=accept-new",
    `UserKnownHostsFile=${join(folder, "known_hosts")}`,
  ].flatMap((option) => ["-o", option]);
  const how = ["-4", "-F", "/dev/null", "-i", key, "-p", String(PORT), ...options];
  const ssh = (...rest: readonly string[]) =>
    runCommand(["nsenter", `--net=${machine.link.namespacePath}`, "ssh", ...how, ...rest]);
  const target = `${USER}@localhost`;
  const stop = async () => {
    await ssh("-S", control, "-O", "exit", target).catch(() => {}); // it was not open
    await machine.exec(["systemctl", "stop", "ssh.service"]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await runCommand(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key]);
    const settings = `ListenAddress 127.0.0.1\nPort ${PORT}\n`;
    await machine.write("/etc/ssh/sshd_config.d/countersign-bench.conf", settings, 0o644);
    await installInMachine(machine, ["openssh-server"]);
    await machine.run(["useradd", "--create-home", "--shell", "/bin/bash", USER]);
    const line = `${USER} ALL=(root) NOPASSWD: /usr/bin/systemctl restart ${unit}\n`;
    await machine.write(`/etc/sudoers.d/${USER}`, line, 0o440);
    await machine.run(["install", "-d", "-m", "700", "-o", USER, "-g", USER, `/home/${USER}/.ssh`]);
    const publicKey = await runCommand(["ssh-keygen", "-y", "-f", key]);
    await machine.write(`/home/${USER}/.ssh/authorized_keys`, publicKey, 0o644);
    await machine.run(["systemctl", "restart", "ssh.service"]);
    await ssh(target, "true");
    await ssh("-M", "-S", control, "-f", "-N", target);
  } catch (error) {
    await stop();
    throw error;
  }
  const command = ["sudo", "systemctl", "restart", unit];
  return {
    withNewLogin: async () => void (await ssh("-S", "none", target, ...command)),
    overOpenConnection: async () => void (await ssh("-S", control, target, ...command)),
    stop,
  };
}
