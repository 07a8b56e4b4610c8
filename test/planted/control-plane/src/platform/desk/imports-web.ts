// plants: no-restricted-imports
// The platform stands below everything that answers requests.
import { planted } from "../../web/frame/refusals.ts";

export const kept = [planted];
