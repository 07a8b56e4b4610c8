// plants: no-restricted-imports
// replay/ uses the Worker, never the reverse.
import { planted } from "../../replay/main.ts";

export const kept = [planted];
