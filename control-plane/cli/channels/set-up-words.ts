// What is still to be done once a policy has a channel: how its secret is bound, and what its kind needs beside. Pure.
// These are the words of the command; docs/channels.md says the same with more room, and is held against them by a
// test. What a reader would get wrong: no line may have a secret in the arguments of a program, where others on the
// machine and the shell's history read it.
import { type Channel, unansweredOf } from "../../src/channels/any-channel.ts";
import { secretsOf } from "../../src/policy/channel-said.ts";
import { bindLines, type Here, shellWord } from "./binding-lines.ts";

/** What one kind needs. */
interface SetUpWords {
  /** what each binding holds, by the setting that names it */
  readonly holds: { readonly secret?: string; readonly hook?: string; readonly webhookSecret?: string };
  /** what else is to be done, each a line; empty: nothing */
  readonly beside: (name: string, channel: Channel, here: Here) => readonly string[];
}

const NOTHING = () => [];
/** Where the desk says no address of its own that a provider can reach. */
const DESK = "https://YOUR-DESK";
const ADDRESS_NEEDED = "That takes a public https address of this desk.";

/** By kind. */
export const SET_UP_WORDS: Readonly<Record<Channel["kind"], SetUpWords>> = {
  terminal: { holds: {}, beside: NOTHING },
  ntfy: {
    holds: { secret: "an access token of the ntfy server (tk_…)" },
    beside: () => [
      "On the phone: subscribe to the topic in the ntfy app. Whoever knows the topic reads the pages.",
    ],
  },
  pushover: {
    holds: { secret: "the API token of an application (https://pushover.net/apps/build)" },
    beside: () => ["On the phone: allow Critical Alerts for Pushover, or a phone on silent stays silent."],
  },
  pagerduty: {
    holds: {
      secret: "the integration key of a service (Integrations, Events API V2)",
      webhookSecret: "the secret that PagerDuty shows once, when the webhook below is made",
    },
    beside: (name, channel, here) => [
      ...pagerDutyLines(name, channel, here),
      "On the phone: in the PagerDuty app, let high-urgency notifications override silent mode.",
    ],
  },
  slack: {
    holds: { secret: "the address of an incoming webhook (https://hooks.slack.com/services/…)" },
    beside: NOTHING,
  },
  discord: {
    holds: { secret: "the address of a webhook (https://discord.com/api/webhooks/…)" },
    beside: NOTHING,
  },
  webhook: {
    holds: { secret: "the signing secret that the receiver knows too (whsec_…)" },
    beside: NOTHING,
  },
  telegram: {
    holds: {
      secret: "the bot's token, as @BotFather gives it",
      hook: "a random word that setWebhook is told too",
    },
    beside: telegramLines,
  },
  email: {
    holds: {},
    beside: () => [
      "On Cloudflare alone: onboard the sender's domain to Email Service, verify the receiver's address, and add to wrangler.toml:",
      "  [[send_email]]",
      '  name = "EMAIL"',
      "Then: npm run wrangler -- deploy",
    ],
  },
  resend: {
    holds: { secret: "an API key with sending access (re_…)" },
    beside: () => ["At Resend: verify the sender's domain, or its mails are refused."],
  },
  voice: {
    holds: { secret: "the auth token of the Twilio account" },
    beside: (_, channel, here) => [
      `On the phone: save ${channel.kind === "voice" ? channel.from : "the number"} as a contact that may ring on silent (iPhone: Ringtone, Emergency Bypass).`,
      "At Twilio nothing else is to be set: each call says itself where the key press goes.",
      ...(here === undefined ? [ADDRESS_NEEDED] : []),
    ],
  },
};

/** All of it for one channel, in the order in which it is done; without `here` it is said for desks of either kind. */
export function setUpLines(name: string, channel: Channel, here?: Here): readonly string[] {
  const { beside, holds } = SET_UP_WORDS[channel.kind];
  const held = new Map<string, string>(Object.entries(holds));
  const secrets = secretsOf(channel).map(({ binding, key }) => ({
    binding,
    holds: held.get(key) ?? "its secret",
  }));
  return [...bindLines(secrets, here), ...beside(name, channel, here), ...unansweredLines(channel, here)];
}

/** Nobody is to find out by a page that a press or a key leads nowhere. */
function unansweredLines(channel: Channel, here: Here): readonly string[] {
  // its own line says what is missing
  if (channel.kind === "telegram" && channel.hook === undefined) return [];
  if (channel.kind === "pagerduty" && channel.webhookSecret === undefined) return [];
  if (here === undefined) return [];
  const why = unansweredOf(channel, here.publicUrl);
  return why === null ? [] : [`It carries pages, but nobody can answer there: ${why} (docs/channels.md).`];
}

/** Where its provider reaches the desk. */
function deskOf(channel: Channel, here: Here): string {
  const isReached = here !== undefined && unansweredOf(channel, here.publicUrl) === null;
  return isReached ? (here.publicUrl ?? DESK) : DESK;
}

/** https://support.pagerduty.com/main/docs/webhooks */
function pagerDutyLines(name: string, channel: Channel, here: Here): readonly string[] {
  if (channel.kind !== "pagerduty" || channel.webhookSecret === undefined)
    return [
      "What is acknowledged in PagerDuty is not heard: --set webhookSecret=CHANNEL_… names a second binding (docs/channels.md).",
    ];
  return [
    "In PagerDuty: Integrations, Generic Webhooks (v3), New Webhook:",
    `  Webhook URL          ${deskOf(channel, here)}/v1/channels/${name}`,
    "  Scope                the service, and no other",
    "  Event Subscription   incident.acknowledged, incident.resolved",
  ];
}

/** The token stands in the address, so that it is read from standard input and never an argument. */
function telegramLines(name: string, channel: Channel, here: Here): readonly string[] {
  if (channel.kind !== "telegram" || channel.hook === undefined)
    return [`For the button "I have it": --set hook=CHANNEL_… names a second binding (docs/channels.md).`];
  const desk = deskOf(channel, here);
  return [
    "Tell Telegram where the button's press goes, with the same two secrets (typed, not shown):",
    "  read -rs TOKEN && read -rs HOOK &&",
    `  printf 'url = "https://api.telegram.org/bot%s/setWebhook"\\ndata-urlencode = "secret_token=%s"\\n' "$TOKEN" "$HOOK" |`,
    `    curl --silent --config - --data-urlencode url=${shellWord(`${desk}/v1/channels/${name}`)} \\`,
    `    --data-urlencode 'allowed_updates=["callback_query"]'`,
  ];
}
