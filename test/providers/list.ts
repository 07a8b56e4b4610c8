// The fakes by the kind of channel that they stand behind: one line each. test/providers/run.ts serves one of them by
// its name, and docs/channels.md has what is typed for each. E-mail by Cloudflare goes by a binding: its fake cannot be
// served. Nothing in here is a secret: the examples that each provider's documentation has, or zeros.
import { fakeDiscord } from "./discord.ts";
import { fakeNtfy } from "./ntfy.ts";
import { fakePagerDuty } from "./pagerduty.ts";
import { postBox } from "./post-box.ts";
import type { FakeProvider, ProviderClock } from "./provider.ts";
import { fakePushover } from "./pushover.ts";
import { FakeResend } from "./resend.ts";
import { fakeSlack } from "./slack.ts";
import { FakeTelegram } from "./telegram.ts";
import { FakeVoice } from "./voice.ts";
import { fakeWebhook } from "./webhook.ts";

/** `hook`: where the desk hears of it, `/v1/channels/NAME`; null: nothing is brought to it. */
type MakeProvider = (clock: ProviderClock, hook?: string | null) => FakeProvider;

export const PROVIDERS: ReadonlyMap<string, MakeProvider> = new Map<string, MakeProvider>([
  ["post-box", postBox],
  ["ntfy", (clock) => fakeNtfy(clock, { tokens: null })],
  // the keys that https://pushover.net/api has in its examples
  [
    "pushover",
    (clock) =>
      fakePushover(clock, {
        token: "azGDORePK8gMaC0QOYAMyEEuzJnyUi",
        users: ["uQiRzpo4DXghDmr9QzzfQu27cmVRsG"],
      }),
  ],
  [
    "pagerduty",
    (clock, hook = null) =>
      fakePagerDuty(clock, {
        routingKeys: ["0123456789abcdef0123456789abcdef"],
        ...(hook === null
          ? {}
          : {
              webhook: {
                url: hook,
                secrets: ["a-secret-of-a-subscription"],
                deliver: async (brought) => fetch(brought),
              },
            }),
      }),
  ],
  // the token that https://core.telegram.org/bots/api has in its examples
  [
    "telegram",
    (clock, hook = null) =>
      new FakeTelegram({
        clock,
        token: "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11",
        chats: new Map([["123456789", "open"]]),
        ...(hook === null
          ? {}
          : {
              webhook: {
                url: hook,
                secretToken: "a-random-word",
                deliver: async (pressed) => fetch(pressed),
              },
            }),
      }),
  ],
  // a key that is pressed is brought to the desk where it really is, signed for the address that the desk gave
  [
    "voice",
    (clock, hook = null) =>
      new FakeVoice({
        clock,
        account: "AC00000000000000000000000000000001",
        token: "0123456789abcdef0123456789abcdef",
        from: ["+15551230000"],
        numbers: new Map([["+15551231111", "person"]]),
        ...(hook === null ? {} : { deliver: async (pressed) => fetch(new Request(hook, pressed)) }),
      }),
  ],
  // https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
  ["slack", (clock) => fakeSlack(clock, { path: "/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX" })],
  // https://docs.discord.com/developers/resources/webhook#webhook-object
  [
    "discord",
    (clock) =>
      fakeDiscord(clock, {
        id: "223704706495545344",
        token:
          "3d89bb7572e0fb30d8128367b3b1b44fecd1726de135cbe28a41f8b2f777c372ba2939e72279b94526ff5d1bd4358d65cf11",
      }),
  ],
  ["resend", (clock) => new FakeResend({ clock, apiKey: "re_123456789", domains: ["example.org"] })],
  // the key of the example in https://www.standardwebhooks.com
  ["webhook", (clock) => fakeWebhook(clock, { secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" })],
]);
