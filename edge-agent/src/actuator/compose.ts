// Composes the actuator from real parts and runs it until it is idle (started by systemd's socket) or told to stop. The parts are
// explicit arguments: a test composes the same ones with a crash in between, and the product holds no test switch.
import { randomBytes } from "node:crypto";
import { chmod, mkdir, rm } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname } from "node:path";
import { encodeBase64Url } from "@countersign/shared/values/base64";
import { PROPOSAL_LIFETIME_MAX_MS } from "@countersign/shared/values/limits";
import { UserName } from "@countersign/shared/wire/proposal";
import { readBootId, readMonotonicMs } from "../boot-id.ts";
import type { HostInstant } from "../core/actuator/budget.ts";
import { loadCatalogue } from "../files/load-catalogue.ts";
import { readFreeze } from "../files/read-freeze.ts";
import { type FollowedBefore, loadStoredTrust, saveChain } from "../files/trust-store.ts";
import type { HostPaths } from "../paths.ts";
import { type Actuator, openActuator } from "./actuator.ts";
import { answerRequest } from "./answer-request.ts";
import { auditActions } from "./audit.ts";
import { openJournal } from "./journal.ts";
import { type Lock, takeLock } from "./lock.ts";
import { createExactLook } from "./look-exactly.ts";
import type { ActuatorPorts } from "./ports.ts";
import { openProposals } from "./proposals.ts";
import { askTool, runAction } from "./run-action.ts";
import { type ActuatorServer, type ListenOn, serveRequests } from "./server.ts";

/** A socket-activated actuator that nobody asks exits after this; the next connection starts it again. */
export const IDLE_EXIT_MS = 60_000;
/** First descriptor that systemd passes (sd_listen_fds(3)). */
const LISTEN_FD = 3;
/** Longest socket path that every platform takes (macOS: 104 with the final zero). */
const SOCKET_PATH_BYTES_MAX = 103;

export interface OpenPorts {
  readonly ports: ActuatorPorts;
  readonly close: () => Promise<void>;
}

/** Opens everything the actuator works with; throws when the state directory, journal or lock cannot be used. */
export async function openPorts(paths: HostPaths, fail: (error: unknown) => void): Promise<OpenPorts> {
  await mkdir(paths.actuatorStateDir, { recursive: true, mode: 0o700 });
  const bootId = await readBootId();
  const now = (): HostInstant => ({
    bootId,
    monotonicMs: readMonotonicMs(),
    wallMs: Math.max(0, Date.now()),
  });
  const lock: Lock = await takeLock(paths.actuatorLock, bootId);
  const proposals = await openProposals(paths.proposals);
  const journal = await openJournal(paths.journal, proposals, now);
  const followedBefore: FollowedBefore = { texts: null, chain: null };
  const look = createExactLook();
  const ports: ActuatorPorts = {
    now,
    makeNonce: () => encodeBase64Url(randomBytes(24)),
    actuatorUser: nameOfUser(),
    loadCatalogue: () => loadCatalogue(paths.catalogue, paths.mode),
    loadTrust: () => loadStoredTrust(paths, followedBefore),
    saveChain: (versions) => saveChain(paths.trustChain, versions),
    isFrozen: () => readFreeze(paths.frozen),
    observe: look,
    run: runAction,
    audit: (catalogue) => auditActions(catalogue, { tryTool: askTool, look }),
    wait: (durationMs) =>
      new Promise((resolve) => {
        setTimeout(resolve, durationMs);
      }),
    journal,
    proposals,
    fail,
    proposalLifetimeMs: PROPOSAL_LIFETIME_MAX_MS,
  };
  return {
    ports,
    close: async () => {
      await journal.close();
      await lock.release();
    },
  };
}

/** Serves an opened actuator on a socket. */
export async function serveActuator(ports: ActuatorPorts, listenOn: ListenOn): Promise<RunningActuator> {
  const actuator = await openActuator(ports);
  const server = await serveRequests(await prepare(listenOn), (request, isGone) =>
    answerRequest(actuator, request, isGone),
  );
  if ("path" in listenOn) await chmod(listenOn.path, 0o600);
  return { actuator, server };
}

/** By its number where the system has no name for it that can be told. */
function nameOfUser(): string {
  try {
    const { username } = userInfo();
    if (UserName.safeParse(username).success) return username;
  } catch {
    // no entry in the system's list of users
  }
  return `uid-${process.getuid?.() ?? "unknown"}`;
}

export interface RunningActuator {
  readonly actuator: Actuator;
  readonly server: ActuatorServer;
}

/** Where this process listens: systemd's descriptor when it was passed one, else the configured path. */
export function listenOnOf(paths: HostPaths, environment: NodeJS.ProcessEnv): ListenOn {
  const isPassed =
    environment["LISTEN_PID"] === String(process.pid) && Number(environment["LISTEN_FDS"] ?? 0) >= 1;
  return isPassed ? { fd: LISTEN_FD } : { path: paths.socket };
}

/**
 * Tells every caller why the actuator cannot work, until `durationMs` have passed or it is told to stop. Under systemd this is better than to exit: the
 * agent would start it over and over until systemd gives the socket up, and nobody would learn the reason.
 */
export async function serveFailure(
  failure: { readonly fd: number; readonly detail: string; readonly durationMs: number },
  stop: Promise<void>,
): Promise<void> {
  const { fd, detail, durationMs } = failure;
  const server = await serveRequests({ fd }, () => Promise.resolve({ type: "failed", detail }));
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise((resolve) => {
    timer = setTimeout(resolve, durationMs);
  });
  await Promise.race([expired, stop]);
  clearTimeout(timer);
  await server.close();
}

/** Resolves when a socket-activated actuator has had nothing to do for `idleMs`. */
export function whenIdle({ actuator, server }: RunningActuator, idleMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(
      () => {
        const isIdle = server.connectionCount() === 0 && !actuator.isBusy();
        if (!isIdle || Date.now() - server.lastActiveAt() < idleMs) return;
        clearInterval(timer);
        resolve();
      },
      Math.min(1_000, idleMs),
    );
    timer.unref();
  });
}

/** Makes room for a socket of our own: its directory, and no leftover of an actuator that was killed (we hold the lock). */
async function prepare(listenOn: ListenOn): Promise<ListenOn> {
  if (!("path" in listenOn)) return listenOn;
  if (Buffer.byteLength(listenOn.path) > SOCKET_PATH_BYTES_MAX)
    throw new Error(
      `Listen on ${listenOn.path}: the path is longer than ${SOCKET_PATH_BYTES_MAX} bytes; name a shorter one with --socket`,
    );
  await mkdir(dirname(listenOn.path), { recursive: true, mode: 0o700 });
  await rm(listenOn.path, { force: true });
  return listenOn;
}
