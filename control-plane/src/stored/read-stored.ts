// Reads one stored record: its JSON and the shape that decisions rely on. Pure. A record of the wrong shape must be found here, where it
// costs only itself, and not deep inside a decision, where it would stop all others.
// What a reader would get wrong: a shape only says no; what is used is the value as it was stored, so a field that a newer version wrote is
// not lost on the way back.
import * as z from "zod";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { PageReason } from "../core/words/signal.ts";
import { RuleSettings } from "../policy/rule-settings.ts";

/** Why a record cannot be read: where, and never its text. */
export interface Unreadable {
  readonly reason: "unreadable";
  readonly problem: string;
}

const PROBLEM_CHARS_MAX = 120;
/** The earliest instant that a date can hold (ECMA-262 §21.4.1.1), and the last one of four digits. What waits for a later one waits for ever. */
const INSTANT_MIN = -8.64e15;
const INSTANT_MAX = Date.UTC(10_000, 0) - 1;

/** Epoch milliseconds that can be shown as a date; what a certificate says may be long ago. */
export const Instant = z.number().min(INSTANT_MIN).max(INSTANT_MAX);
export const Text = z.string();
/** How many: below zero there is always room for more. */
export const Count = z.int().min(0);
export const Flag = z.boolean();
/** A reason that this code has a rule for. */
export const PageReasonShape = z.enum(Object.keys(RuleSettings.unwrap().shape) as [PageReason]);

/** The shape of an object with a line for each of its fields; a field that is added to the type and forgotten here does not compile. */
export function shapeOf<T extends object>(fields: {
  readonly [Key in keyof Required<T>]: z.ZodType;
}): z.ZodType<T> {
  return z.looseObject(fields) as z.ZodType as z.ZodType<T>;
}

/** The shape of values by a name from outside. By hand: zod's own records leave out `__proto__`, and its value would be taken unseen. */
export function namedShapeOf(shape: z.ZodType): z.ZodType {
  return z.unknown().superRefine((record, context) => {
    if (typeof record !== "object" || record === null || Array.isArray(record))
      return context.addIssue({ code: "custom" });
    for (const [name, value] of Object.entries(record)) {
      const problem = shape.safeParse(value).error?.issues[0];
      if (problem !== undefined) context.addIssue({ code: "custom", path: [name, ...problem.path] });
    }
  });
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
