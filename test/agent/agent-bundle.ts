// Bundles the host command once for all tests of this layer, by the build that is installed on hosts, and the actuator of `actuator-host.ts`
// likewise: each process of theirs would read two hundred sources else. Global set-up of the layer.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { AGENT_ENTRY, buildAgent } from "../../edge-agent/build.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** the host command */
    agentBundle: string;
    /** `actuator-program.ts` */
    actuatorBundle: string;
  }
}

export default async function bundle({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "cs-agent-bundle-"));
  const program = join(import.meta.dirname, "actuator-program.ts");
  provide("agentBundle", await buildAgent(AGENT_ENTRY, join(folder, "countersign-agent.mjs")));
  provide("actuatorBundle", await buildAgent(program, join(folder, "actuator-program.mjs")));
  return () => rm(folder, { recursive: true, force: true });
}
