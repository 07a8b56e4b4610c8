// plants: no-restricted-imports
// policy/ stands on shared/ alone.
import type { Signal } from "../core/words/signal.ts";

export type Kept = Signal;
