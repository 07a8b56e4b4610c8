// One fake of a provider for each kind of channel, set up for the channel that the samples of the channels' own tests
// write; mailers and terminals are bindings, and reach their fake as a request as well, so that the same faults befall
// them.
import type { Channel } from "../../../control-plane/src/channels/any-channel.ts";
import type { Mail, Mailer, Terminal } from "../../../control-plane/src/channels/channel.ts";
import type { RouteBindings } from "../../../control-plane/src/platform/desk/routes.ts";
import { fakeDiscord } from "../../providers/discord.ts";
import { FakeMailer, MailRefused } from "../../providers/email.ts";
import { fakeNtfy } from "../../providers/ntfy.ts";
import { fakePagerDuty } from "../../providers/pagerduty.ts";
import { postBox } from "../../providers/post-box.ts";
import type { FakeProvider, ProviderClock } from "../../providers/provider.ts";
import { fakePushover } from "../../providers/pushover.ts";
import { FakeResend } from "../../providers/resend.ts";
import { fakeSlack } from "../../providers/slack.ts";
import { FakeTelegram } from "../../providers/telegram.ts";
import { FakeVoice } from "../../providers/voice.ts";
import { fakeWebhook } from "../../providers/webhook.ts";
import { BINDINGS, SAMPLES } from "../../unit/channels/samples.ts";

export const PUBLIC_URL = "https://desk.test";

/** What is bound where the desk runs; `send` reaches the provider of the call that is under way. */
export function bindingsFor(
  send: (request: Request) => Promise<Response>,
): RouteBindings & Readonly<Record<string, unknown>> {
  const terminal: Terminal = { fetch: (request) => send(request) };
  const mailer: Mailer = { send: (mail) => mailedBy(send, mail) };
  return { ...BINDINGS, TERMINAL: terminal, EMAIL: mailer, PUBLIC_URL };
}

interface FakeSetup {
  readonly clock: ProviderClock;
  /** as the policy calls it */
  readonly channel: string;
  /** brings a request to the desk */
  readonly deliver: (request: Request) => Promise<Response>;
}

/** The fake behind a channel of this kind. */
export function fakeOf(kind: Channel["kind"], { channel, clock, deliver }: FakeSetup): FakeProvider {
  const sample = new Map<string, string>(Object.entries(SAMPLES[kind]));
  const written = (name: string) => sample.get(name) ?? "";
  const bound = (name: string) => String(BINDINGS[name]);
  switch (kind) {
    case "terminal":
      // It prints, and rings nothing.
      return { ...postBox(clock), ringing: new Set() };
    case "ntfy":
      return fakeNtfy(clock, { tokens: [bound("CHANNEL_NTFY")] });
    case "pushover":
      return fakePushover(clock, { token: bound("CHANNEL_PUSHOVER"), users: [written("user")] });
    case "pagerduty":
      return fakePagerDuty(clock, {
        routingKeys: [bound("CHANNEL_PAGERDUTY")],
        webhook: {
          url: `${PUBLIC_URL}/v1/channels/${channel}`,
          secrets: [bound("CHANNEL_PAGERDUTY_HOOK")],
          deliver,
        },
      });
    case "slack":
      return fakeSlack(clock, { path: new URL(bound("CHANNEL_SLACK")).pathname });
    case "discord": {
      const [, , , id = "", token = ""] = new URL(bound("CHANNEL_DISCORD")).pathname.split("/");
      return fakeDiscord(clock, { id, token });
    }
    case "webhook":
      return fakeWebhook(clock, { secret: bound("CHANNEL_HOOK") });
    case "telegram":
      return new FakeTelegram({
        clock,
        token: bound("CHANNEL_TELEGRAM"),
        chats: new Map([[written("chat"), "open"]]),
        webhook: {
          url: `${PUBLIC_URL}/v1/channels/${channel}`,
          secretToken: bound("CHANNEL_TELEGRAM_HOOK"),
          deliver,
        },
      });
    case "voice":
      return new FakeVoice({
        clock,
        account: written("account"),
        token: bound("CHANNEL_TWILIO"),
        from: [written("from")],
        numbers: new Map([[written("to"), "person"]]),
        deliver,
      });
    case "email":
      return byRequest(new FakeMailer({ clock, domains: ["pages.test"], verified: [written("to")] }));
    case "resend":
      return new FakeResend({ clock, apiKey: bound("CHANNEL_RESEND"), domains: ["pages.test"] });
  }
}

/** A mailer that is reached by requests, whose refusals are statuses. */
function byRequest(mailer: FakeMailer): FakeProvider {
  return {
    async answer(request) {
      try {
        return Response.json(await mailer.send((await request.json()) as Mail));
      } catch (error) {
        if (!(error instanceof MailRefused)) throw error;
        return Response.json({ code: error.code }, { status: 400 });
      }
    },
    get arrived() {
      return mailer.arrived;
    },
    ringing: mailer.ringing,
    acknowledge: () => mailer.acknowledge(),
  };
}

/** What the binding answers or throws, by what the fake of its provider answered. */
async function mailedBy(
  send: (request: Request) => Promise<Response>,
  mail: Mail,
): Promise<{ readonly messageId: string }> {
  const request = new Request("https://mailer.test/send", { method: "POST", body: JSON.stringify(mail) });
  const response = await send(request);
  if (response.ok) return (await response.json()) as { readonly messageId: string };
  const text = await response.text();
  if (response.status === 400)
    throw new MailRefused((JSON.parse(text) as { readonly code: string }).code, "");
  const code = response.status === 429 ? "E_RATE_LIMIT_EXCEEDED" : "E_INTERNAL_SERVER_ERROR";
  throw new MailRefused(code, "the mailer failed");
}
