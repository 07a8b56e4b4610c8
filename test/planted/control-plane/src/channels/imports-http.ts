// plants: no-restricted-imports
// channels stands below http.
import { planted } from "../http/problem.ts";

export const kept = [planted];
