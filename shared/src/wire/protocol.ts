// The conversation between an agent and the control plane: one WebSocket, JSON text frames, beside the bare keepalive text
// `ping`/`pong` that never reaches this parser. Frozen examples of every message stand in test/contract/v1.
//
// Version history (one integer; a change that an old peer cannot ignore makes a new one):
//   1  2026-11-22  first version
//   1  2026-11-29  optional fields: of a result `class`, `last`, `overdueSinceAt`; of a unit `id`, `loadState`, `type`, `triggeredBy`,
//                  `startTimeoutMs`, `inactiveExitAt`, `controlGroup`; of `work` `gain`; of `credential` `isExpiryUnread`, `refreshes`;
//                  of `config-changed` `isReturned`.
//                  New facts: `session-running`, `heartbeats-expected`, `reading`. A control plane from before refuses a frame with any of
//                  them (facts one by one): it is updated before its agents.
//   2  2026-11-29  what is signed: `propose`, `proposal`, `proposal-refused`, `grant`, and the new `trust` and `trust-answer`, are of version 2; all else
//                  stays as it is. A host says in its hello (`signing`) that it reads them; to one that does not, none is sent: it is
//                  connected and watched, and nothing can be asked of it.
//   1  2026-11-30  new message `last-words`, for people alone. A control plane from before refuses it (`message-unknown`) and goes on; it
//                  costs that control plane nothing else.
//   1  2026-11-30  new message `examined`. A control plane from before refuses it (`message-unknown`), and the agent tells it no more on that
//                  connection.
//
// Deploys run old and new code side by side for minutes, so a new field is optional, and its comment says what absent means.
import * as z from "zod";
import { sha256Hex } from "../values/digest.ts";
import { TIMER_MAX_MS } from "../values/duration.ts";
import { BootId, HostId, ItemName, RandomId, ShardName } from "../values/ids.ts";
import { Instant } from "../values/instant.ts";
import {
  AGENT_FRAME_BYTES_MAX,
  CONTROL_FRAME_BYTES_MAX,
  FACTS_PER_MESSAGE_MAX,
  LEAVE_RETURN_MAX_MS,
  PROPOSAL_BYTES_MAX,
  SERVICES_PER_HOST_MAX,
  SUMMARY_CHARS_MAX,
  TAGS_PER_HOST_MAX,
} from "../values/limits.ts";
import { ok, refuse, type Result } from "../values/result.ts";
import { encodeUtf8, isLongerInUtf8 } from "../values/utf8.ts";
import { RelyingParty } from "./assertion.ts";
import { Envelope } from "./envelope.ts";
import { ExaminedFindings } from "./examined.ts";
import { Fact } from "./fact.ts";
import { FleetTrustVersion, SignedTrust, TrustMark } from "./fleet-trust.ts";
import { lastWordsFields } from "./last-words.ts";
import { Outcome } from "./outcome.ts";
import { Asker, AskReason } from "./proposal.ts";
import { ServiceReport } from "./service-report.ts";
import { TRUST_REFUSALS } from "./trust-chain.ts";

export const PROTOCOL_VERSION = 1;
/** Version of the messages about what is signed. */
export const SIGNING_VERSION = 2;
/** The earned keepalive and its automatic answer; matched as exact text by the runtime. */
export const KEEPALIVE_TEXT = "ping";
export const KEEPALIVE_ANSWER_TEXT = "pong";

const version = z.literal(PROTOCOL_VERSION);
const signingVersion = z.literal(SIGNING_VERSION);
const FrameRefusalReason = z.enum([
  "frame-too-large",
  "frame-malformed",
  "version-unsupported",
  "message-unknown",
]);
const FrameHash = z.string().regex(/^[0-9a-f]{32}$/);

const DigestPart = z
  .strictObject({
    number: z.int().min(1).max(SERVICES_PER_HOST_MAX),
    of: z.int().min(2).max(SERVICES_PER_HOST_MAX),
  })
  .refine(({ number, of }) => number <= of, "a part's number is at most how many there are");

/** First message of an agent: answers the challenge. `signature` covers `connectBytesOf(…)`. */
export const Hello = z.strictObject({
  version,
  type: z.literal("hello"),
  hostId: HostId,
  bootId: BootId,
  agentVersion: z.string().max(40),
  /** for display only, never identity */
  hostname: z.string().max(253),
  /** the `host[:port]` the agent dialled: a relayed challenge fails */
  audience: z.string().max(300),
  signature: z.base64().length(88),
  probePort: z.int().min(1).max(65_535).nullable(),
  /** the catalogue's services and their actions, for display and for the rules' choice */
  catalogue: z
    .array(
      z.strictObject({
        service: ItemName,
        title: z.string().max(80),
        unit: z.string().max(200).nullable(),
        actions: z
          .array(
            z.strictObject({
              action: ItemName,
              level: z.int().min(1).max(5),
              /** the action that takes it back; absent: none */
              undo: ItemName.optional(),
            }),
          )
          .max(16),
      }),
    )
    .max(SERVICES_PER_HOST_MAX),
  /** the catalogue's tags, for the policy's overrides; absent: none */
  tags: z.array(ItemName).max(TAGS_PER_HOST_MAX).optional(),
  /**
   * it reads messages of `SIGNING_VERSION`; `trust` is the version of the fleet's trust that its actuator believes, null: none, absent: it could not be
   * asked. absent: a host of version 1, of which nothing can be asked
   */
  signing: z.strictObject({ version: signingVersion, trust: TrustMark.nullable().optional() }).optional(),
});
export type Hello = z.infer<typeof Hello>;

/** Why a host will be away. `retired`: for good, as it says; it is watched until a person retires it. */
export const LEAVE_REASONS = ["reboot", "upgrade", "stop", "retired"] as const;

export const AgentMessage = z.discriminatedUnion("type", [
  Hello,
  /** service states: changes at once, every result while unhealthy, and all of them (`digest`) on connect and every 15 minutes */
  z.strictObject({
    version,
    type: z.literal("report"),
    digest: z.boolean(),
    /** which of how many frames of one digest this is, from 1, in this order; absent: it is all of it, or no digest */
    part: DigestPart.optional(),
    sentAt: Instant,
    services: z.array(ServiceReport).max(SERVICES_PER_HOST_MAX),
  }),
  /** what is known beyond units and checks; instants by the same clock as `sentAt` */
  z.strictObject({
    version,
    type: z.literal("facts"),
    sentAt: Instant,
    facts: z.array(Fact).min(1).max(FACTS_PER_MESSAGE_MAX),
  }),
  /** the actuator's answer to `propose` */
  z.strictObject({
    version: signingVersion,
    type: z.literal("proposal"),
    requestId: RandomId,
    /** base64 of the proposal's exact bytes */
    proposal: z.base64().max(Math.ceil(PROPOSAL_BYTES_MAX / 3) * 4),
  }),
  /** the actuator would not mint one */
  z.strictObject({
    version: signingVersion,
    type: z.literal("proposal-refused"),
    requestId: RandomId,
    reason: z.enum([
      "action-unknown",
      "budget-exhausted",
      "frozen",
      /** its trust demands for this level what nobody can give: no approver is accepted there, or root has closed it */
      "level-closed",
      "own-unit",
      "actuator-unreachable",
    ]),
    detail: z.string().max(SUMMARY_CHARS_MAX),
  }),
  /** what the actuator made of a `trust`: the version that it believes now (null: none), and why not the one that was sent (null: it does) */
  z.strictObject({
    version: signingVersion,
    type: z.literal("trust-answer"),
    trust: TrustMark.nullable(),
    refusal: z
      .strictObject({
        reason: z.enum([...TRUST_REFUSALS, "actuator-unreachable"]),
        offered: FleetTrustVersion.nullable(),
        detail: z.string().max(SUMMARY_CHARS_MAX),
      })
      .nullable(),
  }),
  /** spooled until `outcome-acknowledged` names its sequence; may arrive more than once */
  z.strictObject({ version, type: z.literal("outcome"), outcome: Outcome }),
  /** what a service's log said last, when it failed or an act on it did; lost where nobody is connected */
  z.strictObject({ version, type: z.literal("last-words"), ...lastWordsFields }),
  /** what the host's own doctor found wrong or could not see; none: all was proven. When that changes, and once a day */
  z.strictObject({ version, type: z.literal("examined"), at: Instant, findings: ExaminedFindings }),
  /** an announced absence: reboot, upgrade, stop */
  z.strictObject({
    version,
    type: z.literal("leaving"),
    reason: z.enum(LEAVE_REASONS),
    returnWithinMs: z.int().min(0).max(LEAVE_RETURN_MAX_MS),
  }),
]);
export type AgentMessage = z.infer<typeof AgentMessage>;

export const ControlMessage = z.discriminatedUnion("type", [
  /** first message of the control plane on every connection; `challenge` is 32 random bytes in base64 */
  z.strictObject({ version, type: z.literal("challenge"), challenge: z.base64().length(44) }),
  /** the hello was accepted */
  z.strictObject({
    version,
    type: z.literal("welcome"),
    shard: ShardName,
    serverAt: Instant,
    keepaliveMs: z.int().min(100).max(TIMER_MAX_MS),
    lateAfterMs: z.int().min(100).max(TIMER_MAX_MS),
  }),
  /** mint a proposal for one catalogue entry; who asks, and why, will stand in it */
  z.strictObject({
    version: signingVersion,
    type: z.literal("propose"),
    requestId: RandomId,
    service: ItemName,
    action: ItemName,
    askedBy: Asker,
    reason: AskReason,
  }),
  z.strictObject({
    version: signingVersion,
    type: z.literal("grant"),
    grantId: RandomId,
    envelope: Envelope,
  }),
  /** the next version of the fleet's trust or, to a host that believes none, the newest, for root to accept; answered `trust-answer` */
  z.strictObject({
    version: signingVersion,
    type: z.literal("trust"),
    signed: SignedTrust,
    /** where people sign: for root to accept, where root has pinned nothing yet */
    party: RelyingParty,
  }),
  z.strictObject({ version, type: z.literal("outcome-acknowledged"), sequence: z.int().min(1) }),
  /** send a full digest now */
  z.strictObject({ version, type: z.literal("report-wanted") }),
  /** a frame was refused and changed nothing, nor did it end the connection; `frameHash` (see `frameHashOf`) is null for one that was not read */
  z.strictObject({
    version,
    type: z.literal("frame-refused"),
    reason: FrameRefusalReason,
    frameHash: FrameHash.nullable(),
  }),
]);
export type ControlMessage = z.infer<typeof ControlMessage>;

export interface FrameRefusal {
  readonly reason: z.infer<typeof FrameRefusalReason>;
  readonly detail: string;
}

/** By what a refusal names a frame: the first 32 hex digits of SHA-256 over its text. */
export function frameHashOf(frame: string): string {
  return sha256Hex(frame).slice(0, 32);
}

/** Parses one text frame of an agent; the size is checked before anything is parsed. */
export function parseAgentFrame(frame: string): Result<AgentMessage, FrameRefusal> {
  return parseFrame(AgentMessage, frame, AGENT_FRAME_BYTES_MAX);
}

/** Parses one text frame of the control plane. */
export function parseControlFrame(frame: string): Result<ControlMessage, FrameRefusal> {
  return parseFrame(ControlMessage, frame, CONTROL_FRAME_BYTES_MAX);
}

/** Messages of `SIGNING_VERSION`. */
const SIGNING_TYPES: ReadonlySet<string> = new Set([
  "propose",
  "proposal",
  "proposal-refused",
  "grant",
  "trust",
  "trust-answer",
]);

const Head = z.looseObject({ version: z.int(), type: z.string().max(64) });

function parseFrame<T extends { readonly type: string }>(
  schema: z.ZodType<T>,
  frame: string,
  bytesMax: number,
): Result<T, FrameRefusal> {
  if (isLongerInUtf8(frame, bytesMax))
    return refuse({ reason: "frame-too-large", detail: `at most ${bytesMax} bytes` });
  let json: unknown;
  try {
    json = JSON.parse(frame);
  } catch {
    return refuse({ reason: "frame-malformed", detail: "not JSON" });
  }
  const head = Head.safeParse(json);
  if (!head.success) return refuse({ reason: "frame-malformed", detail: "no version or type" });
  const { type, version: told } = head.data;
  const supported = SIGNING_TYPES.has(type) ? SIGNING_VERSION : PROTOCOL_VERSION;
  if (told !== supported)
    return refuse({
      reason: "version-unsupported",
      detail: `version ${told}, supported is ${supported}`,
    });
  const message = schema.safeParse(json);
  if (message.success) return ok(message.data);
  const isUnknownType = message.error.issues.some(
    ({ code, path }) => code === "invalid_union" && path[0] === "type",
  );
  return refuse(
    isUnknownType
      ? { reason: "message-unknown", detail: head.data.type }
      : { reason: "frame-malformed", detail: z.prettifyError(message.error).slice(0, 500) },
  );
}

/** The bytes an agent signs to prove possession of its key on one connection. */
export function connectBytesOf(proof: {
  readonly hostId: string;
  readonly bootId: string;
  readonly audience: string;
  readonly challenge: string;
}): Uint8Array<ArrayBuffer> {
  const { hostId, bootId, audience, challenge } = proof;
  return encodeUtf8(["countersign-connect-v1", hostId, bootId, audience, challenge].join("\n"));
}
