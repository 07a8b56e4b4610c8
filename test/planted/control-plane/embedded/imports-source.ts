// plants: no-restricted-imports
// embedded/ takes only types from the Worker's source.
import { planted } from "../src/worker.ts";

export const kept = [planted];
