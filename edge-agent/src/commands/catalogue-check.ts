// `countersign-agent catalogue check FILE`: reads a catalogue as the agent and the actuator will, and shows the exact argument
// vectors that it lets run. Changes nothing. Not pure.
import { resolve } from "node:path";
import { argvOf } from "@countersign/shared/host/action-argv";
import type { Catalogue } from "@countersign/shared/host/catalogue";
import { ok, type Result } from "@countersign/shared/values/result";
import type { CommandRefusal } from "../core/command-refusal.ts";
import { loadInstallable } from "../files/load-catalogue.ts";

/** Checks one file; prints what it allows. */
export async function runCatalogueCheck(file: string, json: boolean): Promise<Result<null, CommandRefusal>> {
  const path = resolve(file);
  const catalogue = await loadInstallable(path, "process");
  if (!catalogue.ok) return catalogue;
  const actions = actionsOf(catalogue.value);
  process.stdout.write(json ? `${JSON.stringify({ path, ok: true, actions })}\n` : wordsOf(path, actions));
  return ok(null);
}

interface Action {
  readonly service: string;
  readonly action: string;
  readonly level: number;
  readonly argv: readonly string[];
}

function actionsOf(catalogue: Catalogue): Action[] {
  return catalogue.services.flatMap((service) =>
    service.actions.map((action) => ({
      service: service.name,
      action: action.name,
      level: action.level,
      argv: argvOf(service, action),
    })),
  );
}

function wordsOf(path: string, actions: readonly Action[]): string {
  const lines = actions.map(
    ({ service, action, level, argv }) => `  ${service} ${action} (level ${level}): ${argv.join(" ")}`,
  );
  const head = `${path} is valid; ${actions.length === 0 ? "it lets nothing run" : "it lets run"}`;
  return `${[head, ...lines].join("\n")}\n`;
}
