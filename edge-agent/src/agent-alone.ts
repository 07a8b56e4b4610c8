#!/usr/bin/env node
// What the agent's unit starts: the agent and nothing else. It is carried inside the host command, and `install` puts it beside that
// (core/evidence/systemd-units.ts). Where it cannot have its catalogue read by a process of the whole program, it becomes the whole program.
import { dirname, join } from "node:path";
import { runAsAgent } from "./commands/run-as-agent.ts";

const whole = join(dirname(process.argv[1] ?? ""), "countersign-agent.mjs");
const becomeWhole = async (): Promise<never> => {
  await import(whole);
  // It ends this process itself.
  return await new Promise(() => {});
};

const [command, ...args] = process.argv.slice(2);
if (command !== "run" || !(await runAsAgent(args, whole, becomeWhole))) await becomeWhole();
