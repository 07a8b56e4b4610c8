// plants: no-restricted-imports
// Of what does something the table knows types alone.
import { planted } from "../../http/problem.ts";

export const kept = [planted];
