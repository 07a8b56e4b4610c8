// Loads the host's own trust file, and the version of the fleet's trust that root accepted: both root's. Refused rather than half understood.
import type { z } from "zod";
import { formatPath } from "@countersign/shared/files/file-problem";
import { ok, type Result } from "@countersign/shared/values/result";
import { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import { HostTrust } from "@countersign/shared/wire/host-trust";
import { type KnownTrust, readSignedTrust } from "@countersign/shared/wire/trust-chain";
import type { CommandRefusal } from "../core/command-refusal.ts";
import { FirstTrust } from "./first-trust.ts";
import { type Mode, no, readOwnedFile } from "./read-owned-file.ts";

/** Reads and checks the trust file at `path`. */
export async function loadTrust(path: string, mode: Mode): Promise<Result<HostTrust, CommandRefusal>> {
  const text = await readOwnedFile(path, mode);
  return text.ok ? parseHostTrust(text.value, path) : text;
}

/** Checks a trust file's text; `path` only names it. */
export function parseHostTrust(text: string, path: string): Result<HostTrust, CommandRefusal> {
  const json = readJson(text, path);
  if (!json.ok) return json;
  if (FirstTrust.safeParse(json.value).success)
    return no(
      "version-1",
      `${path} is of version 1, which permits nothing any more: run \`countersign-agent enroll\` again, or \`countersign-agent trust accept\`, as root.`,
    );
  const parsed = HostTrust.safeParse(json.value);
  return parsed.success ? ok(parsed.data) : no("wrong-shape", `${path}: ${firstProblemOf(parsed.error)}.`);
}

/** Reads a trust file of version 1, to take over who this host is; null: it is none. */
export async function loadFirstTrust(path: string, mode: Mode): Promise<FirstTrust | null> {
  const text = await readOwnedFile(path, mode);
  const json = text.ok ? readJson(text.value, path) : text;
  return json.ok ? (FirstTrust.safeParse(json.value).data ?? null) : null;
}

/** Reads the version of the fleet's trust that root accepted; null: none is. */
export async function loadAccepted(
  path: string,
  mode: Mode,
): Promise<Result<KnownTrust | null, CommandRefusal>> {
  const text = await readOwnedFile(path, mode);
  if (!text.ok) return text.error.reason === "missing" ? ok(null) : text;
  const json = readJson(text.value, path);
  if (!json.ok) return json;
  const signed = SignedTrust.safeParse(json.value);
  if (!signed.success) return no("wrong-shape", `${path}: ${firstProblemOf(signed.error)}.`);
  const known = readSignedTrust(signed.data);
  return known.ok
    ? known
    : no("wrong-shape", `${path} holds no version of a fleet's trust: ${known.error.detail}.`);
}

function readJson(text: string, path: string): Result<unknown, CommandRefusal> {
  try {
    return ok(JSON.parse(text) as unknown);
  } catch (error) {
    return no("not-json", `${path} is not valid JSON: ${(error as Error).message}.`);
  }
}

/** The first thing wrong, as `key: what to do`. */
function firstProblemOf({ issues: [issue] }: z.ZodError): string {
  if (issue === undefined) return "it has not the right shape";
  const name = issue.path.length === 0 ? "the file" : `\`${formatPath(issue.path)}\``;
  if (issue.code !== "unrecognized_keys") return `${name}: ${issue.message}`;
  const where = issue.path.length === 0 ? "at the top" : `in ${name}`;
  return `there is an unknown key \`${issue.keys[0] ?? ""}\` ${where}: remove it or correct its spelling`;
}
