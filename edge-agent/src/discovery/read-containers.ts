// Asks docker and podman which containers run, where the program is there and lets this user ask; else their control groups tell at least that there are some.
import { access } from "node:fs/promises";
import { engineOf } from "@countersign/shared/host/action-argv";
import type { FoundContainer } from "../core/discovery/observations.ts";
import { listedContainersIn } from "../core/discovery/proc-text.ts";
import { tryTool } from "../run-tool.ts";

const QUESTION_TIMEOUT_MS = 5_000;
const FORMAT = "{{.ID}}\t{{.Names}}\t{{.Image}}\t{{.Ports}}";

/** The containers that run; `seen` are those whose control groups were found. */
export async function readContainers(
  seen: readonly { readonly id: string; readonly engine: "docker" | "podman" }[],
): Promise<readonly FoundContainer[]> {
  const found = new Map<string, FoundContainer>();
  for (const { id, engine } of seen) found.set(id, { id, engine, name: null, image: "", ports: [] });
  for (const engine of ["docker", "podman"] as const) {
    const program = engineOf({ name: engine, engine });
    if (
      !(await access(program).then(
        () => true,
        () => false,
      ))
    )
      continue;
    const listed = await tryTool([program, "ps", "--no-trunc", "--format", FORMAT], QUESTION_TIMEOUT_MS);
    if (!listed.isDone) continue;
    for (const container of listedContainersIn(listed.output))
      found.set(container.id, { ...container, engine });
  }
  return [...found.values()];
}
