// Reads one stored record: its JSON and the shape that decisions rely on. Pure. A record of the wrong shape must be found here, where it
// costs only itself, and not deep inside a decision, where it would stop all others.
// What a reader would get wrong: a shape only says no; what is used is the value as it was stored, so a field that a newer version wrote is
// not lost on the way back.
import { ok, refuse, type Result } from "@countersign/shared/result";
import { z } from "zod";

/** Why a record cannot be read: where, and never its text. */
export interface Unreadable {
  readonly reason: "unreadable";
  readonly problem: string;
}

const PROBLEM_CHARS_MAX = 120;
/** The last instant that a date can hold (ECMA-262 §21.4.1.1). */
const INSTANT_MAX = 8.64e15;

/** Epoch milliseconds that can be shown as a date; what a certificate says may be long ago. */
export const Instant = z.number().min(-INSTANT_MAX).max(INSTANT_MAX);
export const Text = z.string();
export const Count = z.number();
export const Flag = z.boolean();

/** The shape of an object with a line for each of its fields; a field that is added to the type and forgotten here does not compile. */
export function shapeOf<T extends object>(fields: {
  readonly [Key in keyof Required<T>]: z.ZodType;
}): z.ZodType {
  return z.looseObject(fields);
}

/** A stored text as the record that it should be. */
export function readStored<T>(text: unknown, shape: z.ZodType): Result<T, Unreadable> {
  let value: unknown;
  try {
    value = JSON.parse(String(text));
  } catch {
    return unreadable("not JSON");
  }
  return checkStored<T>(value, shape);
}

/** A value from memory that outlived ours, as the record that it should be. */
export function checkStored<T>(value: unknown, shape: z.ZodType): Result<T, Unreadable> {
  const checked = shape.safeParse(value);
  if (checked.success) return ok(value as T);
  const path = checked.error.issues[0]?.path.map(String).join(".") ?? "";
  return unreadable(`wrong shape${path === "" ? "" : ` at ${path}`}`);
}

/** A no for what is wrong with a record beyond its shape. */
export function unreadable(problem: string): Result<never, Unreadable> {
  return refuse({ reason: "unreadable", problem: problem.slice(0, PROBLEM_CHARS_MAX) });
}
