// What every list that comes in parts asks for and answers: where it goes on, how much of it, until when it holds. Pure.
import * as z from "zod";
import { CURSOR_CHARS_MAX, LIST_ROWS_MAX } from "@countersign/shared/values/limits";
import { Instant, Text } from "../../stored/read-stored.ts";

/** How much is asked for, and from where on. */
export const part = {
  after: z.string().max(CURSOR_CHARS_MAX).optional().describe("`next` of the part before"),
  limit: z.coerce
    .number<string | number>()
    .int()
    .min(1)
    .max(LIST_ROWS_MAX)
    .default(LIST_ROWS_MAX)
    .describe("how many rows at most"),
};

/** Where the next part begins, and until when this one holds. */
export const place = {
  next: Text.nullable().describe("`after` for the next part; null: that was all"),
  asOf: Instant.nullable().describe(
    "until when it holds what the desk did; null: D1 does not answer, and there are no rows",
  ),
};
