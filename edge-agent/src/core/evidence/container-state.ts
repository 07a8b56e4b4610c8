// Reads what a container's engine tells of it (`docker container inspect NAME`, podman alike) into a `UnitState`. Pure.
// What a reader would get wrong: the text holds the container's whole environment, secrets included. Nothing of it is kept but the few
// values below, and nothing of it is quoted. And the engine's words are not systemd's: a container that is paused runs, and serves nobody.
import { sha256Hex } from "@countersign/shared/values/digest";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { parseInstant } from "../instant-text.ts";
import { type SeenUnit, takeUnit, UNKNOWN_UNIT_STATE } from "./unit-state.ts";

interface Inspected {
  readonly id: string;
  readonly restartCount: number;
  readonly status: string;
  readonly startedAt: string;
  readonly exitCode: number;
  readonly isOomKilled: boolean;
  readonly pid: number;
}

/** A container that its engine does not know. */
export const NO_SUCH_CONTAINER: SeenUnit = {
  state: {
    ...UNKNOWN_UNIT_STATE,
    activeState: "inactive",
    subState: "not-found",
    result: "success",
    loadState: "not-found",
  },
  omitted: [],
};

/** Parses what the engine prints; unknown where it is not that. */
export function parseInspected(text: string): SeenUnit {
  const inspected = readInspected(text);
  if (inspected === null) return { state: UNKNOWN_UNIT_STATE, omitted: [] };
  const { id, pid, restartCount } = inspected;
  // An engine writes the year 1 where it never was started, which is no instant.
  const startedAt = parseInstant(inspected.startedAt);
  const standing = standingOf(inspected);
  return takeUnit({
    ...standing,
    restartCount,
    invocationId: startedAt === null ? "" : sha256Hex(`${id} ${inspected.startedAt}`).slice(0, 32),
    mainPid: pid,
    activeEnterAt: standing.activeState === "active" ? startedAt : null,
    memoryCurrentBytes: null,
  });
}

function readInspected(text: string): Inspected | null {
  const [container, ...more] = listOf(parseJson(text));
  const { Id: id, RestartCount: restartCount = 0, State } = fieldsOf(container);
  const { ExitCode: exitCode, OOMKilled, Pid: pid, StartedAt: startedAt, Status: status } = fieldsOf(State);
  const isRead =
    more.length === 0 &&
    isText(id) &&
    isText(status) &&
    isText(startedAt) &&
    isCount(restartCount) &&
    isCount(pid) &&
    typeof exitCode === "number";
  return isRead
    ? { id, restartCount, status, startedAt, exitCode, pid, isOomKilled: OOMKilled === true }
    : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldsOf(value: unknown): Readonly<Partial<Record<Field, unknown>>> {
  return typeof value === "object" && value !== null ? value : {};
}

type Field = "Id" | "RestartCount" | "State" | "ExitCode" | "OOMKilled" | "Pid" | "StartedAt" | "Status";

/** No longer than what engines write: what is longer may be anything. */
function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= 100;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Whether the engine's complaint says that it has no such container. */
export function saysNoSuchContainer(complaint: string): boolean {
  return /no such (?:container|object)/i.test(complaint);
}

type Standing = Pick<UnitState, "activeState" | "subState" | "result">;

function standingOf(inspected: Inspected): Standing {
  const { status } = inspected;
  switch (status) {
    case "running":
      return { activeState: "active", subState: status, result: "success" };
    case "restarting":
      // As systemd calls the wait before a restart of its own.
      return { activeState: "activating", subState: "auto-restart", result: resultOf(inspected) };
    case "stopping":
    case "removing":
      return { activeState: "deactivating", subState: status, result: "success" };
    case "created":
    case "configured":
    case "initialized":
    case "paused":
      return { activeState: "inactive", subState: status, result: "success" };
    case "exited":
    case "stopped":
    case "dead": {
      const result = resultOf(inspected);
      return { activeState: result === "success" ? "inactive" : "failed", subState: status, result };
    }
    default:
      return { activeState: "unknown", subState: "unknown", result: "unknown" };
  }
}

/** In systemd's words, by which a failure has its class. */
function resultOf({ exitCode, isOomKilled }: Inspected): string {
  if (isOomKilled) return "oom-kill";
  if (exitCode === 0) return "success";
  return exitCode > 128 ? "signal" : "exit-code";
}

/** The group of a process, as `/proc/PID/cgroup` says; null: it says none that can be told. */
export function controlGroupIn(text: string): string | null {
  const lines = text.split("\n").map((line) => /^[0-9]+:([^:]*):(\/.*)$/.exec(line));
  const paths = new Map(lines.map((line) => [line?.[1], line?.[2] ?? ""]));
  // Of version 1 systemd's own tree is the one that has every group.
  const path = paths.get("name=systemd") ?? paths.get("") ?? "";
  return path.length > 1 ? path : null;
}
