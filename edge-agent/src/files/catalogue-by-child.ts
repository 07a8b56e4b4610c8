// Loads the catalogue for a process that stays: another one reads the YAML, and ends. The value is checked here all the same, and where that way
// fails (no process can be started, it takes too long, it prints something else) there is no answer, and the file must be read here. Not pure.
import { execFile } from "node:child_process";
import * as z from "zod";
import { Catalogue } from "@countersign/shared/host/catalogue";
import type { Result } from "@countersign/shared/values/result";
import type { CommandRefusal } from "../core/command-refusal.ts";
import type { Mode } from "./read-owned-file.ts";

const CHILD_TIMEOUT_MS = 15_000;
/** A catalogue has 64 KiB; its aliases may make it longer. */
const VALUE_BYTES_MAX = 1024 * 1024;

const Printed = z.discriminatedUnion("ok", [
  z.strictObject({ ok: z.literal(true), value: Catalogue }),
  z.strictObject({
    ok: z.literal(false),
    error: z.object({ reason: z.string().max(80), sentence: z.string().max(4_000) }),
  }),
]);

/** Null: no answer. `program`: how the program is started that prints it. */
export async function loadCatalogueByChild(
  path: string,
  mode: Mode,
  program: readonly [string, ...string[]],
): Promise<Result<Catalogue, CommandRefusal> | null> {
  const printed = Printed.safeParse(await printedBy([...program, "catalogue-value", mode, path]));
  return printed.success ? printed.data : null;
}

function printedBy([file, ...args]: readonly [string, ...string[]]): Promise<unknown> {
  const bounds = { timeout: CHILD_TIMEOUT_MS, killSignal: "SIGKILL", maxBuffer: VALUE_BYTES_MAX } as const;
  return new Promise((resolve) => {
    const child = execFile(file, args, bounds, (error, stdout) => resolve(error ? null : jsonOf(stdout)));
    child.stdin?.end();
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
