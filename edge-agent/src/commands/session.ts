// `countersign-agent session --ledger FILE -- COMMAND…`: runs a session and appends how it ended to a service's ledger. To whoever starts
// it, it behaves as the command itself: same input and output, signals passed on, same exit code. Not pure.
import { spawn } from "node:child_process";
import { appendFile } from "node:fs/promises";
import { constants } from "node:os";
import { refuse, type Result } from "@countersign/shared/values/result";
import type { CommandRefusal } from "../core/command-refusal.ts";
import { parseExitClasses, sessionLine, type SessionEnd } from "../core/evidence/session-class.ts";
import { describeFailure } from "../failure.ts";
import type { Print } from "./print.ts";

const PASSED_ON = ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const;

export interface SessionOptions {
  readonly ledger: string;
  /** `41=auth` and the like */
  readonly classes: readonly string[];
  readonly argv: readonly string[];
  readonly print: Print;
}

/** Runs the command to its end; the value is the exit code to leave with. */
export async function runSession(options: SessionOptions): Promise<Result<number, CommandRefusal>> {
  const classes = parseExitClasses(options.classes);
  if (!classes.ok) return refuse({ reason: "usage", sentence: classes.error.reason });
  const startedAt = Date.now();
  const end = await runToItsEnd(options.argv, options.print);
  const line = sessionLine({ startedAt, endedAt: Date.now(), ...end }, classes.value);
  // A session must not fail because nobody could write down how it ended.
  await appendFile(options.ledger, line, { mode: 0o644 }).catch((error: unknown) =>
    options.print.error(describeFailure(error)),
  );
  return { ok: true, value: exitCodeOf(end) };
}

function runToItsEnd([program = "", ...args]: readonly string[], print: Print): Promise<SessionEnd> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: "inherit" });
    const pass = (signal: NodeJS.Signals) => void child.kill(signal);
    for (const signal of PASSED_ON) process.on(signal, pass);
    child.on("error", (error: NodeJS.ErrnoException) => {
      print.error(`${program} could not be started (${error.code ?? error.message}).`);
      resolve({ code: error.code === "ENOENT" ? 127 : 126, signal: null });
    });
    child.on("exit", (code, signal) => resolve({ code, signal }));
  });
}

/** As a shell would say it: 128 and the number of the signal. */
function exitCodeOf({ code, signal }: SessionEnd): number {
  return code ?? 128 + (constants.signals[signal as NodeJS.Signals] ?? 0);
}
