// The set-up of the system tests: the control plane embedded, and real systemd machines beside it. Everything that was started is
// ended by `end`, whatever happened in between.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adminOf, type Admin } from "../../control-plane/embedded/admin.ts";
import { startControlPlane, type ControlPlane } from "../../control-plane/embedded/control-plane.ts";
import { demoPolicy } from "../../control-plane/embedded/demo-policy.ts";
import type { Secrets } from "../../control-plane/embedded/state-directory.ts";
import { type Approver, makePasskey } from "../../control-plane/embedded/story/honest-acts.ts";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import type { TerminalPage } from "../../control-plane/embedded/workerd-messages.ts";
import type { HostState } from "../../control-plane/src/core/shard/host/shard-state.ts";
import type { Link } from "../../edge-agent/demo-host/link.ts";
import { installOnMachine } from "../../edge-agent/demo-host/machine-install.ts";
import { bootMachine, prepareLink, type Machine } from "../../edge-agent/demo-host/machine.ts";

export interface Fleet {
  readonly controlPlane: () => ControlPlane;
  readonly admin: () => Admin;
  readonly machine: Machine;
  readonly hostId: string;
  /** every page that arrived, oldest first, with the instant of its arrival */
  readonly pages: readonly { readonly at: number; readonly page: TerminalPage }[];
  /** all hosts as the shards see them now */
  readonly hosts: () => Promise<readonly HostState[]>;
  /** the title of everything that open incidents hold */
  readonly findingTitles: () => Promise<readonly string[]>;
  readonly secrets: () => Secrets;
  /** kills the control plane as a crash does, and starts it again on the same state */
  readonly crashControlPlane: (downMs: number) => Promise<void>;
  /** a person on a device that is signed in, whose passkey the host believes */
  readonly approver: Approver;
  readonly end: () => Promise<void>;
}

/** Starts the control plane, has a person make a passkey, then starts one machine that believes it, with agent, actuator and demo service; waits
 * until it is up. */
export async function startFleet(policyText = demoPolicy("fast")): Promise<Fleet> {
  const stateDir = mkdtempSync(join(tmpdir(), "countersign-system-"));
  const pages: { at: number; page: TerminalPage }[] = [];
  const link = await prepareLink();
  let machine: Machine | null = null;
  let controlPlane: ControlPlane | null = null;
  const end = async () => {
    await machine?.destroy();
    await controlPlane?.stop();
    rmSync(stateDir, { recursive: true, force: true });
  };
  const start = (port: number) =>
    startOn(link, { port, stateDir, policyText, onPage: (page) => pages.push({ at: Date.now(), page }) });
  try {
    controlPlane = await start(0);
    const admin = () => adminOf(running().url, running().adminToken);
    const running = () => {
      if (controlPlane === null) throw new Error("Use the control plane: it is not running");
      return controlPlane;
    };
    const approver = await makeApprover(controlPlane);
    machine = await bootMachine(link);
    const { port } = new URL(running().url);
    const url = `http://${link.gateway}:${port}`;
    const { hostId } = await installOnMachine(machine, {
      url,
      token: await admin().createEnrolmentToken(),
      trustWords: approver.words,
      say: () => {},
    });
    const hosts = () => listHosts(running());
    await waitFor("the host to be up", 30_000, async () => {
      const host = (await hosts()).find((candidate) => candidate.hostId === hostId);
      return host?.liveness === "up" && host.connection !== null ? host : null;
    });
    return {
      controlPlane: running,
      admin,
      machine,
      hostId,
      approver,
      pages,
      hosts,
      findingTitles: () => listFindingTitles(running()),
      secrets: () => JSON.parse(readFileSync(join(stateDir, "secrets.json"), "utf8")) as Secrets,
      crashControlPlane: async (downMs) => {
        await running().kill();
        controlPlane = null;
        await new Promise((resolve) => setTimeout(resolve, downMs));
        controlPlane = await start(Number(port));
      },
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

function startOn(
  link: Link,
  options: {
    readonly port: number;
    readonly stateDir: string;
    readonly policyText: string;
    readonly onPage: (page: TerminalPage) => void;
  },
): Promise<ControlPlane> {
  return startControlPlane({
    ...options,
    // by a name, since passkeys belong to one
    publicUrlAt: async (listening) => `http://localhost:${listening}`,
    alsoListen: [{ host: link.gateway, port: 0, peer: link.address }],
  });
}

/** The first person, with the fleet's first passkey. */
async function makeApprover({ adminToken, publicUrl, url }: ControlPlane): Promise<Approver> {
  const offer = await adminOf(url, adminToken).offerSignIn("operator");
  if (!("url" in offer)) throw new Error(`Sign in: ${offer.sentence}`);
  return makePasskey({ deskUrl: publicUrl, signInUrl: offer.url });
}

/** Each host as its shard knows it now. */
async function listHosts(controlPlane: ControlPlane): Promise<readonly HostState[]> {
  const { hosts } = await askAdmin<{ hosts: readonly { hostId: string }[] }>(controlPlane, "/v1/admin/hosts");
  const states = hosts.map(async ({ hostId }) =>
    askAdmin<{ host: HostState | null }>(controlPlane, `/v1/admin/hosts/${hostId}`),
  );
  return (await Promise.all(states)).flatMap(({ host }) => host ?? []);
}

async function listFindingTitles(controlPlane: ControlPlane): Promise<readonly string[]> {
  const { incidents } = await askAdmin<{ incidents: readonly { incidentId: string }[] }>(
    controlPlane,
    "/v1/admin/incidents",
  );
  const shown = incidents.map(async ({ incidentId }) =>
    askAdmin<{ findings: readonly { title: string }[] }>(controlPlane, `/v1/admin/incidents/${incidentId}`),
  );
  return (await Promise.all(shown)).flatMap(({ findings }) => findings.map(({ title }) => title));
}

async function askAdmin<T>({ url, adminToken }: ControlPlane, path: string): Promise<T> {
  const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${adminToken}` } });
  if (!response.ok) throw new Error(`Ask ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** MainPID of the demo service inside the machine; 0 while it does not run. */
export async function mainPidOf(machine: Machine): Promise<number> {
  return Number(await machine.run(["systemctl", "show", "--property=MainPID", "--value", "demo.service"]));
}

/** Kills the demo service as a crash does, and waits until systemd has seen it. */
export async function killService(machine: Machine): Promise<void> {
  const before = await mainPidOf(machine);
  await machine.run(["systemctl", "kill", "--kill-who=main", "--signal=KILL", "demo.service"]);
  for (let tries = 0; tries < 100 && (await mainPidOf(machine)) === before; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
}
