// plants: no-restricted-imports
// api/ and web/ are two doors.
import { planted } from "../web/frame/refusals.ts";

export const kept = [planted];
