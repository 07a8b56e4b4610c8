// What a host's own doctor found, as its agent tells it: only what is wrong or could not be seen. All of it is the host's word, the commands
// too: it is shown to people and run by nobody here.
import * as z from "zod";
import { ItemName } from "../values/ids.ts";
import { EXAMINED_FINDINGS_MAX, SUMMARY_CHARS_MAX } from "../values/limits.ts";

export const ExaminedFinding = z.strictObject({
  /** what was looked at, such as `unit: web.service` */
  check: z.string().min(1).max(SUMMARY_CHARS_MAX),
  /** null: it is about the host */
  service: ItemName.nullable(),
  /** `unknown`: nobody who looked could see it */
  status: z.enum(["wrong", "unknown"]),
  /** what it means, in one sentence */
  detail: z.string().max(SUMMARY_CHARS_MAX),
  /** the command that mends it, for a person on that host; null: only a person knows */
  mend: z.string().max(SUMMARY_CHARS_MAX).nullable(),
});
export type ExaminedFinding = z.infer<typeof ExaminedFinding>;

export const ExaminedFindings = z.array(ExaminedFinding).max(EXAMINED_FINDINGS_MAX);
