// plants: no-restricted-imports
// policy/ stands on channels/ and shared/.
import type { Signal } from "../core/words/signal.ts";

export type Kept = Signal;
