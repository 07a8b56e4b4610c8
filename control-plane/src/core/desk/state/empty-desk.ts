// A desk that knows nothing yet: no incident, no approval, no page, nothing that a person has set. Pure.
import { NO_RECORDS } from "@countersign/shared/values/records";
import { type Collection, DESK_RECORDS, type DeskState } from "./desk-state.ts";

/** All places of the state. */
export const COLLECTIONS = Object.keys(DESK_RECORDS) as readonly Collection[];

export const EMPTY_DESK = Object.fromEntries(
  COLLECTIONS.map((collection) => [collection, NO_RECORDS]),
) as unknown as DeskState;
