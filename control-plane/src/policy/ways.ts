// What the core knows of the channels that a policy names: what each can do, never how. Pure. It stands here because
// core/ knows no channel.
import { namedAt } from "@countersign/shared/values/named";
import { type ChannelWay, nameBeforehand, wayOfChannel } from "../channels/any-channel.ts";
import type { Naming } from "../channels/channel.ts";
import type { Policy } from "./policy.ts";

export type { ChannelWay } from "../channels/any-channel.ts";
export type { ReceiptStage, Settling } from "../channels/channel.ts";

/** What a channel can do; null: the policy names none such. */
export function wayOf({ channels }: Pick<Policy, "channels">, channel: string): ChannelWay | null {
  const settings = namedAt(channels, channel);
  return settings === undefined ? null : wayOfChannel(settings);
}

/** By which name a message can be settled though its answer is lost; null: none is known before it is sent. */
export function nameOn(
  { channels }: Pick<Policy, "channels">,
  channel: string,
  message: Naming,
): string | null {
  const settings = namedAt(channels, channel);
  return settings === undefined ? null : nameBeforehand(settings, message);
}
