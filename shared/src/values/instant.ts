// An instant as it travels and is stored: whole milliseconds since 1970, until the end of the year 9999. What is beyond is no date that
// anybody could be shown, and a file that says so is wrong.
import * as z from "zod";
import { INSTANT_MAX } from "./limits.ts";

/** Epoch milliseconds. */
export const Instant = z.int().min(0).max(INSTANT_MAX);
