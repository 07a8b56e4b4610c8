// plants: no-restricted-imports
// The command stands above replay/.
import type { OperatorApi } from "../../cli/operator-api.ts";

export type Kept = OperatorApi;
