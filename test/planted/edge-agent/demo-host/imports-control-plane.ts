// plants: no-restricted-imports
// The two sides never import each other.
import type { Signal } from "../../control-plane/src/core/signal.ts";

export type Kept = Signal;
