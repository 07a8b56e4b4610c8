// What is asked of a channel whatever its kind: what a policy may write of it, what is wrong with it, whether it can be read along, what goes
// out. The address that a policy chose is judged here, in the schema and again before each attempt, so that no channel can leave it out.
import * as z from "zod";
import { assert, refuse, type Result } from "@countersign/shared/values/result";
import { readStatus } from "./answers.ts";
import { parseChannelAddress } from "./channel-address.ts";
import { CHANNELS } from "./channel-list.ts";
import type { SecretUnusable } from "./channel-secret.ts";
import type {
  Carried,
  ChannelBindings,
  ChannelKind,
  ChannelTraits,
  Message,
  Naming,
  Outgoing,
  ProviderAnswer,
  Receipt,
  Settling,
  Taken,
  Told,
  ToldRequest,
  WrittenAddress,
} from "./channel.ts";
import { publicAddress } from "./message-text.ts";

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

/** What goes out on a channel for one message. */
export function channelRequestOf(
  channel: Channel,
  message: Message,
  bindings: ChannelBindings,
): Promise<Result<Outgoing, SecretUnusable>> {
  return kindOf(channel).request(channel, message, bindings);
}

/** The name that a message has before it is sent; null: only its provider's answer names it. */
export function nameBeforehand(channel: Channel, message: Naming): string | null {
  return kindOf(channel).names?.(message) ?? null;
}

/** What the answer to such a request means. */
export function readAnswer(channel: Channel, answer: ProviderAnswer): Taken {
  return kindOf(channel).read?.(answer) ?? readStatus(answer);
}

/** What a channel can do, and what follows after its provider took a message. */
export interface ChannelWay extends ChannelTraits {
  /** pauses between questions what became of it, the last one again and again; empty: it cannot be asked */
  readonly asksEveryMs: readonly number[];
  /** no question after so long; from when it was taken */
  readonly asksUntilMs: number;
  /** what its provider is told when nobody needs the message any more; empty: nothing */
  readonly settles: readonly Settling[];
  /** its provider brings by itself what people did */
  readonly hears: boolean;
}

export function wayOfChannel(channel: Channel): ChannelWay {
  const kind = kindOf(channel);
  const { asks, settles, traits } = kind;
  const isUnanswered = (kind.unanswered?.(channel) ?? null) !== null;
  return {
    ...traits,
    // Its provider brings nothing, as it is set.
    ...(isUnanswered ? ({ acknowledges: false, receipts: "accepted" } as const) : {}),
    asksEveryMs: asks?.everyMs ?? [],
    asksUntilMs: asks?.untilMs ?? 0,
    settles: settles?.how ?? [],
    hears: kind.hear !== undefined && !isUnanswered,
  };
}

/**
 * Why nobody can answer right where a page of it arrives, though its kind lets them; null: they can, or it is of a kind
 * that nobody answers. `publicUrl`: where people and providers reach this desk; null: nowhere that is known.
 */
export function unansweredOf(channel: Channel, publicUrl: string | null): string | null {
  const kind = kindOf(channel);
  if (!kind.traits.acknowledges) return null;
  const unset = kind.unanswered?.(channel) ?? null;
  if (unset !== null || kind.hear === undefined || publicAddress(publicUrl) !== null) return unset;
  return publicUrl === null ? "this desk's PUBLIC_URL is not set" : `its provider cannot reach ${publicUrl}`;
}

/** Why an answer that its provider brings is refused here, though it is set up; null: nothing speaks against it. */
export function unheardOf(channel: Channel, bindings: ChannelBindings): string | null {
  return wayOfChannel(channel).hears ? (kindOf(channel).unheard?.(channel, bindings) ?? null) : null;
}

/** The question what became of a message; null: its provider cannot be asked. */
export async function askRequestOf(
  channel: Channel,
  carried: Carried,
  bindings: ChannelBindings,
): Promise<Result<Outgoing, SecretUnusable> | null> {
  return kindOf(channel).asks?.request(channel, carried, bindings) ?? null;
}

/** What a provider says became of it; null: nothing yet. */
export function readReceipt(channel: Channel, answer: ProviderAnswer): Receipt | null {
  return kindOf(channel).asks?.read(answer) ?? null;
}

/** What tells its provider that nobody needs a message any more; null: it is told nothing. */
export async function settleRequestOf(
  channel: Channel,
  carried: Carried & { readonly how: Settling },
  bindings: ChannelBindings,
): Promise<Result<Outgoing, SecretUnusable> | null> {
  return kindOf(channel).settles?.request(channel, carried, bindings) ?? null;
}

/** What a provider brought by itself; refused: it was not the provider, or the channel hears nothing. */
export async function hearOn(
  channel: Channel,
  told: ToldRequest,
  bindings: ChannelBindings,
): Promise<Result<Told, { readonly reason: "not-the-provider" | "secret-unusable" }>> {
  return kindOf(channel).hear?.(channel, told, bindings) ?? refuse({ reason: "not-the-provider" });
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
