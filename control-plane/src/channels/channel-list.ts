// All ways to reach people. The policy's schema, what its diff hides, what is wrong with a route and what goes out read this list.
import { EMAIL } from "./email.ts";
import { DISCORD, SLACK } from "./incoming-webhooks.ts";
import { NTFY } from "./ntfy.ts";
import { PAGERDUTY } from "./pagerduty.ts";
import { PUSHOVER } from "./pushover.ts";
import { RESEND } from "./resend.ts";
import { TELEGRAM } from "./telegram.ts";
import { TERMINAL } from "./terminal.ts";
import { VOICE } from "./voice.ts";
import { WEBHOOK } from "./webhook.ts";

/** In the order in which they are told. */
export const CHANNELS = [
  TERMINAL,
  NTFY,
  PUSHOVER,
  PAGERDUTY,
  TELEGRAM,
  VOICE,
  SLACK,
  DISCORD,
  EMAIL,
  RESEND,
  WEBHOOK,
] as const;
