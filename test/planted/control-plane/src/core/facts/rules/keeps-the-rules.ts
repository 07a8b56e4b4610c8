// plants: nothing
// What a room inside core/ may import: what stands below it.
import type { Signal } from "../../words/signal.ts";

export type Kept = Signal;
