// Channels as they stand at a terminal: each with what it can, whether it works and what it carried last; and all kinds
// that there are. Pure.
import { entriesOf } from "@countersign/shared/values/named";
import type { BodyOf } from "../../src/api/table/route.ts";
import type { RouteOf } from "../../src/api/table/routes.ts";
import { type ChannelWay, unansweredOf, wayOfChannel } from "../../src/channels/any-channel.ts";
import { CHANNELS } from "../../src/channels/channel-list.ts";
import type { ChannelTraits } from "../../src/channels/channel.ts";
import { settingsOfKind } from "../../src/policy/channel-said.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { ageOf, tableOf } from "../table.ts";

type Reach = Pick<BodyOf<RouteOf<"GET /v1/admin/reach">>, "channels" | "here">;
type Way = Reach["channels"][number];

/** One channel of one person, or of nobody; `acknowledges`: its kind lets people answer there, and so it is set. */
export interface ChannelShown extends Pick<ChannelWay, "wakes" | "acknowledges" | "receipts"> {
  readonly channel: string;
  readonly kind: string;
  /** null: the policy gives it to nobody */
  readonly person: string | null;
  /** why nobody can answer there, though its kind lets them; null: they can, or its kind does not, or it is not known */
  readonly unanswered: string | null;
  readonly state: Way["state"] | "unused";
  readonly problem: string | null;
  /** how far the last one got, as its provider said; null: no more is known than that it was taken, or was not */
  readonly stage: string | null;
  readonly last: Way["last"];
}

const HEADS = ["CHANNEL", "KIND", "FOR", "WAKES", "ANSWERS", "RECEIPT", "LAST", "STATE"];

/** All channels of a policy in its order, each once for each person who has it. */
export function channelsShownOf(
  { channels, responders }: Policy,
  { channels: ways, here }: Reach,
): readonly ChannelShown[] {
  return entriesOf(channels).flatMap(([channel, settings]): readonly ChannelShown[] => {
    const { acknowledges: canBe, receipts, wakes } = wayOfChannel(settings);
    // What the desk says of its own bindings is the same for everybody who has the channel.
    const unheard = ways.find((each) => each.channel === channel)?.unheard ?? null;
    const unanswered = here === undefined ? null : (unansweredOf(settings, here.publicUrl) ?? unheard);
    const acknowledges = canBe && unanswered === null;
    const can = { channel, kind: settings.kind, wakes, acknowledges, unanswered, receipts };
    const people = responders.filter((each) => each.channels.includes(channel)).map(({ id }) => id);
    if (people.length === 0)
      return [{ ...can, person: null, state: "unused", problem: null, stage: null, last: null }];
    return people.map((person) => {
      const way = ways.find((each) => each.channel === channel && each.responder === person);
      const { last = null, problem = null, stage = null, state = "never-tried" as const } = way ?? {};
      return { ...can, person, state, problem, stage, last };
    });
  });
}

/** Lines for a terminal; `here`: what the desk says of itself. */
export function channelLines(
  shown: readonly ChannelShown[],
  now: number,
  here?: Reach["here"],
): readonly string[] {
  const rows = shown.map((each) => [
    each.channel,
    each.kind,
    each.person ?? "nobody",
    each.wakes === "silent-phone" ? "yes" : "no",
    each.acknowledges ? "yes" : "no",
    each.receipts,
    ageOf(each.last?.at ?? null, now),
    stateText(each),
  ]);
  return [...tableOf(HEADS, rows, { isWhole: true }), ...unansweredLines(shown), ...boundLines(shown, here)];
}

/** Who has just bound a secret, and is told that it is not set, is to know why. */
function boundLines(shown: readonly ChannelShown[], here: Reach["here"]): readonly string[] {
  const folder = here?.secretFolder ?? null;
  const isWanting = shown.some(({ problem, unanswered }) => problem !== null || unanswered !== null);
  return folder === null || !isWanting
    ? []
    : ["", `Secrets in ${folder} are read when the control plane starts: start it anew after a change.`];
}

function unansweredLines(shown: readonly ChannelShown[]): readonly string[] {
  const reasons = new Map(shown.map(({ channel, unanswered }) => [channel, unanswered]));
  const lines = [...reasons].flatMap(([channel, unanswered]) =>
    unanswered === null ? [] : [`Nobody can answer on ${channel}: ${unanswered} (docs/channels.md).`],
  );
  return lines.length === 0 ? [] : ["", ...lines];
}

function stateText({ last, problem, stage, state }: ChannelShown): string {
  switch (state) {
    case "unused":
      return "given to nobody";
    case "never-tried":
      return problem === null ? "never tried" : `broken: ${problem}`;
    case "pending":
      return "being tried";
    case "broken":
      // What was tried last: it may be mended since, which only the next one shows.
      return problem === null
        ? `broken: the last one was not taken: ${last?.error ?? "no answer came"}`
        : `broken: ${problem}`;
    case "works":
      return `works: ${stageText(stage, last)}`;
  }
}

/** How far the last one got, in the words of the views. */
function stageText(stage: string | null, last: Way["last"]): string {
  if (stage === "acknowledged") return "answered";
  if (stage === "lost") return "the last one reached nobody";
  if (stage === "seen" || (last?.seenAt ?? null) !== null) return "seen";
  return stage === "delivered" ? "arrived" : "accepted";
}

/** One kind, with what it takes. */
export interface KindShown extends ChannelTraits {
  readonly kind: string;
  readonly settings: ReturnType<typeof settingsOfKind>;
}

export function kindsShown(): readonly KindShown[] {
  return CHANNELS.map(({ kind, traits }) => ({ kind, ...traits, settings: settingsOfKind(kind) }));
}

/** Lines for a terminal. */
export function kindLines(kinds: readonly KindShown[]): readonly string[] {
  const rows = kinds.map(({ acknowledges, carries, kind, name, receipts, wakes }) => [
    kind,
    wakes === "silent-phone" ? "yes" : "no",
    acknowledges ? "yes" : "no",
    receipts,
    carries,
    name,
  ]);
  return [
    ...tableOf(["KIND", "WAKES", "ANSWERS", "RECEIPT", "CARRIES", "IS"], rows, { isWhole: true }),
    ...kinds.flatMap(({ costs, kind, settings }) => [
      "",
      `${kind}: costs ${costs}`,
      ...settings.map(
        ({ isBinding, isNeeded, key }) =>
          `  ${key}${isNeeded ? "" : ", may be left out"}${isBinding ? ": the name of a binding CHANNEL_…" : ""}`,
      ),
    ]),
  ];
}
