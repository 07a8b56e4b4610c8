// What stands between something breaking at night and somebody who wakes, as steps with their proof. Pure. What a reader would get wrong: a step
// is done by what was seen to work (a page that arrived, a test page that was opened), and never by what was set up alone.
import type { Reach, SentPage } from "../../core/desk/paging/reach.ts";

/** Who looks. */
interface Reader {
  readonly responder: string;
  readonly deviceCount: number;
}

export interface ReachSteps {
  /** the reader's channels that reach a phone, by name, and whether any is known to work */
  readonly channels: { readonly names: readonly string[]; readonly isProven: boolean };
  /** the reader's last test page that they opened; null: none */
  readonly seenTest: SentPage | null;
  /** who is woken after the first, by name */
  readonly others: readonly string[];
  readonly deviceCount: number;
}

/** These write where somebody must look by themselves. */
const NO_PHONE: ReadonlySet<string> = new Set(["terminal", "console", "log", ""]);

/** How far a person has come. */
export function stepsOf(reach: Reach, { deviceCount, responder }: Reader): ReachSteps {
  const own = reach.channels.filter(
    (channel) => channel.responder === responder && !NO_PHONE.has(channel.kind) && channel.state !== "broken",
  );
  const { lastTest } = reach;
  const isSeen = lastTest !== null && lastTest.responder === responder && lastTest.seenAt !== null;
  return {
    channels: {
      names: own.map(({ channel }) => channel),
      isProven: own.some(({ state }) => state === "works"),
    },
    seenTest: isSeen ? lastTest : null,
    others: reach.onCall.filter((person) => person.responder !== responder).map(({ name }) => name),
    deviceCount,
  };
}
