// The conversation on the actuator's unix socket: one JSON object a line, each request answered by one line with the same `id`.
// Pure. The agent is not trusted here: it may be compromised, so the actuator parses strictly and checks sizes first.
//
// Version history (both ends are one installed build, but an upgrade may run old and new side by side for a moment):
//   1  2026-11-22  first version
//   2  2026-11-29  `propose` carries who asks and why; `trust` and `apply-trust`, and their answer
//      2026-11-30  `observe` and `observed`: an actuator from before refuses the frame, and what only it sees stays unknown
import * as z from "zod";
import { ItemName, Nonce } from "@countersign/shared/values/ids";
import {
  ACTIONS_PER_HOST_MAX,
  ACTUATOR_FRAME_BYTES_MAX,
  OUTCOMES_PER_ANSWER_MAX,
  PROPOSAL_BYTES_MAX,
  SUMMARY_CHARS_MAX,
  UNIT_PARTS_MAX,
} from "@countersign/shared/values/limits";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { Envelope } from "@countersign/shared/wire/envelope";
import { FleetTrustVersion, SignedTrust, TrustMark } from "@countersign/shared/wire/fleet-trust";
import { Outcome, RefusalReason } from "@countersign/shared/wire/outcome";
import { Asker, AskReason } from "@countersign/shared/wire/proposal";
import { UnitState } from "@countersign/shared/wire/service-report";
import { TRUST_REFUSALS } from "@countersign/shared/wire/trust-chain";

export const ACTUATOR_PROTOCOL_VERSION = 2;
/** The longest an `outcomes` request may wait for something new. */
export const OUTCOMES_WAIT_MAX_MS = 25_000;

const head = { version: z.literal(ACTUATOR_PROTOCOL_VERSION), id: z.int().min(0) };
const Detail = z.string().max(SUMMARY_CHARS_MAX);
const UNIT_FIELDS = Object.keys(UnitState.shape) as (keyof UnitState)[];

export const ActuatorRequest = z.discriminatedUnion("type", [
  /** mint a proposal for one catalogue entry: answered `proposed` or `refused` */
  z.strictObject({
    ...head,
    type: z.literal("propose"),
    service: ItemName,
    action: ItemName,
    askedBy: Asker,
    reason: AskReason,
  }),
  /**
   * run what the grant permits: answered `accepted` once it is journalled, or `refused`; either way an outcome follows.
   * The envelope is unknown here so that a malformed one is a journalled refusal and not a protocol error.
   */
  z.strictObject({ ...head, type: z.literal("execute"), grantId: z.string().max(80), envelope: z.unknown() }),
  /** unacknowledged outcomes after a sequence; waits up to `waitMs` while there is none */
  z.strictObject({
    ...head,
    type: z.literal("outcomes"),
    afterSequence: z.int().min(0),
    waitMs: z.int().min(0).max(OUTCOMES_WAIT_MAX_MS),
  }),
  /** the control plane has stored this one outcome (exactly this sequence, not those before it) */
  z.strictObject({ ...head, type: z.literal("acknowledge"), sequence: z.int().min(1) }),
  z.strictObject({ ...head, type: z.literal("status") }),
  /** which actions of the catalogue could be executed now */
  z.strictObject({ ...head, type: z.literal("audit") }),
  /** how a service of the catalogue stands, exactly: answered `observed`, at most once a second for each service */
  z.strictObject({ ...head, type: z.literal("observe"), service: ItemName }),
  /** which version of the fleet's trust it believes: answered `trust` */
  z.strictObject({ ...head, type: z.literal("trust") }),
  /** believe the next version, if it follows from that one: answered `trust` */
  z.strictObject({ ...head, type: z.literal("apply-trust"), signed: SignedTrust }),
]);
export type ActuatorRequest = z.infer<typeof ActuatorRequest>;

export const ActuatorStatus = z.strictObject({
  agentVersion: z.string().max(40),
  frozen: z.boolean(),
  /** proposals that could still be granted */
  proposalsOpen: z.int().min(0),
  outcomesUnacknowledged: z.int().min(0),
  /** sequence of the newest outcome; 0 when there was none */
  lastSequence: z.int().min(0),
  executionsRunning: z.int().min(0),
});
export type ActuatorStatus = z.infer<typeof ActuatorStatus>;

/** What is seen of a unit beside its state, for this host's own judgement (core/evidence/unit-state.ts). */
const Setting = z.strictObject({
  remains: z.boolean(),
  parts: z.array(z.string().max(200)).max(UNIT_PARTS_MAX),
  isGivenUp: z.boolean(),
  hasJob: z.boolean(),
  changedAt: z.string().max(40),
  isForgotten: z.literal(true).optional(),
});

export const ActuatorAnswer = z.discriminatedUnion("type", [
  z.strictObject({
    ...head,
    type: z.literal("proposed"),
    /** base64 of the proposal's exact bytes */
    proposal: z.base64().max(Math.ceil(PROPOSAL_BYTES_MAX / 3) * 4),
  }),
  /** an expected no; for `propose` the reason is always one of core/actuator/mint.ts */
  z.strictObject({ ...head, type: z.literal("refused"), reason: RefusalReason, detail: Detail }),
  /** journalled and starting; the outcome follows under this nonce */
  z.strictObject({ ...head, type: z.literal("accepted"), nonce: Nonce }),
  /** oldest first; at most `OUTCOMES_PER_ANSWER_MAX`, and fewer where the frame is full: ask again */
  z.strictObject({
    ...head,
    type: z.literal("outcomes"),
    outcomes: z.array(Outcome).max(OUTCOMES_PER_ANSWER_MAX),
  }),
  /** also for a sequence that was acknowledged before or is not known any more */
  z.strictObject({ ...head, type: z.literal("acknowledged"), sequence: z.int().min(1) }),
  z.strictObject({ ...head, type: z.literal("status"), status: ActuatorStatus }),
  /** those that could; whatever else is in the catalogue could not */
  z.strictObject({
    ...head,
    type: z.literal("audited"),
    executable: z.array(z.strictObject({ service: ItemName, action: ItemName })).max(ACTIONS_PER_HOST_MAX),
  }),
  /** what could not be seen is unknown, and no failure */
  z.strictObject({
    ...head,
    type: z.literal("observed"),
    state: UnitState,
    /** parts that were seen, and are no value that can be told */
    omitted: z.array(z.enum(UNIT_FIELDS)),
    /** null: it is no unit of systemd, or could not be seen */
    setting: Setting.nullable(),
  }),
  z.strictObject({
    ...head,
    type: z.literal("trust"),
    /** null: none */
    trust: TrustMark.nullable(),
    /** why the version that was sent is not believed; null: it is, or none was sent */
    refusal: z
      .strictObject({
        reason: z.enum(TRUST_REFUSALS),
        offered: FleetTrustVersion.nullable(),
        detail: Detail,
      })
      .nullable(),
  }),
  /** the actuator itself is in trouble (journal, disk, files) or the frame was unreadable; nothing was executed */
  z.strictObject({ ...head, type: z.literal("failed"), detail: Detail }),
]);
export type ActuatorAnswer = z.infer<typeof ActuatorAnswer>;

/** A request or an answer without the head that the transport adds. */
type WithoutHead<T> = T extends unknown ? Omit<T, "version" | "id"> : never;
export type ActuatorRequestBody =
  | Exclude<WithoutHead<ActuatorRequest>, { type: "execute" }>
  | { readonly type: "execute"; readonly grantId: string; readonly envelope: Envelope };
export type ActuatorAnswerBody = WithoutHead<ActuatorAnswer>;

export interface ActuatorFrameRefusal {
  readonly reason: "frame-too-large" | "frame-malformed";
  readonly detail: string;
}

/** Parses one line of the agent. */
export function parseActuatorRequest(line: string): Result<ActuatorRequest, ActuatorFrameRefusal> {
  return parseLine(ActuatorRequest, line);
}

/** Parses one line of the actuator. */
export function parseActuatorAnswer(line: string): Result<ActuatorAnswer, ActuatorFrameRefusal> {
  return parseLine(ActuatorAnswer, line);
}

/** Writes one frame, with its line feed. */
export function encodeActuatorFrame(id: number, body: ActuatorRequestBody | ActuatorAnswerBody): string {
  return `${JSON.stringify({ version: ACTUATOR_PROTOCOL_VERSION, id, ...body })}\n`;
}

/** Cuts a text to what a `detail` may hold. */
export function detailOf(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= SUMMARY_CHARS_MAX ? line : `${line.slice(0, SUMMARY_CHARS_MAX - 1)}…`;
}

function parseLine<T>(schema: z.ZodType<T>, line: string): Result<T, ActuatorFrameRefusal> {
  if (new TextEncoder().encode(line).length > ACTUATOR_FRAME_BYTES_MAX)
    return refuse({ reason: "frame-too-large", detail: `at most ${ACTUATOR_FRAME_BYTES_MAX} bytes a line` });
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return refuse({ reason: "frame-malformed", detail: "not JSON" });
  }
  const parsed = schema.safeParse(json);
  return parsed.success
    ? ok(parsed.data)
    : refuse({ reason: "frame-malformed", detail: detailOf(z.prettifyError(parsed.error)) });
}
