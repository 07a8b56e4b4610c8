// What a channel is: one value in a file of this room, and one line of channel-list.ts. Pure: a channel makes what goes out, and
// platform/desk/send-page.ts sends it. What a reader would get wrong: `Channel` (any-channel.ts) is what a policy writes of one; this is
// the kind that it is of.
import type * as z from "zod";
import type { Result } from "@countersign/shared/values/result";
import type { Severity } from "@countersign/shared/wire/service-report";
import type { SecretUnusable } from "./channel-secret.ts";

/** What goes to one person: a page, or a sign-in link, which is sent at once and never stored. */
export interface Message {
  /** the same for each attempt, on whatever channel */
  readonly key: string;
  /** a ring wants somebody now; an update and the end are quiet; a test is as loud as a ring, and no trouble */
  readonly kind: "ring" | "update" | "recovered" | "test" | "sign-in";
  readonly incidentId: string | null;
  readonly approvalId: string | null;
  readonly responder: string;
  readonly severity: Severity;
  readonly title: string;
  readonly body: string;
  /** where the tap leads; null: no link can be made */
  readonly url: string | null;
  /** epoch milliseconds at which the message was made, and of this attempt */
  readonly createdAt: number;
  readonly sentAt: number;
}

/** What prints pages where the control plane runs: a binding of the Worker that answers requests. */
export interface Terminal {
  readonly fetch: (request: Request, init?: RequestInit) => Promise<Response>;
}

/** What channels read of the Worker's bindings; secrets are looked up by the names that a policy gives (channel-secret.ts). */
export interface ChannelBindings {
  readonly TERMINAL?: Terminal;
}

/** What a channel wants sent, and by which way. */
export interface Outgoing {
  readonly by: "network" | "terminal";
  readonly request: Request;
}

/** An address as a policy wrote it, and the setting that holds it. */
export interface WrittenAddress {
  readonly key: string;
  readonly text: string;
  /** the policy's word that a private network may read the pages */
  readonly insecure: boolean;
}

type AnySettings = z.ZodObject<{ kind: z.ZodLiteral<string> }, z.core.$strict>;

/** One way to reach people. */
export interface ChannelKind<Settings extends AnySettings = AnySettings> {
  readonly kind: z.infer<Settings>["kind"];
  /** what a policy may write of it */
  readonly settings: Settings;
  /** the settings that say where it sends: the views do not show them */
  readonly addressKeys: readonly (string & keyof z.infer<Settings>)[];
  /** the address that the policy chose, judged for all channels alike (any-channel.ts); null: the policy chooses none */
  addressOf(settings: z.infer<Settings>): WrittenAddress | null;
  /** what else can be seen to be wrong with it before a page needs it; null: nothing */
  problemOf(settings: z.infer<Settings>, bindings: ChannelBindings): string | null;
  /** what goes out for one message */
  request(
    settings: z.infer<Settings>,
    message: Message,
    bindings: ChannelBindings,
  ): Promise<Result<Outgoing, SecretUnusable>>;
}

/** States a channel, so that the compiler holds each of its functions against its own settings. */
export function channelKind<Settings extends AnySettings>(
  channel: ChannelKind<Settings>,
): ChannelKind<Settings> {
  return channel;
}
