// The desk's state as it comes back from JSON: what a life after a crash begins with. Pure.
import { recordsFrom } from "@countersign/shared/values/records";
import type { DeskState } from "../../../../control-plane/src/core/desk/state/desk-state.ts";

/** The state of its JSON text. */
export function restoredDesk(text: string): DeskState {
  const stored = JSON.parse(text) as Readonly<Record<keyof DeskState, Readonly<Record<string, unknown>>>>;
  const collections = Object.entries(stored).map(([name, records]) => [
    name,
    recordsFrom(Object.entries(records)),
  ]);
  return Object.fromEntries(collections) as DeskState;
}
