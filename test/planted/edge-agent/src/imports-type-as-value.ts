// plants: consistent-type-imports
// A type is imported as a type.
import { Level } from "@countersign/shared/grant";

export interface Kept {
  readonly level: Level;
}
