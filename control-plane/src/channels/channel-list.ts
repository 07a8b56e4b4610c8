// All ways to reach people. The policy's schema, what its diff hides, what is wrong with a route and what goes out read this list.
import { NTFY } from "./ntfy.ts";
import { TERMINAL } from "./terminal.ts";
import { WEBHOOK } from "./webhook.ts";

/** In the order in which they are told. */
export const CHANNELS = [TERMINAL, NTFY, WEBHOOK] as const;
