// plants: no-restricted-imports
// Nothing imports test/.
import { planted } from "../../test/scenarios/world.ts";

export const kept = [planted];
