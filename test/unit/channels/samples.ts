// One channel of each kind as a policy writes it, with what must be bound for it: what all channels have in common is
// tested with these. A kind that is not here fails channel-list.test.ts; what each sends and reads is tested in a file
// of its own beside this one.
import {
  type Channel as AnyChannel,
  channelRequestOf,
} from "../../../control-plane/src/channels/any-channel.ts";
import { Channel } from "../../../control-plane/src/channels/any-channel.ts";
import type { ChannelBindings, Message } from "../../../control-plane/src/channels/channel.ts";

/** What is bound for the samples. */
export const BINDINGS: ChannelBindings & Readonly<Record<string, unknown>> = {
  TERMINAL: { fetch: async () => new Response() },
  EMAIL: { send: async () => undefined },
  CHANNEL_NTFY: "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2",
  CHANNEL_PUSHOVER: "azGDORePK8gMaC0QOYAMyEEuzJnyUi",
  CHANNEL_PAGERDUTY: "R03E5KDPTEST0000000000000000AAAA",
  CHANNEL_PAGERDUTY_HOOK: "HvTestSecretOfASubscription+00000000000000000000000000000000000A/b",
  CHANNEL_SLACK: "https://hooks.slack.test/services/T0000/B0000/slackHookSecret0000000000",
  CHANNEL_DISCORD: "https://discord.test/api/webhooks/1234567890/discordHookSecret_0000000000",
  CHANNEL_HOOK: "whsec_dGVzdC1zZWNyZXQtb2YtYXQtbGVhc3QtMTYtYnl0ZXM=",
  CHANNEL_TELEGRAM: "123456:telegram-token-of-a-test-bot",
  CHANNEL_TELEGRAM_HOOK: "hook_1",
  CHANNEL_TWILIO: "0123456789abcdef0123456789abcdef",
  CHANNEL_RESEND: "re_test_1",
};

/** The same with something else in it. */
export function bound(more: Readonly<Record<string, unknown>>): ChannelBindings {
  return { ...BINDINGS, ...more };
}

/** By kind. */
export const SAMPLES: Readonly<Record<AnyChannel["kind"], object>> = {
  terminal: { kind: "terminal" },
  ntfy: { kind: "ntfy", server: "https://ntfy.test", topic: "fleet", secret: "CHANNEL_NTFY" },
  pushover: {
    kind: "pushover",
    server: "https://api.pushover.test",
    user: "uQiRzpo4DXghDmr9QzzfQu27cmVRsG",
    secret: "CHANNEL_PUSHOVER",
  },
  pagerduty: {
    kind: "pagerduty",
    server: "https://events.pagerduty.test",
    secret: "CHANNEL_PAGERDUTY",
    webhookSecret: "CHANNEL_PAGERDUTY_HOOK",
  },
  slack: { kind: "slack", secret: "CHANNEL_SLACK" },
  discord: { kind: "discord", secret: "CHANNEL_DISCORD" },
  webhook: { kind: "webhook", url: "https://hook.test/in", secret: "CHANNEL_HOOK" },
  telegram: {
    kind: "telegram",
    chat: "4242",
    secret: "CHANNEL_TELEGRAM",
    hook: "CHANNEL_TELEGRAM_HOOK",
  },
  voice: {
    kind: "voice",
    account: "AC00000000000000000000000000000001",
    from: "+15550001111",
    to: "+15550002222",
    secret: "CHANNEL_TWILIO",
  },
  email: { kind: "email", from: "desk@pages.test", to: "alice@home.test" },
  resend: {
    kind: "resend",
    from: "desk@pages.test",
    to: "alice@home.test",
    secret: "CHANNEL_RESEND",
  },
};

export const MESSAGE: Message = {
  key: "inc_1:ring:1:alice",
  kind: "ring",
  incidentId: "inc_1",
  approvalId: "apr_1",
  responder: "alice",
  severity: "critical",
  title: "demo is failing on web-1",
  body: "connection refused",
  url: "https://desk.test/approvals/apr_1",
  toldAt: "https://desk.test/v1/channels/way",
  earlier: null,
  createdAt: Date.UTC(2026, 0, 1),
  sentAt: Date.UTC(2026, 0, 1, 0, 1, 0, 500),
};

/** What goes out for a message on a channel as a policy writes it; throws where nothing can. */
export async function outgoingFor(
  written: object,
  text: Partial<Message> = {},
  bindings: ChannelBindings = BINDINGS,
) {
  const made = await channelRequestOf(Channel.parse(written), { ...MESSAGE, ...text }, bindings);
  if (!made.ok) throw new Error(made.error.problem);
  return made.value;
}

/** The same, of a channel that sends requests. */
export async function requestFor(
  written: object,
  text: Partial<Message> = {},
  bindings: ChannelBindings = BINDINGS,
): Promise<Request> {
  const made = await outgoingFor(written, text, bindings);
  if (made.by === "mail") throw new Error("it sends a mail");
  return made.request;
}
