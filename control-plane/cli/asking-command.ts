// What all commands that ask a control plane have in common: their options, opening the API, the exit code. Nothing is loaded before a
// command really runs: help must not wait for what it does not say.
import { type Command, InvalidArgumentError } from "commander";
import type { Desk, Output } from "./desk.ts";
import type { ApiOptions } from "./operator-api.ts";

export interface Surroundings {
  readonly output: Output;
  /** takes the exit code */
  readonly end: (code: number) => void;
}

/** Opens the API by the options and does it; what cannot be opened is said. */
export async function withDesk(
  options: ApiOptions,
  { end, output }: Surroundings,
  act: (desk: Desk) => Promise<number>,
): Promise<void> {
  const [{ openApi }, { complain }] = await Promise.all([import("./operator-api.ts"), import("./desk.ts")]);
  const api = openApi(options, process.env);
  end(api.ok ? await act({ api: api.value, output }) : complain(output, api.error));
}

/** A command with the options that say where the control plane is. */
export function asking(command: Command, description: string): Command {
  return command
    .description(description)
    .option("--url <url>", "where the control plane is")
    .option("--admin-token-file <file>", "file that holds its admin token")
    .option("--json", "print one JSON document");
}

/** The same for a list that comes in parts. */
export function listing(command: Command, description: string): Command {
  return asking(command, description)
    .option("--limit <n>", "so many rows at most (50)", readLimit)
    .option("--all", "all rows, however many");
}

function readLimit(text: string): number {
  if (/^[1-9][0-9]{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("expected a number from 1 to 999999");
}
