// Why something failed, by class, wherever it is told: by a check, a session, a provider.
import * as z from "zod";

/** Why something failed, by class: what a rule may act on, where the text is for people. */
export const FailureClass = z.enum([
  "auth",
  "memory",
  "rate-limit",
  "network",
  "provider",
  "config",
  "crash",
  "timeout",
  "other",
]);
export type FailureClass = z.infer<typeof FailureClass>;
