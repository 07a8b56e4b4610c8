// Loads the host's trust file: the keys this host believes. Refused rather than half understood.
import { ok, type Result } from "@countersign/shared/values/result";
import { Trust } from "@countersign/shared/wire/host-trust";
import type { CommandRefusal } from "../core/command-refusal.ts";
import { firstProblemOf } from "./load-catalogue.ts";
import { type Mode, no, readOwnedFile } from "./read-owned-file.ts";

/** Reads and checks the trust file at `path`. */
export async function loadTrust(path: string, mode: Mode): Promise<Result<Trust, CommandRefusal>> {
  const text = await readOwnedFile(path, mode);
  return text.ok ? parseTrust(text.value, path) : text;
}

/** Checks a trust file's text; `path` only names it. */
export function parseTrust(text: string, path: string): Result<Trust, CommandRefusal> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return no("not-json", `${path} is not valid JSON: ${(error as Error).message}.`);
  }
  const parsed = Trust.safeParse(json);
  if (!parsed.success) return no("wrong-shape", `${path}: ${firstProblemOf(parsed.error).text}.`);
  const { keys } = parsed.data;
  // One key in two roles would let one signature pass for two people's.
  for (const name of ["keyId", "publicKey"] as const)
    if (new Set(keys.map((key) => key[name])).size !== keys.length)
      return no("key-repeated", `${path}: the same ${name} is there twice: keep each key once, in one role.`);
  return ok(parsed.data);
}
