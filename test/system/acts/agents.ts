// Agents as they install themselves, put onto a machine: OpenClaw's gateway as a unit of a lingering user, and a container of docker's stand-in.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { waitFor } from "../../../control-plane/embedded/story/steps.ts";
import type { Machine } from "../../../edge-agent/demo-host/machine.ts";

export const GATEWAY = "openclaw-gateway.service";
export const AS_BOB = ["systemctl", "--user", "--machine=bob@.host"];
/** Restarts by itself as OpenClaw's own unit does, but not after a wrong configuration; the limit of its starts is what doctor asks for. */
const GATEWAY_UNIT = `[Unit]
Description=OpenClaw Gateway
StartLimitIntervalSec=2min

[Service]
ExecStart=/opt/countersign/node /opt/acts/gateway.mjs 18789 openclaw
Restart=always
RestartSec=5
RestartPreventExitStatus=78

[Install]
WantedBy=default.target
`;

/** Puts a file of this folder onto the machine. */
export async function put(machine: Machine, name: string, path: string): Promise<void> {
  await machine.write(path, readFileSync(join(import.meta.dirname, name)), 0o755);
}

/** Puts the gateway's program there, makes bob linger and starts his gateway, then the container n8n. */
export async function startAgents(machine: Machine): Promise<void> {
  await put(machine, "gateway.mjs", "/opt/acts/gateway.mjs");
  await put(machine, "docker.sh", "/usr/bin/docker");
  await machine.run(["chmod", "755", "/opt", "/opt/acts"]);
  await machine.run(["useradd", "--create-home", "--shell", "/bin/sh", "bob"]);
  await machine.write(`/etc/systemd/user/${GATEWAY}`, GATEWAY_UNIT, 0o644);
  await machine.run(["loginctl", "enable-linger", "bob"]);
  await waitFor("bob's own systemd", 20_000, async () => {
    const { code } = await machine.exec([...AS_BOB, "start", GATEWAY]);
    return code === 0 ? true : null;
  });
  await machine.run(["/usr/bin/docker", "restart", "n8n"]);
}
