// plants: nothing
// What a folder inside core/ may import.
import type { Signal } from "../signal.ts";

export type Kept = Signal;
