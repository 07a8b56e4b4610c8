// One way to reach people, as a policy writes it. Deny by default: a secret is a binding whose name begins with CHANNEL_, so that no
// policy can send a key of the desk's own anywhere; an address is judged by shared/channel-address.
import * as z from "zod";
import { parseChannelAddress } from "./channel-address.ts";

const SECRET_NAME = /^CHANNEL_[A-Z0-9_]{1,56}$/;
/** Bindings of the desk itself; nothing of them is for a channel, under no name. */
const OWN_BINDINGS = /^(ADMIN_|DESK_|POLICY$|PUBLIC_URL$)/;

/** Says whether a binding of that name may be a channel's secret. */
export function isChannelSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

const SecretName = z.string().regex(SECRET_NAME, { error: ({ input }) => secretNameHint(String(input)) });

function secretNameHint(name: string): string {
  if (OWN_BINDINGS.test(name))
    return "expected a binding that begins with CHANNEL_: this one is the desk's own, and no channel's";
  // Short and with an underscore: a name, and no secret that was written in its place.
  if (/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(name) && name.length <= 32)
    return `only bindings that begin with CHANNEL_ are given to channels: rename the binding ${name} to CHANNEL_${name}`;
  return "expected the name of a binding such as CHANNEL_NTFY_TOKEN, not the secret itself";
}

/** pages may be read on the way: they go to a private address over plain http */
const insecure = z.boolean().default(false);

export const Channel = z.discriminatedUnion("kind", [
  /** printed where the control plane runs; without a terminal there it reaches nobody */
  z.strictObject({ kind: z.literal("terminal") }),
  /** https://docs.ntfy.sh/publish/ */
  z
    .strictObject({
      kind: z.literal("ntfy"),
      server: z.string().max(2_000).default("https://ntfy.sh"),
      topic: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
      /** binding that holds an access token; absent: none is sent */
      secret: SecretName.optional(),
      insecure,
    })
    .superRefine((channel, context) => judgeAddress(channel, "server", context)),
  /** signed as https://www.standardwebhooks.com */
  z
    .strictObject({
      kind: z.literal("webhook"),
      url: z.string().max(2_000),
      /** binding that holds the `whsec_…` signing secret */
      secret: SecretName,
      insecure,
    })
    .superRefine((channel, context) => judgeAddress(channel, "url", context)),
]);
export type Channel = z.infer<typeof Channel>;

/** Where a channel sends; null: nowhere over a network. */
export function addressTextOf(channel: Channel): string | null {
  switch (channel.kind) {
    case "terminal":
      return null;
    case "ntfy":
      return channel.server;
    case "webhook":
      return channel.url;
  }
}

/** Says whether pages on a channel can be read on their way. */
export function isOpenChannel(channel: Channel): boolean {
  const text = addressTextOf(channel);
  if (text === null || channel.kind === "terminal") return false;
  const parsed = parseChannelAddress(text, channel.insecure);
  return parsed.ok && parsed.value.isOpen;
}

function judgeAddress(
  channel: { readonly insecure: boolean; readonly server?: string; readonly url?: string },
  key: "server" | "url",
  context: z.RefinementCtx,
): void {
  const parsed = parseChannelAddress(channel[key] ?? "", channel.insecure);
  if (!parsed.ok) context.addIssue({ code: "custom", path: [key], message: parsed.error.sentence });
}
