// plants: no-restricted-imports
// The platform stands below everything that answers requests.
import { planted } from "../../web/frame/sentences.ts";

export const kept = [planted];
