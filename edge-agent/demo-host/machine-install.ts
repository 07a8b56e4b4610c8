// Makes a booted machine a host, as a person would on a VPS: the self-contained build and a Node binary are copied onto it, a catalogue
// is written, then `countersign-agent enroll` and `countersign-agent install` do the rest. The demo service is an ordinary unit.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildAgent } from "../build.ts";
import { INSTALL_DIR, INSTALLED_NODE } from "../src/paths.ts";
import { enrolBy } from "./agent-commands.ts";
import { MACHINE_CATALOGUE, MACHINE_SERVICE_PORT } from "./catalogue-text.ts";
import type { Say } from "./demo-host.ts";
import type { Machine } from "./machine.ts";

const DEMO_DIR = "/opt/countersign-demo";
const UPLOADED_AGENT = `${DEMO_DIR}/countersign-agent.mjs`;
const SERVICE = `${DEMO_DIR}/demo-service.ts`;
/** By which whoever controls the agent asks its actuator. */
export const ASK_SCRIPT = `${DEMO_DIR}/ask-actuator.ts`;
const DEMO_UNIT = `[Unit]
Description=Demo service

[Service]
ExecStart=${INSTALLED_NODE} ${SERVICE} serve ${MACHINE_SERVICE_PORT} 0.0.0.0
User=nobody
Restart=no
TimeoutStopSec=10s

[Install]
WantedBy=multi-user.target
`;

/** Installs agent, actuator and demo service, and enrols the machine; resolves when all are started. */
export async function installOnMachine(
  machine: Machine,
  options: {
    readonly url: string;
    readonly token: string;
    /** fingerprint words of the fleet's approvers; null: none is believed yet */
    readonly trustWords: string | null;
    readonly say: Say;
  },
): Promise<{ readonly hostId: string }> {
  const { say } = options;
  say("building the agent");
  const bundle = await readFile(await buildAgent());
  say("copying it onto the machine");
  await machine.write(INSTALLED_NODE, await readFile(process.execPath), 0o755);
  await machine.write(UPLOADED_AGENT, bundle, 0o644);
  await machine.write(SERVICE, await readFile(join(import.meta.dirname, "demo-service.ts")), 0o644);
  await machine.write(ASK_SCRIPT, await readFile(join(import.meta.dirname, "ask-actuator.ts")), 0o644);
  await machine.write("/etc/systemd/system/demo.service", DEMO_UNIT, 0o644);
  await machine.write("/etc/countersign/catalogue.yaml", MACHINE_CATALOGUE, 0o644);
  for (const folder of [INSTALL_DIR, DEMO_DIR, "/etc/countersign"])
    await machine.run(["chmod", "755", folder]);
  say("starting the demo service");
  await machine.run(["systemctl", "daemon-reload"]);
  await machine.run(["systemctl", "enable", "--now", "demo.service"]);
  say("enrolling the host");
  const agent = [INSTALLED_NODE, UPLOADED_AGENT];
  // The link is between this machine and the demo machine only, so plain HTTP is all right on it.
  const runAgent = (args: readonly string[], input?: string) => machine.run([...agent, ...args], input);
  const enrolled = await enrolBy(runAgent, options, ["--allow-http"]);
  say("installing agent and actuator");
  await runAgent(["install"]);
  return enrolled;
}
