// plants: no-restricted-imports
// wire/ stands below host/.
import type { Catalogue } from "../host/catalogue.ts";

export type Kept = Catalogue;
