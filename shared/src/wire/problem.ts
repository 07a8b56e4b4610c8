// HTTP refusals as RFC 9457 problem documents. One switch maps reasons to them (control-plane/src/http/problem.ts); this is the
// shape that clients parse.
import * as z from "zod";

export const PROBLEM_CONTENT_TYPE = "application/problem+json";

export const Problem = z.object({
  /** `urn:countersign:problem:REASON` */
  type: z.string(),
  title: z.string(),
  status: z.int(),
  /** one sentence for the person: what to do */
  detail: z.string(),
});
export type Problem = z.infer<typeof Problem>;
