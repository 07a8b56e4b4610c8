// What a channel is: one value in a file of this room, and one line of channel-list.ts. Pure: a channel makes what goes
// out and reads what comes back; platform/desk sends it. What a reader would get wrong: `Channel` (any-channel.ts) is
// what a policy writes of one; this is the kind that it is of. What a channel can do beside sending (say what became of
// a message, fall silent, bring what a person did) is absent where it cannot.
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
  /** where the provider may bring what its person did: this desk's `/v1/channels/NAME`; null: no link can be made */
  readonly toldAt: string | null;
  /**
   * the handle of the incident's first message on this channel, for what hangs threads; null: this is the first, or it
   * has none
   */
  readonly earlier: string | null;
  /**
   * what was sent last to this person here about the incident, for what keeps one alert for several pages. absent:
   * nothing that can be named
   */
  readonly latest?: {
    readonly handle: string;
    /** nobody took it, it is not over, and no newer one stands in its place */
    readonly isOpen: boolean;
  };
  /** epoch milliseconds at which the message was made, and of this attempt */
  readonly createdAt: number;
  readonly sentAt: number;
}

/** What prints pages where the control plane runs: a binding of the Worker that answers requests. */
export interface Terminal {
  readonly fetch: (request: Request, init?: RequestInit) => Promise<Response>;
}

/**
 * A mail as Cloudflare's `send_email` binding takes it
 * (https://developers.cloudflare.com/email-service/api/send-emails/workers-api/).
 */
export interface Mail {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The binding that sends mails; it throws what it refuses. */
export interface Mailer {
  readonly send: (mail: Mail) => Promise<{ readonly messageId?: string } | undefined | void>;
}

/** What channels read of the Worker's bindings; secrets are looked up by the names that a policy gives (channel-secret.ts). */
export interface ChannelBindings {
  readonly TERMINAL?: Terminal;
  readonly EMAIL?: Mailer;
}

/** What a channel wants sent, and by which way. */
export type Outgoing =
  | { readonly by: "network" | "terminal"; readonly request: Request }
  | { readonly by: "mail"; readonly mail: Mail };

/** What came back; the body is cut (ANSWER_BYTES_MAX). */
export interface ProviderAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/**
 * Taken. `handle`: the provider's own name for it, by which it can be asked about, ended or hung beneath; null: it gave
 * none.
 */
export interface Accepted {
  readonly result: "accepted";
  readonly handle: string | null;
}

/** Not taken. */
export interface NotAccepted {
  readonly result: "failed";
  /** for people and audit: a status and the provider's own code; no secret, no address */
  readonly detail: string;
  /** the provider wants nothing before so many milliseconds are over; null: it said nothing of it */
  readonly retryAfterMs: number | null;
  /** the same again is refused again: a token that is not valid, a topic that is not there */
  readonly isForGood: boolean;
}

/** What a channel makes of an answer. */
export type Taken = Accepted | NotAccepted;

/**
 * How far a message got, as its provider says. `delivered`: it is on a device, or somebody took the call. `seen`: its
 * person looked at it.
 * `acknowledged`: its person said that they have it. `lost`: it reached nobody, and the provider does nothing more about it.
 */
export type ReceiptStage = "delivered" | "seen" | "acknowledged" | "lost";

/** What a provider says became of a message. */
export interface Receipt {
  readonly stage: ReceiptStage;
  /** epoch milliseconds at which it happened; null: the provider does not say */
  readonly at: number | null;
  /** for people and audit */
  readonly detail: string;
}

/**
 * Why a provider is told something about a message that it took: somebody has it, it is over, or a newer one stands in
 * its place.
 */
export type Settling = "acknowledged" | "resolved" | "superseded";

/** By what a message is named before it is sent. */
export type Naming = Pick<Message, "incidentId" | "key" | "kind" | "latest" | "severity">;

/** A message that a provider took, or may have taken. */
export interface Carried {
  readonly handle: string;
  readonly incidentId: string;
  readonly key: string;
}

/** What somebody sent to this desk's `/v1/channels/NAME`; nothing of it is believed before the channel has checked it. */
export interface ToldRequest {
  /** as the provider addressed it: this desk's public address, with path and query */
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  /** epoch milliseconds at which it came */
  readonly cameAt: number;
}

/** What a provider brought, once the channel has checked that it was the provider. */
export interface Told {
  /**
   * the message that it is about, or what knows its handle from all others; null: about none, and the answer stands for
   * itself
   */
  readonly handle: string | ((handle: string) => boolean) | null;
  readonly receipt: Receipt | null;
  /**
   * what the provider is answered, by what became of it: `taken`; `refused`, the person may not; `unknown`, there is no
   * such message any more
   */
  readonly answer: (became: "taken" | "refused" | "unknown") => {
    readonly contentType: string;
    readonly body: string;
  };
}

/** What people can expect of a channel: the CLI, the people's view and the desk's core go by it. */
export interface ChannelTraits {
  /** how it is called by people: "Pushover", "a phone call (Twilio)" */
  readonly name: string;
  /** `silent-phone`: rings a phone that is set to silent; `phone`: as loud as the phone's settings let it; `nobody` */
  readonly wakes: "silent-phone" | "phone" | "nobody";
  /** what its provider tells beside that it took a message */
  readonly receipts: "accepted" | "delivered" | "acknowledged";
  /** its person can say "I have it" right where it arrives, where it is set up for that */
  readonly acknowledges: boolean;
  /** `rings`: what does not want somebody now is not sent on it */
  readonly carries: "everything" | "rings";
  /**
   * a ring of which its provider has not said within so many milliseconds that it arrived goes on to the next channel;
   * null: it says no such thing
   */
  readonly arrivesWithinMs: number | null;
  /** what it costs, in one sentence */
  readonly costs: string;
}

/** An address as a policy wrote it, and the setting that holds it. */
export interface WrittenAddress {
  readonly key: string;
  readonly text: string;
  /** the policy's word that a private network may read the pages */
  readonly insecure: boolean;
}

type AnySettings = z.ZodObject<{ kind: z.ZodLiteral<string> }, z.core.$strict>;

type Made = Promise<Result<Outgoing, SecretUnusable>>;

/** How a provider is asked what became of a message. */
export interface Asks<Settings> {
  /** pauses between the questions, the last one again and again; none after `untilMs` from when it was taken */
  readonly everyMs: readonly number[];
  readonly untilMs: number;
  request(settings: Settings, carried: Carried, bindings: ChannelBindings): Made;
  /** null: nothing is known of it yet, or the answer says nothing */
  read(answer: ProviderAnswer): Receipt | null;
}

/** How a provider is told that nobody needs a message any more. */
export interface Settles<Settings> {
  /** what it is told at all */
  readonly how: readonly Settling[];
  request(settings: Settings, carried: Carried & { readonly how: Settling }, bindings: ChannelBindings): Made;
}

/** One way to reach people. */
export interface ChannelKind<Settings extends AnySettings = AnySettings> {
  readonly kind: z.infer<Settings>["kind"];
  readonly traits: ChannelTraits;
  /** what a policy may write of it */
  readonly settings: Settings;
  /** the settings that say where it sends: the views do not show them */
  readonly addressKeys: readonly (string & keyof z.infer<Settings>)[];
  /** the address that the policy chose, judged for all channels alike (any-channel.ts); null: the policy chooses none */
  addressOf(settings: z.infer<Settings>): WrittenAddress | null;
  /** what else can be seen to be wrong with it before a page needs it; null: nothing */
  problemOf(settings: z.infer<Settings>, bindings: ChannelBindings): string | null;
  /**
   * why nobody can answer there as it is set, though the traits say so; null: they can. absent: no setting decides it
   */
  unanswered?(settings: z.infer<Settings>): string | null;
  /**
   * why what its provider brings can not be checked where this desk runs: it is refused, and pages go out all the same.
   * null: nothing speaks against it. absent: what it needs for it, it needs for its pages too
   */
  unheard?(settings: z.infer<Settings>, bindings: ChannelBindings): string | null;
  /** what goes out for one message */
  request(settings: z.infer<Settings>, message: Message, bindings: ChannelBindings): Made;
  /**
   * by which name it can be settled though nobody ever hears its provider's answer; the same for each attempt. null: this
   * one has none. absent: only an answer names a message
   */
  names?(message: Naming): string | null;
  /** what the answer to it means; absent: by its status alone (answers.ts) */
  read?(answer: ProviderAnswer): Taken;
  /** absent: its provider cannot be asked */
  readonly asks?: Asks<z.infer<Settings>>;
  /** absent: its provider is told nothing */
  readonly settles?: Settles<z.infer<Settings>>;
  /** what a provider brought by itself; refused: it was not the provider. absent: it brings nothing */
  hear?(
    settings: z.infer<Settings>,
    told: ToldRequest,
    bindings: ChannelBindings,
  ): Promise<Result<Told, { readonly reason: "not-the-provider" | "secret-unusable" }>>;
}

/** States a channel, so that the compiler holds each of its functions against its own settings. */
export function channelKind<Settings extends AnySettings>(
  channel: ChannelKind<Settings>,
): ChannelKind<Settings> {
  return channel;
}
