// plants: no-restricted-imports
// notify stands below http.
import { planted } from "../http/problem.ts";

export const kept = [planted];
