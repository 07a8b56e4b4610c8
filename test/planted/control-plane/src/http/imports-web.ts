// plants: no-restricted-imports
// http/ is what web/ and api/ share.
import { planted } from "../web/frame/sentences.ts";

export const kept = [planted];
