// plants: no-restricted-imports
// An import goes up first and then down.
import type { FactBook } from "./../facts/fact-book.ts";

export type Kept = FactBook;
