// plants: no-restricted-imports
// doors/ knows only who comes in.
import type { Signal } from "../words/signal.ts";

export type Kept = Signal;
