// plants: no-restricted-imports
// core decides, shells perform.
import { planted } from "../actuator/server.ts";

export const kept = [planted];
