// plants: no-restricted-imports
// api/ and web/ are two doors.
import { planted } from "../web/frame/sentences.ts";

export const kept = [planted];
