// plants: no-restricted-imports
// The actors stand below everything that answers requests.
import { planted } from "../../web/frame/sentences.ts";

export const kept = [planted];
