// plants: no-cycle
// A circle of types is a circle.
import type { CircleBack } from "./circle-back.ts";

export interface CircleThere {
  readonly back: CircleBack | null;
}
