// Which actions of the catalogue this actuator could execute now: asks sudo itself about each exact line (`sudo -n -l`), and whether each
// program is there. Runs nothing of what it asks about.
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { privilegedActOf, sudoListArgvOf } from "@countersign/shared/host/action-argv";
import type { Catalogue } from "@countersign/shared/host/catalogue";
import type { ToolEnd } from "../run-tool.ts";

export interface ExecutableAction {
  readonly service: string;
  readonly action: string;
}

/** Whether sudo's answer to `sudo -n -l ARGV` allows that argument vector; sudo names the command it allows, an empty yes is no yes. */
export function isAllowedBySudo({ isDone, output }: ToolEnd, argv: readonly string[]): boolean {
  return isDone && output.includes(argv.join(" "));
}

/** Lists the executable ones, in the catalogue's order. */
export async function auditActions(
  catalogue: Catalogue,
  tryTool: (argv: readonly string[]) => Promise<ToolEnd>,
): Promise<readonly ExecutableAction[]> {
  const executable: ExecutableAction[] = [];
  for (const service of catalogue.services)
    for (const action of service.actions) {
      const act = privilegedActOf(service, action);
      const isExecutable =
        act === null
          ? action.kind === "exec" && (await isProgram(action.argv[0] ?? ""))
          : isAllowedBySudo(await tryTool(sudoListArgvOf(act)), act.argv);
      if (isExecutable) executable.push({ service: service.name, action: action.name });
    }
  return executable;
}

function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
