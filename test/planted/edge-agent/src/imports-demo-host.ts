// plants: no-restricted-imports
// demo-host/ uses the agent, never the reverse.
import { planted } from "../demo-host/main.ts";

export const kept = [planted];
