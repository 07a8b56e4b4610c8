// plants: no-restricted-imports
// http/ is what web/ and api/ share.
import { planted } from "../web/frame/refusals.ts";

export const kept = [planted];
