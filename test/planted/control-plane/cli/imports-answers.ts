// plants: no-restricted-imports
// Of the API the command knows the table.
import { planted } from "../src/api/answers/audit.ts";

export const kept = [planted];
