// What stands between something breaking at night and somebody who wakes, as steps with their proof. Pure. What a reader
// would get wrong: a step is done by what was seen to work (a page that arrived, a test page that was opened), and never by
// what was set up alone.
import type { ChannelReach, Reach, SentPage } from "../../core/desk/paging/reach.ts";

/** On how many devices each person is signed in; who is not in it: on none. */
export type Devices = ReadonlyMap<string, number>;

/** Who looks. */
interface Reader {
  readonly responder: string;
  readonly devices: Devices;
}

/** Somebody on call, and what keeps them from waking or answering; null: nothing that is known. */
export interface OnCallPerson {
  readonly responder: string;
  readonly name: string;
  readonly afterMs: number;
  readonly wants: "no-way" | "broken" | "no-device" | "unproven" | null;
}

export interface ReachSteps {
  /** the reader's channels that reach a phone and may work, by name, and whether any is known to */
  readonly channels: { readonly names: readonly string[]; readonly isProven: boolean };
  /** the same and the broken ones, each by how it did last */
  readonly ways: {
    readonly proven: readonly string[];
    readonly unproven: readonly string[];
    readonly broken: readonly string[];
  };
  /** the reader's last test page that they opened; null: none */
  readonly seenTest: SentPage | null;
  /** who is woken after the first */
  readonly others: readonly OnCallPerson[];
  readonly deviceCount: number;
}

/** These write where somebody must look by themselves. */
const NO_PHONE: ReadonlySet<string> = new Set(["terminal", "console", "log", ""]);

/** How far a person has come. */
export function stepsOf(reach: Reach, { devices, responder }: Reader): ReachSteps {
  const ways = waysTo(reach, responder);
  const named = (states: readonly ChannelReach["state"][]) =>
    ways.filter(({ state }) => states.includes(state)).map(({ channel }) => channel);
  const { lastTest } = reach;
  const isSeen = lastTest !== null && lastTest.responder === responder && lastTest.seenAt !== null;
  const proven = named(["works"]);
  return {
    channels: {
      names: ways.filter(({ state }) => state !== "broken").map(({ channel }) => channel),
      isProven: proven.length > 0,
    },
    ways: { proven, unproven: named(["never-tried", "pending"]), broken: named(["broken"]) },
    seenTest: isSeen ? lastTest : null,
    others: onCallPeople(reach, devices).filter((person) => person.responder !== responder),
    deviceCount: devices.get(responder) ?? 0,
  };
}

/** Who is on call, in their order. */
export function onCallPeople(reach: Reach, devices: Devices): readonly OnCallPerson[] {
  return reach.onCall.map((person) => ({ ...person, wants: wantsOf(reach, devices, person.responder) }));
}

/** What they want, in words that follow their name. */
export function wantsText(wants: NonNullable<OnCallPerson["wants"]>): string {
  switch (wants) {
    case "no-way":
      return "no way reaches a phone";
    case "broken":
      return "no way works";
    case "no-device":
      return "no device";
    case "unproven":
      return "not proven";
  }
}

function wantsOf(reach: Reach, devices: Devices, responder: string): OnCallPerson["wants"] {
  const ways = waysTo(reach, responder);
  if (ways.length === 0) return "no-way";
  if (ways.every(({ state }) => state === "broken")) return "broken";
  if ((devices.get(responder) ?? 0) === 0) return "no-device";
  return ways.some(({ state }) => state === "works") ? null : "unproven";
}

function waysTo({ channels }: Reach, responder: string): readonly ChannelReach[] {
  return channels.filter((channel) => channel.responder === responder && !NO_PHONE.has(channel.kind));
}
