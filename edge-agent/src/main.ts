#!/usr/bin/env node
// The host command. Every command is imported only when it runs, so that the agent carries nothing it does not need. A failure is
// one sentence on stderr and a non-zero exit code; COUNTERSIGN_DEBUG=1 adds the stack.
import { resolve } from "node:path";
import { inspect } from "node:util";
import { Argument, Command, CommanderError, Option } from "commander";
import { refuse, type Result } from "@countersign/shared/values/result";
import { visibleLines } from "@countersign/shared/values/visible-text";
import { type Print, terminal } from "./commands/print.ts";
import type { CommandRefusal } from "./core/command-refusal.ts";
import { describeFailure, EXIT } from "./failure.ts";
import { type HostPaths, pathsOf } from "./paths.ts";
import { AGENT_VERSION } from "./version.ts";

interface PathFlags {
  readonly configDir?: string;
  readonly stateDir?: string;
  readonly socket?: string;
}

const print: Print = {
  line: terminal.line,
  // A sentence may tell what a file or a server says, and that must not steer the terminal.
  error: (text) => terminal.error(visibleLines(`countersign-agent: ${text}`)),
};

const program = new Command("countersign-agent")
  .description("Watches this host for Countersign, and runs only what a person has countersigned.")
  .version(AGENT_VERSION)
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "countersign-agent: ")) })
  .showHelpAfterError("(add --help for what can be said)")
  .addHelpText(
    "after",
    `
Examples:
  sudo countersign-agent discover --output catalogue.yaml
  sudo countersign-agent discover --merge
  sudo countersign-agent install
  sudo countersign-agent enroll --url https://countersign.example.org --token-file -
  sudo countersign-agent trust accept
  sudo countersign-agent doctor
  countersign-agent catalogue check /etc/countersign/catalogue.yaml
  countersign-agent run
  countersign-agent session-dropin bob.service --ledger /var/lib/bob/ledger.ndjson --class 41=auth
  countersign-agent leave --reason reboot --within 5m && reboot

Exit codes: 0 done, 1 failed, 2 wrong usage, 78 cannot work until a person changes something.`,
  );

withPaths(program.command("enroll"))
  .description("enrol this host with a one-time token from the desk")
  .requiredOption("--url <url>", "address of the control plane")
  .option("--token-file <file>", "file that holds the one-time token; - reads it from standard input")
  .option("--token <token>", "the token itself, which then stands in the list of processes; - as above")
  .option(
    "--trust-words <words>",
    "the fingerprint words of the fleet's approvers, read on the desk: nobody is asked",
  )
  .option("--no-approver", "believe no approver yet: levels 4 and 5 stay closed")
  .option("--force", "give up the enrolment that is there", false)
  .option("--allow-http", "send the token unencrypted, on a network you trust", false)
  .option("--json", "print the answer as JSON", false)
  .action(
    async (
      flags: PathFlags & {
        url: string;
        token?: string;
        tokenFile?: string;
        trustWords?: string;
        approver: boolean;
        force: boolean;
        allowHttp: boolean;
        json: boolean;
      },
    ) => {
      const { runEnroll } = await import("./commands/enroll.ts");
      report(await runEnroll({ ...flags, paths: pathsFrom(flags) }), EXIT.failed);
    },
  );

const trust = program
  .command("trust")
  .description("what this host believes of the fleet's approvers (docs/emergency.md)");

for (const [name, description] of [
  ["show", "what is believed now: version and words, people, levels, desk keys"],
  ["verify", "follow the versions from the accepted one again; exit 1 when they are not whole"],
  ["history", "each version, and who signed it"],
] as const)
  withPaths(trust.command(name))
    .description(description)
    .option("--json", "print the answer as JSON", false)
    .action(async (flags: PathFlags & { json: boolean }) => {
      const { runTrustHistory, runTrustShow, runTrustVerify } = await import("./commands/trust.ts");
      const run = { show: runTrustShow, verify: runTrustVerify, history: runTrustHistory }[name];
      report(await run({ paths: pathsFrom(flags), json: flags.json, print }), EXIT.failed);
    });

withPaths(trust.command("accept"))
  .description("believe the version that the desk offers, or one in a file, as root")
  .argument("[file]", "a version saved from the desk; absent: the one that is offered")
  .option("--words <words>", "its fingerprint words, read on the desk: nobody is asked")
  .option("--force", "also one that is older than what is believed", false)
  .option("--json", "print the answer as JSON", false)
  .action(
    async (
      file: string | undefined,
      flags: PathFlags & { words?: string; force: boolean; json: boolean },
    ) => {
      const { runTrustAccept } = await import("./commands/trust.ts");
      const { force, json, words = null } = flags;
      const paths = pathsFrom(flags);
      report(await runTrustAccept({ file, words, force, json, paths, print }), EXIT.failed);
    },
  );

withPaths(program.command("run"))
  .description("run the agent in the foreground")
  .action(async (flags: PathFlags) => {
    const { runAgent } = await import("./commands/run.ts");
    const { loadCatalogue } = await import("./files/load-catalogue.ts");
    report(await runAgent(pathsFrom(flags), { loadCatalogue, self: selfArgv() }), EXIT.configuration);
    // Checks that hang must not keep a stopped agent alive.
    process.exit();
  });

withPaths(program.command("actuator"))
  .description("run the actuator in the foreground (systemd starts it by its socket)")
  .action(async (flags: PathFlags) => {
    const { runActuator } = await import("./commands/actuator.ts");
    // What an action left open must not keep an actuator alive that has ended.
    process.exit(await runActuator({ paths: pathsFrom(flags), print }));
  });

program
  .command("journal", { hidden: true })
  .description(
    "answer one question about the last lines of a service's log (systemd starts it by its socket)",
  )
  .action(async () => {
    const { runJournal } = await import("./commands/journal.ts");
    process.exit(await runJournal({ input: process.stdin, output: process.stdout, print }));
  });

program
  .command("install")
  .description("make this machine a host: units, sudoers and the program itself, as root")
  .option("--dry-run", "only list what would be done", false)
  .option("--session-dropins", "write the drop-ins of services whose catalogue declares sessions", false)
  .action(async (flags: { dryRun: boolean; sessionDropins: boolean }) => {
    const { runInstall } = await import("./commands/install.ts");
    process.exit(await runInstall({ ...flags, print }));
  });

program
  .command("uninstall")
  .description("take the installation back, as root")
  .option("--purge", "remove configuration, key and journal too", false)
  .action(async ({ purge }: { purge: boolean }) => {
    const { runUninstall } = await import("./commands/uninstall.ts");
    process.exitCode = await runUninstall({ purge, print });
  });

withPaths(program.command("doctor"))
  .description("prove that all is seen and can be executed before it is needed, and name what mends it")
  .option("--json", "print the findings as JSON", false)
  .addOption(new Option("--as-agent", "only what the agent itself sees").default(false).hideHelp())
  .action(async ({ asAgent, json, ...flags }: PathFlags & { asAgent: boolean; json: boolean }) => {
    const { runDoctor } = await import("./commands/doctor/doctor.ts");
    process.exit(await runDoctor({ paths: pathsFrom(flags), json, asAgent, print }));
  });

withPaths(program.command("render"))
  .description("print what install would write")
  .addArgument(new Argument("<what>").choices(["sudoers", "units"]))
  .action(async (what: "sudoers" | "units", flags: PathFlags) => {
    const { runRender } = await import("./commands/render.ts");
    process.exitCode = await runRender({ what, paths: pathsFrom(flags), print });
  });

withPaths(program.command("leave"))
  .description("announce that this host will be away for a while")
  .requiredOption("--reason <reason>", "reboot, upgrade, stop or retired")
  .requiredOption("--within <duration>", "how long until it is back at the latest, such as 5m")
  .option("--json", "print the answer as JSON", false)
  .action(async (flags: PathFlags & { reason: string; within: string; json: boolean }) => {
    const { runLeave } = await import("./commands/leave.ts");
    report(await runLeave({ ...flags, paths: pathsFrom(flags) }), EXIT.failed);
  });

withPaths(program.command("session-dropin"))
  .description(
    "print the systemd drop-in that writes a unit's sessions to a service's ledger (docs/evidence.md)",
  )
  .argument("<unit>", "the service unit, such as bob.service or bob@.service")
  .option("--ledger <file>", "the ledger; absent: the one that the catalogue declares of the unit")
  .option("--class <code=class>", "what an exit code means, such as 41=auth; may be repeated", collect, [])
  .action(async (unit: string, flags: PathFlags & { ledger?: string; class: string[] }) => {
    const { runSessionDropin } = await import("./commands/session-dropin.ts");
    const { class: classes, ledger } = flags;
    report(await runSessionDropin({ unit, ledger, classes, paths: pathsFrom(flags), print }), EXIT.failed);
  });

// Unit files of 0.1 start their program by it.
program
  .command("session", { hidden: true })
  .allowUnknownOption()
  .argument("[anything...]")
  .action(async () => {
    const { NO_WRAPPER_ANY_MORE } = await import("./commands/session-dropin.ts");
    report(refuse({ reason: "usage", sentence: NO_WRAPPER_ANY_MORE }), EXIT.usage);
  });

program
  .command("discover")
  .description(
    "look at this host and propose a catalogue (reads only; as root it sees all). With --merge exit 1 means: there is a difference",
  )
  .option(
    "--merge [file]",
    "only what this catalogue lacks, and what of it is gone (default: /etc/countersign/catalogue.yaml)",
  )
  .option("--output <file>", "write it to this file, which must not be there yet")
  .option("--force", "write over the file of --output", false)
  .option("--json", "print the answer as JSON", false)
  .action(
    async ({
      merge,
      ...flags
    }: {
      merge?: string | true;
      output?: string;
      force: boolean;
      json: boolean;
    }) => {
      const { runDiscover } = await import("./commands/discover.ts");
      const file = merge === true ? pathsOf({}).catalogue : merge;
      const ended = await runDiscover({ ...flags, ...(file === undefined ? {} : { merge: file }), print });
      report(ended, EXIT.usage);
      if (ended.ok) process.exitCode = ended.value;
    },
  );

program
  .command("catalogue")
  .description("work with catalogue files")
  .command("check")
  .description("check a catalogue file: all that is wrong with it, or what it lets run")
  .argument("<file>", "catalogue file")
  .option("--json", "print the answer as JSON", false)
  .action(async (file: string, { json }: { json: boolean }) => {
    const { runCatalogueCheck } = await import("./commands/catalogue-check.ts");
    process.exitCode = await runCatalogueCheck(file, json, print);
  });

process.on("unhandledRejection", fail);
process.on("uncaughtException", fail);
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else fail(error);
}

/** What starts this program once more. */
function selfArgv(): readonly string[] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? ""];
}

/** An option that may be repeated. */
function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function withPaths(command: Command): Command {
  return command
    .option("--config-dir <dir>", "directory of catalogue and trust file (default: /etc/countersign)")
    .option("--state-dir <dir>", "directory of all state (default: below /var/lib)")
    .option("--socket <path>", "the actuator's socket (default: /run/countersign/actuator.sock)");
}

function pathsFrom({ configDir, stateDir, socket }: PathFlags): HostPaths {
  const absolute = (path: string | undefined) => (path === undefined ? undefined : resolve(path));
  return pathsOf({ configDir: absolute(configDir), stateDir: absolute(stateDir), socket: absolute(socket) });
}

/** Ends a command with its refusal's sentence, if it has one. */
function report(result: Result<unknown, CommandRefusal>, exitCode: number): void {
  if (result.ok) return;
  print.error(result.error.sentence);
  process.exitCode = result.error.reason === "usage" ? EXIT.usage : exitCode;
}

function fail(error: unknown): void {
  print.error(describeFailure(error));
  if (process.env["COUNTERSIGN_DEBUG"] === "1") print.error(inspect(error));
  process.exit(EXIT.failed);
}
