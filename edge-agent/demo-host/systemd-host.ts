import type { DemoHost, Say } from "./demo-host.ts";
export async function openSystemdHost(_options: {
  readonly stateDir: string;
  readonly say: Say;
}): Promise<DemoHost> {
  throw new Error("todo");
}
