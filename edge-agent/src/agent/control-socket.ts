// The agent's own little unix socket in its state directory. It is the lock that keeps a second agent off the same identity (it
// vanishes with the process, so there is nothing stale to judge), and the way commands such as `countersign-agent leave` reach a running
// agent.
// One JSON line in, one out. Not pure.
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import * as z from "zod";
import { AGENT_FRAME_BYTES_MAX } from "@countersign/shared/values/limits";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { type ExaminedFinding, ExaminedFindings } from "@countersign/shared/wire/examined";
import { LEAVE_REASONS } from "@countersign/shared/wire/protocol";
import type { CommandRefusal } from "../core/command-refusal.ts";
import { systemFailureOf } from "../failure.ts";

/** The longest request holds what root's doctor found, which fits into a frame. */
const LINE_CHARS_MAX = AGENT_FRAME_BYTES_MAX;
const ASK_TIMEOUT_MS = 5_000;
/** sun_path holds 108 bytes on Linux, 104 on macOS */
const PATH_BYTES_MAX = 103;

export const LeaveRequest = z.strictObject({
  type: z.literal("leave"),
  reason: z.enum(LEAVE_REASONS),
  returnWithinMs: z.int().min(0).max(3_600_000),
});
export type LeaveRequest = z.infer<typeof LeaveRequest>;

/** Another version of the fleet's trust was accepted. */
const TrustRequest = z.strictObject({ type: z.literal("trust") });

/** What root's doctor found, beside what the agent sees itself. */
const ExaminedRequest = z.strictObject({ type: z.literal("examined"), findings: ExaminedFindings });

const ControlRequest = z.discriminatedUnion("type", [LeaveRequest, TrustRequest, ExaminedRequest]);
export type ControlRequest = z.infer<typeof ControlRequest>;
/** Says whether the control plane was, or will be, told. */
type Obey = (request: ControlRequest) => boolean;

const Answer = z.strictObject({ told: z.boolean() });

/** A state directory that nothing can be written to, however often it is tried. */
const UNWRITABLE = ["EROFS", "ENOSPC", "EDQUOT"];

/**
 * Listens, or says that another agent already does. The process keeps it until it ends. Where the disk takes no new file it goes on without, with
 * a `warning`: a host whose disk is full or read-only needs its watcher more than ever, and a second one is sent away by the control plane.
 */
export async function takeControlSocket(
  stateDir: string,
  obey: Obey,
): Promise<Result<{ readonly warning: string | null }, CommandRefusal>> {
  try {
    const taken = await takeSocket(socketPathOf(stateDir), stateDir, obey);
    return taken.ok ? ok({ warning: null }) : taken;
  } catch (error) {
    const code = systemFailureOf(error)?.code ?? "";
    if (!UNWRITABLE.includes(code)) throw error;
    return ok({
      warning: `Nothing can be written to ${stateDir} (${code}): this host is watched, but \`countersign-agent leave\` does not reach its agent until that is mended and the agent started anew.`,
    });
  }
}

async function takeSocket(path: string, stateDir: string, obey: Obey): Promise<Result<null, CommandRefusal>> {
  if (await tryListen(path, obey)) return ok(null);
  if (await isAnswered(path))
    return refuse({
      reason: "agent-running",
      sentence: `Another agent runs on ${stateDir}: stop it first, or use it.`,
    });
  // Its owner was killed.
  await rm(path, { force: true });
  if (await tryListen(path, obey)) return ok(null);
  return refuse({ reason: "agent-running", sentence: `Another agent was started on ${stateDir} just now.` });
}

/** Tells the running agent that this host will be away. */
export async function askToLeave(
  stateDir: string,
  request: LeaveRequest,
): Promise<Result<null, CommandRefusal>> {
  const line = await ask(socketPathOf(stateDir), request);
  if (line === null)
    return refuse({
      reason: "agent-not-running",
      sentence: `No agent answers in ${stateDir}: start it, or check --state-dir and that you may use it.`,
    });
  if (!Answer.parse(JSON.parse(line)).told)
    return refuse({
      reason: "not-connected",
      sentence: "The agent is not connected, so nobody was told: wait until it is, or expect to be paged.",
    });
  return ok(null);
}

/** Has the running agent tell which version of the fleet's trust is believed; without one the next hello does. */
export async function askToTellTrust(stateDir: string): Promise<void> {
  await ask(socketPathOf(stateDir), { type: "trust" });
}

/** Has the running agent tell what root's doctor found, and look again itself; without one nobody is told. */
export async function tellExamined(stateDir: string, findings: readonly ExaminedFinding[]): Promise<void> {
  await ask(socketPathOf(stateDir), { type: "examined", findings: [...findings] });
}

/** A relative path where the absolute one would be too long for a socket address: hence the change of directory. */
function socketPathOf(stateDir: string): string {
  const path = join(stateDir, "agent.sock");
  if (Buffer.byteLength(path) <= PATH_BYTES_MAX) return path;
  // A directory that is not there has no agent, and its absolute path fails just as well.
  if (existsSync(stateDir)) process.chdir(stateDir);
  return "agent.sock";
}

function tryListen(path: string, obey: Obey): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => serve(socket, obey));
    server.on("error", (cause: NodeJS.ErrnoException) => {
      if (cause.code === "EADDRINUSE") resolve(false);
      else reject(new Error(`Listen on ${path}`, { cause }));
    });
    const umask = process.umask(0o077);
    server.listen(path, () => resolve(true));
    process.umask(umask);
    // It must not keep a process alive that has nothing else to do.
    server.unref();
  });
}

function serve(socket: Socket, obey: Obey): void {
  let received = "";
  socket.setTimeout(ASK_TIMEOUT_MS, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    received += chunk;
    if (received.length > LINE_CHARS_MAX) return socket.destroy();
    if (!received.includes("\n")) return;
    const request = parseRequest(received);
    if (request === null) return socket.destroy();
    socket.end(`${JSON.stringify({ told: obey(request) })}\n`);
  });
}

function parseRequest(text: string): ControlRequest | null {
  try {
    return ControlRequest.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.on("connect", () => end(true));
    socket.on("error", (error: NodeJS.ErrnoException) =>
      end(error.code === "EACCES" || error.code === "EPERM"),
    );
  });
}

/** The answer's line; null when nobody gives one. */
function ask(path: string, request: ControlRequest): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let received = "";
    const end = (line: string | null) => {
      socket.destroy();
      resolve(line);
    };
    socket.setTimeout(ASK_TIMEOUT_MS, () => end(null));
    socket.setEncoding("utf8");
    socket.on("connect", () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on("data", (chunk: string) => {
      received += chunk;
    });
    socket.on("end", () => end(received.includes("\n") ? received : null));
    socket.on("error", () => end(null));
  });
}
