// One document of the desk as the record that it should be: by the shape of its kind, and under the id that it says itself. Pure.
import type { Result } from "@countersign/shared/values/result";
import { type DocumentOf, type Kind, recordOf } from "../core/desk/state/record-kinds.ts";
import { DOCUMENT_SHAPES } from "./desk-shapes.ts";
import { readStored, unreadable, type Unreadable } from "./read-stored.ts";

/** Reads a document of a kind. */
export function readDocument<K extends Kind>(
  kind: K,
  id: string,
  document: unknown,
): Result<DocumentOf[K], Unreadable> {
  const read = readStored<DocumentOf[K]>(document, DOCUMENT_SHAPES[kind]);
  return read.ok && recordOf(kind).keyOf(read.value) !== id ? unreadable("another id than its own") : read;
}
