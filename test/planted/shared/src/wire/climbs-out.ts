// plants: no-restricted-imports
// A room of shared/ stays in shared/.
import type { Signal } from "../../../control-plane/src/core/words/signal.ts";

export type Kept = Signal;
