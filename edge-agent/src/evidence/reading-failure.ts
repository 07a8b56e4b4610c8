// What it means that a path of the catalogue could not be read, and the command that would let the agent read it. Not pure: to name the
// right command it looks which part of the path is closed.
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { dirname } from "node:path";
import { letsEnter, letsRead, OPENS_SEALED } from "@countersign/shared/host/read-remedy";
import { SEALED_FOLDERS } from "../core/evidence/systemd-units.ts";
import { systemFailureOf } from "../failure.ts";

/** `missing`: there is nothing at the path. `denied`: a person can mend it with this command. */
export type ReadingFailure =
  | { readonly kind: "missing" }
  | { readonly kind: "denied"; readonly remedy: string }
  | { readonly kind: "problem"; readonly text: string };

/** Explains why a path could not be read. */
export async function explainReading(path: string, error: unknown): Promise<ReadingFailure> {
  const code = systemFailureOf(error)?.code;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return { kind: "missing" };
    case "EACCES":
    case "EPERM":
      return { kind: "denied", remedy: await remedyFor(path) };
    case undefined:
    default:
      return { kind: "problem", text: `${path} could not be read (${code ?? "unknown error"})` };
  }
}

async function remedyFor(path: string): Promise<string> {
  const closed = await firstClosed(dirname(path));
  if (closed === null) return letsRead(path);
  // Closed by the agent's own unit, which `install` opens where the catalogue names something below.
  if (SEALED_FOLDERS.includes(closed)) return OPENS_SEALED;
  return letsEnter(closed);
}

/** The outermost folder of a path that may not be entered; null: all may. */
async function firstClosed(folder: string): Promise<string | null> {
  const outer = dirname(folder) === folder ? null : await firstClosed(dirname(folder));
  if (outer !== null) return outer;
  return access(folder, constants.X_OK).then(
    () => null,
    () => folder,
  );
}
