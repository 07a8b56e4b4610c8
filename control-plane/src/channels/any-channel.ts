// What is asked of a channel whatever its kind: what a policy may write of it, what is wrong with it, whether it can be read along, what goes
// out. The address that a policy chose is judged here, in the schema and again before each attempt, so that no channel can leave it out.
import * as z from "zod";
import { assert, type Result } from "@countersign/shared/values/result";
import { parseChannelAddress } from "./channel-address.ts";
import { CHANNELS } from "./channel-list.ts";
import type { SecretUnusable } from "./channel-secret.ts";
import type { ChannelBindings, ChannelKind, Message, Outgoing, WrittenAddress } from "./channel.ts";

type SettingsOf<List> = { [Index in keyof List]: List[Index] extends ChannelKind<infer S> ? S : never };

/** One channel as a policy writes it. */
export const Channel = z.discriminatedUnion(
  "kind",
  CHANNELS.map(judgedSettingsOf) as unknown as SettingsOf<typeof CHANNELS>,
);
export type Channel = z.infer<typeof Channel>;

/** The settings of all channels that say where they send. */
export const ADDRESS_KEYS: ReadonlySet<string> = new Set(CHANNELS.flatMap(({ addressKeys }) => addressKeys));

/** Why a channel cannot work, judged without sending anything, in words for a person; null: nothing speaks against it. */
export function channelProblemOf(channel: Channel, bindings: ChannelBindings): string | null {
  const kind = kindOf(channel);
  const address = judgeAddress(kind.addressOf(channel));
  return address?.ok === false ? address.error.sentence : kind.problemOf(channel, bindings);
}

/** Says whether pages on a channel can be read on their way. */
export function isOpenChannel(channel: Channel): boolean {
  const address = judgeAddress(kindOf(channel).addressOf(channel));
  return address?.ok === true && address.value.isOpen;
}

/** The name of the binding that holds a channel's secret; null: it names none. */
export function secretNameOf(channel: Channel): string | null {
  return "secret" in channel ? (channel.secret ?? null) : null;
}

/** What goes out on a channel for one message. */
export function channelRequestOf(
  channel: Channel,
  message: Message,
  bindings: ChannelBindings,
): Promise<Result<Outgoing, SecretUnusable>> {
  return kindOf(channel).request(channel, message, bindings);
}

// One place forgets which settings belong to which kind: the two were found by the same word.
function kindOf(channel: Channel): ChannelKind {
  const kind = CHANNELS.find(({ kind }) => kind === channel.kind);
  assert(kind !== undefined, "a channel is of a kind of the list");
  return kind;
}

function judgedSettingsOf(kind: ChannelKind): ChannelKind["settings"] {
  return kind.settings.superRefine((settings, context) => {
    const address = kind.addressOf(settings);
    const judged = judgeAddress(address);
    if (address !== null && judged?.ok === false)
      context.addIssue({ code: "custom", path: [address.key], message: judged.error.sentence });
  });
}

function judgeAddress(address: WrittenAddress | null): ReturnType<typeof parseChannelAddress> | null {
  return address === null ? null : parseChannelAddress(address.text, address.insecure);
}
