#!/usr/bin/env node
// What the actuator's unit starts: the actuator and nothing else, because a person's yes waits while it is loaded. It is carried inside the host
// command, and `install` puts it beside that (core/evidence/systemd-units.ts). Whatever else is asked of it is for the whole program to answer.
import { dirname, join } from "node:path";
import { runActuator } from "./commands/actuator.ts";
import { failAlone, pathsIn, sayAlone } from "./commands/alone.ts";
import { terminal } from "./commands/print.ts";

const [command, ...args] = process.argv.slice(2);
const paths = command === "actuator" ? pathsIn(args) : null;
if (paths === null) await import(join(dirname(process.argv[1] ?? ""), "countersign-agent.mjs"));
// What an action left open must not keep an actuator alive that has ended.
else
  process.exit(
    await runActuator({ paths, print: { line: terminal.line, error: sayAlone } }).catch(failAlone),
  );
