// One host with its agent process and its control plane peer, ended after each test whatever happened in it.
import { afterEach } from "vitest";
import {
  type AgentProcess,
  enrolDirectly,
  type HostDirectories,
  makeHostDirectories,
  startCommand,
  writeCatalogue,
} from "./agent-process.ts";
import { type ControlPlanePeer, startControlPlanePeer } from "./control-plane-peer.ts";

const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Runs at the end of the test, last registered first. */
export function atEnd(end: () => Promise<unknown>): void {
  endings.push(end);
}

export async function newHost(): Promise<HostDirectories> {
  const host = await makeHostDirectories();
  atEnd(host.remove);
  return host;
}

export async function newPeer(
  options: Parameters<typeof startControlPlanePeer>[0] = {},
): Promise<ControlPlanePeer> {
  const peer = await startControlPlanePeer(options);
  atEnd(async () => peer.die().catch(() => undefined));
  return peer;
}

export function newAgent(
  host: HostDirectories,
  options: Parameters<typeof startCommand>[1] = {},
): AgentProcess {
  const agent = startCommand(["run", ...host.flags], options);
  atEnd(() => agent.stop("SIGKILL"));
  return agent;
}

/** The catalogue of most tests: one service, checked by TCP on a port that the test chooses. */
export function catalogueOf(port: number, timing = "every: 200ms, timeout: 1s"): string {
  return `version: 1
probePort: 22
services:
  - name: web
    title: Web shop
    pidFile: /nonexistent/web.pid
    checks:
      - { name: port, kind: tcp, port: ${port}, ${timing} }
    actions:
      - { name: restart, kind: exec, level: 4, argv: [/usr/bin/true] }
`;
}

/** An enrolled host with a running agent. */
export async function newEnrolledAgent(
  peer: ControlPlanePeer,
  options: Parameters<typeof startCommand>[1] & { readonly checkPort?: number } = {},
): Promise<{ readonly host: HostDirectories; readonly agent: AgentProcess; readonly hostId: string }> {
  const host = await newHost();
  const hostId = await enrolDirectly(host, peer.url);
  await writeCatalogue(host, catalogueOf(options.checkPort ?? peer.port));
  return { host, agent: newAgent(host, options), hostId };
}
