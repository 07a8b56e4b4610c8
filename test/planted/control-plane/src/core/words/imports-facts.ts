// plants: no-restricted-imports
// words/ stands below facts/.
import type { FactBook } from "../facts/fact-book.ts";

export type Kept = FactBook;
