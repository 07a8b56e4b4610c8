// The command line of `npm start`: what can be said, and its defaults. What is not understood is said on stderr, and thrown as commander's
// own error with its exit code; so is help, with 0.
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { PROJECT_ROOT } from "./bundle.ts";

export type HostKind = "systemd" | "process";

export interface StartOptions {
  readonly port: number;
  readonly listen: string;
  /** also on this machine's address in its private network */
  readonly lan?: boolean;
  /** where people reach the desk; absent: where it listens */
  readonly publicUrl?: string;
  readonly trustProxy?: boolean;
  readonly state: string;
  readonly fresh?: boolean;
  /** absent: chosen by what this machine has */
  readonly host?: HostKind | "none";
  /** false: no passkey is waited for, and the demo host begins without an approver */
  readonly approver: boolean;
  readonly policy?: string;
  readonly profile: "economy" | "default" | "fast";
  readonly story?: boolean;
  /** with --story: then the control plane is the attacker's */
  readonly hostile?: boolean;
  readonly json?: boolean;
}

/** Reads the command line. */
export function readStartOptions(argv: readonly string[]): StartOptions {
  const command = new Command("npm start --")
    .description("Runs the control plane on this machine, with a demo host that has a real agent.")
    .option("--port <n>", "port of the desk and the agents", wholeNumber(0, 65_535), 8787)
    .option("--listen <address>", "address to listen on", "127.0.0.1")
    .option(
      "--lan",
      "listen on this machine's address in its private network too, so that a phone there can open the desk: over plain http, for a try",
    )
    .option(
      "--public-url <url>",
      "where people reach the desk, such as https://desk.your-domain.net behind a proxy of yours",
    )
    .option(
      "--trust-proxy",
      "callers are a proxy of yours (Caddy, nginx): who called it is the last address of its X-Forwarded-For. " +
        "Without it that header is dropped: anyone can write it",
    )
    .addOption(
      new Option("--state <dir>", "where state is kept between runs").default(
        join(PROJECT_ROOT, ".countersign"),
        ".countersign",
      ),
    )
    .option("--fresh", "forget the state of earlier runs")
    .addOption(
      new Option(
        "--host <kind>",
        "the demo host: a real systemd machine (needs root on Debian or Ubuntu; asked for by name it installs the Debian packages it " +
          "needs), or an agent beside a small service of this user. Absent: as in the last run of this state; in its first run systemd where root and " +
          "systemd-nspawn are there, else process",
      ).choices(["systemd", "process", "none"]),
    )
    .option(
      "--no-approver",
      "wait for no passkey: levels 4 and 5 stay closed on the demo host until somebody makes one",
    )
    .option("--policy <file>", "policy (YAML) instead of the demo's")
    .addOption(
      new Option("--profile <name>", "liveness profile of the demo's policy")
        .choices(["economy", "default", "fast"])
        .default("fast"),
    )
    .option("--story", "play the whole story unattended, then stop")
    .option(
      "--hostile",
      "with --story: an honest act, then every attack by whoever has the whole control plane",
    )
    .option("--json", "with --story: print one JSON summary on stdout")
    .showHelpAfterError("(add --help for what can be said)")
    .exitOverride();
  const options = command.parse(argv, { from: "user" }).opts<StartOptions>();
  if (options.json === true && options.story !== true) command.error("error: --json goes with --story");
  if (options.hostile === true && options.story !== true) command.error("error: --hostile goes with --story");
  return options;
}

/** Reads an option that is a whole number within bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}`);
  };
}
