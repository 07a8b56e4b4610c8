// A control plane in local workerd and a crowd of lightweight agents on it: real sockets, real Ed25519 proofs, real enrolment.
// All of it is ended by `end`.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { adminOf } from "../../control-plane/embedded/admin.ts";
import { startControlPlane } from "../../control-plane/embedded/control-plane.ts";
import { demoPolicy } from "../../control-plane/embedded/demo-policy.ts";
import { formsOf, newPerson, type Person } from "../../control-plane/embedded/story/person.ts";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import type { TerminalPage } from "../../control-plane/embedded/workerd-messages.ts";
import type { HostList, HostRow } from "../../control-plane/src/read-side/listed-host.ts";
import { startLightAgent, type LightAgent } from "../system/light-agent.ts";
import type { Say } from "./figures.ts";

/** Enrolments at once: more would only queue in the desk. */
const ENROLMENTS_AT_ONCE = 16;
/** for each thousand */
const ALL_UP_TIMEOUT_MS = 30_000;

export interface Crowd {
  readonly url: string;
  readonly agents: readonly LightAgent[];
  readonly pages: readonly TerminalPage[];
  readonly enrolledInMs: number;
  /** all hosts as they are listed */
  readonly hosts: () => Promise<readonly HostRow[]>;
  /** reads a path below /v1/admin */
  readonly readAdmin: <T>(path: string) => Promise<T>;
  /** a person's device, signed in by a link; once */
  readonly signIn: () => Promise<Person>;
  readonly end: () => Promise<void>;
}

/** Files that a crowd opens: a socket here, and two in workerd for each agent, whichever process is looked at. */
export function filesNeeded(agentCount: number): number {
  return agentCount * 2 + 500;
}

/** How many files a process may have open here; null: unknown on this platform. */
export function openFilesMax(): number | null {
  try {
    const limit = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return limit === undefined ? null : limit === "unlimited" ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    return null;
  }
}

/** Starts both with the default liveness profile; resolves when every host is up. */
export async function startCrowd(options: {
  readonly agentCount: number;
  readonly say: Say;
  /** enrolments take about this long in all, so that keepalives do not fall together; default: as fast as they can */
  readonly spreadMs?: number;
  readonly workerEntry?: string;
  /** default: pages on the terminal, by the demo's own */
  readonly policyText?: string;
  /** secrets that its channels name */
  readonly bindings?: Readonly<Record<string, string>>;
}): Promise<Crowd> {
  const { agentCount, say } = options;
  const stateDir = mkdtempSync(join(tmpdir(), "countersign-bench-"));
  const pages: TerminalPage[] = [];
  const agents: LightAgent[] = [];
  say("starting workerd");
  const controlPlane = await startControlPlane({
    port: 0,
    stateDir,
    policyText: options.policyText ?? demoPolicy("default"),
    ...(options.bindings === undefined ? {} : { bindings: options.bindings }),
    onPage: (page) => pages.push(page),
    ...(options.workerEntry === undefined ? {} : { workerEntry: options.workerEntry }),
  });
  const { url, adminToken } = controlPlane;
  const end = async () => {
    for (const agent of agents) agent.stop();
    await controlPlane.stop();
    rmSync(stateDir, { recursive: true, force: true });
  };
  const readAdmin = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${url}/v1/admin/${path}`, {
      headers: { authorization: `Bearer ${adminToken}` },
    });
    if (!response.ok) throw new Error(`Read ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const hosts = async () => {
    const all: HostRow[] = [];
    let next: string | null = null;
    do {
      const after: string = next === null ? "" : `?after=${encodeURIComponent(next)}`;
      const part: HostList = await readAdmin<HostList>(`hosts${after}`);
      all.push(...part.hosts);
      ({ next } = part);
    } while (next !== null);
    return all;
  };
  try {
    const startedAt = Date.now();
    const admin = adminOf(url, adminToken);
    const pauseMaxMs = (2 * (options.spreadMs ?? 0) * ENROLMENTS_AT_ONCE) / agentCount;
    let nextNumber = 1;
    const enrolOthers = async () => {
      while (nextNumber <= agentCount) {
        const name = `bench-${nextNumber++}`;
        await sleep(Math.random() * pauseMaxMs);
        agents.push(await startLightAgent(url, await admin.createEnrolmentToken(), name));
        if (agents.length % 250 === 0) say(`${agents.length} of ${agentCount} agents enrolled`);
      }
    };
    await Promise.all(Array.from({ length: ENROLMENTS_AT_ONCE }, enrolOthers));
    await waitFor("every host to be up", ALL_UP_TIMEOUT_MS * Math.ceil(agentCount / 1_000), async () => {
      const seen = await hosts();
      return seen.length === agentCount && seen.every(({ liveness }) => liveness === "up") ? true : null;
    });
    const enrolledInMs = Date.now() - startedAt;
    const signIn = async () => {
      const person = newPerson();
      const offer = await admin.offerSignIn("operator");
      if (!("url" in offer)) throw new Error(`Sign in: ${offer.sentence}`);
      const form = await person.open(offer.url);
      const [first] = formsOf(form);
      if (first === undefined) throw new Error(`Sign in: the view holds no form (${form.status})`);
      await person.submit(form, first, { deviceName: "Benchmark" });
      return person;
    };
    return { url, agents, pages, enrolledInMs, hosts, readAdmin, signIn, end };
  } catch (error) {
    await end();
    throw error;
  }
}
