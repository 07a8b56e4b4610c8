// plants: no-restricted-imports
// shared/ stands below both sides, types included.
import type { Signal } from "../../control-plane/src/core/words/signal.ts";

export type Kept = Signal;
