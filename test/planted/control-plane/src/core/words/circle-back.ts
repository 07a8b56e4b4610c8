// plants: no-cycle
// The other half of the circle.
import type { CircleThere } from "./circle-there.ts";

export interface CircleBack {
  readonly there: CircleThere | null;
}
