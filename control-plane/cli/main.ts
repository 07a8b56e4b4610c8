#!/usr/bin/env node
// The `countersign` command of the repository: what an operator runs away from the control plane. It runs from a bundle that bootstrap.mjs
// makes of these sources (bootstrap/kept-bundle.mjs).
import { CommanderError } from "commander";
import { visibleLines } from "@countersign/shared/values/visible-text";
import { countersignProgram } from "./program.ts";

/** As for a wrong input; the commands' own codes are theirs. */
const NOT_UNDERSTOOD = 2;

const { stdout } = process;
// Whoever reads has read enough, as `head` does.
stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
const complain = (text: string) => console.error(visibleLines(text));
const program = countersignProgram({
  // What a control plane answers holds texts of hosts and people.
  output: { print: (text) => console.log(visibleLines(text)), complain },
  replay: {
    print: (text) => console.log(text),
    complain,
    isColoured: stdout.isTTY && process.env["NO_COLOR"] === undefined,
    columns: stdout.isTTY ? stdout.columns : null,
    showClock: stdout.isTTY ? (text) => void stdout.write(`\r\u001b[K${text}`) : null,
  },
  end: (code) => void (process.exitCode = code),
});

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : NOT_UNDERSTOOD;
}
