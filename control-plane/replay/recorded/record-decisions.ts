// Writes into a replay's record what shards said and how incidents turned. The differential test writes what real workerd decided with
// the same functions, so that both records are compared word by word.
import { decodeBase64 } from "@countersign/shared/values/base64";
import { parseProposal } from "@countersign/shared/wire/proposal";
import type { Approval, ApprovalState } from "../../src/core/desk/records/approval.ts";
import { isUndecided } from "../../src/core/desk/state/desk-change.ts";
import { refusalCodeOf, refusalText } from "../../src/core/words/proposal-refusal.ts";
import type { AskRefusal, Signal } from "../../src/core/words/signal.ts";
import { placeNameOf, serviceOf, type Subject } from "../../src/core/words/subject.ts";
import { approvalsChanged, type DeskSeen, episodeOf, findingsTurned } from "../desk-seen.ts";
import type { FindingTurn, RecordedRefusal, ReplayRecord } from "../printed/replay-record.ts";

/** Records the proposals and the refusals that a signal tells of. */
export function recordSignal(record: ReplayRecord, signal: Signal, at: number): void {
  const refused = refusalIn(signal);
  if (refused !== null) record.refusals.push({ at, ...whereOf(signal.subject ?? null), ...refused });
  if (signal.kind !== "proposed") return;
  const { hostName: host, service } = signal.subject;
  const parsed = parseProposal(decodeBase64(signal.proposal) ?? new Uint8Array());
  const { action, argv } = parsed.ok ? parsed.value : { action: "unreadable", argv: [] };
  record.proposals.push({ at, host, service, action, argv });
}

function whereOf(subject: Subject | null): { readonly host: string | null; readonly service: string | null } {
  if (subject === null) return { host: null, service: null };
  return { host: placeNameOf(subject), service: serviceOf(subject) };
}

/** The no that a signal tells of; null: none. What is only in shadow would have been asked for, and is none. */
export function refusalIn(signal: Signal): Pick<RecordedRefusal, "by" | "reason" | "text"> | null {
  switch (signal.kind) {
    case "proposal-refused":
      return refusalBy(signal.refusal.reason === "host-refused" ? "actuator" : "shard", signal.refusal);
    case "outcome": {
      const { refusal, status } = signal.outcome;
      const reason = refusal ?? "refused";
      return status === "refused" ? { by: "actuator", reason, text: reason } : null;
    }
    case "firing":
      if (signal.refusal === undefined || signal.refusal.reason === "in-shadow") return null;
      return refusalBy("shard", signal.refusal);
    case "cleared":
    case "proposed":
    case "superseded":
    case "grant-recalled":
    case "verification":
    case "unreadable":
    case "census":
    case "note":
      return null;
  }
}

function refusalBy(by: string, refusal: AskRefusal): ReturnType<typeof refusalIn> {
  return { by, reason: refusalCodeOf(refusal), text: refusalText(refusal) };
}

/** Records what has become of findings and of questions since it was recorded last. */
export class TurnRecorder {
  readonly #record: ReplayRecord;
  /** by finding */
  readonly #turns = new Map<string, FindingTurn>();
  /** by approval */
  readonly #states = new Map<string, ApprovalState>();
  /** the newest approval of an episode in which a question was put */
  readonly #asked = new Map<string, string>();

  constructor(record: ReplayRecord) {
    this.#record = record;
  }

  look(state: DeskSeen, at: number): void {
    for (const turn of findingsTurned(state)) {
      const before = this.#turns.get(turn.findingId);
      if (before !== undefined && isSameToPeople(before, turn)) continue;
      this.#turns.set(turn.findingId, turn);
      this.#record.turns.push({ at, ...turn });
    }
    for (const approval of approvalsChanged(state)) this.#lookAt(approval, at);
  }

  #lookAt(approval: Approval, at: number): void {
    const { approvalId, proposal, state, subject } = approval;
    const before = this.#states.get(approvalId);
    if (before === state) return;
    const { action, service } = proposal;
    const question = { at, host: subject.hostName, service, action, approvalId };
    if (before === undefined && this.#isPut(approval)) this.#record.questions.push(question);
    this.#states.set(approvalId, state);
    this.#record.approvals.push({ ...question, state });
  }

  // What runs without a person's yes asks nobody. A proposal that takes the place of one that nobody answered is no other question.
  #isPut(approval: Approval): boolean {
    if (!isUndecided(approval)) return false;
    const episode = episodeOf(approval);
    const before = this.#states.get(this.#asked.get(episode) ?? "");
    this.#asked.set(episode, approval.approvalId);
    return before === undefined || !UNANSWERED.has(before);
  }
}

const UNANSWERED: ReadonlySet<ApprovalState> = new Set([
  "requested",
  "delivered",
  "seen",
  "expired",
  "superseded",
]);

function isSameToPeople(before: FindingTurn, after: FindingTurn): boolean {
  return before.state === after.state && before.severity === after.severity && before.title === after.title;
}
