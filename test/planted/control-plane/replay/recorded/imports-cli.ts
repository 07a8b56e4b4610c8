// plants: no-restricted-imports
// The command stands above replay/.
import type { OperatorApi } from "../../cli/api-calls.ts";

export type Kept = OperatorApi;
