// What examiners ask systemd: properties of units, of the machine's systemd and of users'. Runs systemctl and reads; changes nothing.
import { systemctlOf } from "@countersign/shared/host/action-argv";
import type { ServiceSpec } from "@countersign/shared/host/catalogue";
import { type ToolEnd, tryTool } from "../../run-tool.ts";

const LOOK_TIMEOUT_MS = 5_000;

/** A tool that only looks; one that does not answer, such as an engine that hangs, is not waited for. */
export async function look(argv: readonly string[]): Promise<ToolEnd> {
  return await tryTool(argv, LOOK_TIMEOUT_MS);
}

/** Whether a user's own systemd runs; asking one that does not would start it. */
export async function hasManager(user: string): Promise<boolean> {
  const { isDone, output } = await look(["/usr/bin/id", "-u", user]);
  return (
    isDone && (await look(["systemctl", "is-active", "--quiet", `user@${output.trim()}.service`])).isDone
  );
}

/** The properties of a unit by their names; null: systemd could not be asked. Spans are in the form of `systemctl show`. */
export async function askSystemd(
  service: Pick<ServiceSpec, "manager" | "user" | "unit">,
  properties: readonly string[],
): Promise<ReadonlyMap<string, string> | null> {
  const { manager, unit = "", user = "" } = service;
  if (manager === "user" && !(await hasManager(user))) return null;
  const asked = [...systemctlOf(service), "show", `--property=${properties.join(",")}`, "--", unit];
  const { isDone, output } = await look(asked);
  if (!isDone) return null;
  return new Map(
    output.split("\n").flatMap((line) => {
      const equals = line.indexOf("=");
      return equals > 0 ? [[line.slice(0, equals), line.slice(equals + 1).trim()]] : [];
    }),
  );
}

/** The first word of each line that a tool prints; nothing where it fails. */
export async function firstWords(argv: readonly string[]): Promise<readonly string[]> {
  const { isDone, output } = await look(argv);
  return isDone ? output.split("\n").flatMap((line) => line.trim().split(/\s+/)[0] || []) : [];
}

const SPAN_MS: ReadonlyMap<string, number> = new Map([
  ["us", 0.001],
  ["ms", 1],
  ["s", 1_000],
  ["min", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["w", 604_800_000],
]);

/** A span as systemd prints it, such as `1min 30s`; null: none, or for ever. */
export function spanMsOf(text: string | undefined): number | null {
  if (text === undefined || text === "" || text === "infinity") return null;
  if (text === "0") return 0;
  const parts = text.split(" ").map((part) => /^([0-9.]+)([a-z]+)$/.exec(part));
  const sum = parts.reduce(
    (total, part) => total + Number(part?.[1]) * (SPAN_MS.get(part?.[2] ?? "") ?? Number.NaN),
    0,
  );
  return Number.isNaN(sum) ? null : sum;
}

/** Whether this process is root, who may ask other users' systemd. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}
