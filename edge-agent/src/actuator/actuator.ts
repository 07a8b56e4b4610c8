// The actuator: mints proposals, admits grants, journals, runs, journals. All decisions are core's; this file keeps their order.
//
// The order is the safety: admission and its `started` record happen in one turn of the whole actuator (so a nonce cannot be
// admitted twice), the record is on disk before the command starts, and executions on one service follow each other (so the
// second is admitted against what the first left behind).
import type { Outcome } from "@countersign/shared/outcome";
import { ok, refuse, type Result } from "@countersign/shared/result";
import type { UnitState } from "@countersign/shared/service-report";
import { type ActuatorAnswerBody, type ActuatorStatus, detailOf } from "../actuator-protocol.ts";
import { decideAdmission, type Plan } from "../core/admission.ts";
import { countRestarts } from "../core/budget.ts";
import { hasRoomForRefusal } from "../core/journal-state.ts";
import { type CatalogueEntry, decideMint, findEntry } from "../core/mint.ts";
import { UNKNOWN_UNIT_STATE } from "../core/unit-state.ts";
import { type Refusal, verifyGrant, type VerifiedGrant } from "../core/verify-grant.ts";
import { AGENT_VERSION } from "../version.ts";
import type { ExecutableAction } from "./audit.ts";
import { executePlan } from "./execute-plan.ts";
import type { ActuatorPorts } from "./ports.ts";
import { createTurns } from "./turns.ts";

type ExecuteAnswer = Extract<ActuatorAnswerBody, { type: "accepted" | "refused" }>;
type ProposeAnswer = Extract<ActuatorAnswerBody, { type: "proposed" | "refused" }>;

const ADMISSION = "admission";

/** Opens the actuator: executions that were under way when an earlier one died are reported as lost first. */
export async function openActuator(ports: ActuatorPorts): Promise<Actuator> {
  await reportLost(ports);
  return new Actuator(ports);
}

export class Actuator {
  readonly #ports: ActuatorPorts;
  readonly #turns = createTurns();
  readonly #running = new Set<Promise<void>>();
  #audit: Promise<readonly ExecutableAction[]> | null = null;

  /** Use `openActuator`. */
  constructor(ports: ActuatorPorts) {
    this.#ports = ports;
  }

  /** Mints a proposal for one catalogue entry. */
  async propose(service: string, action: string): Promise<ProposeAnswer> {
    const ports = this.#ports;
    const catalogue = await ports.loadCatalogue();
    const trust = await ports.loadTrust();
    if (!catalogue.ok) throw new Error(catalogue.error.sentence);
    if (!trust.ok) throw new Error(trust.error.sentence);
    const entry = findEntry(catalogue.value, { service, action });
    const observed = await this.#look(entry);
    const minted = decideMint({
      entry,
      hostId: trust.value.hostId,
      nonce: ports.makeNonce(),
      now: ports.now(),
      frozen: await ports.isFrozen(),
      observed,
      restartCount: this.#restartsOf(service, catalogue.value.budget.window),
      restartsMax: catalogue.value.budget.restartsMax,
      lifetimeMs: ports.proposalLifetimeMs,
    });
    if (!minted.ok) return { type: "refused", ...minted.error };
    await ports.proposals.add(minted.value);
    return { type: "proposed", proposal: minted.value.bytes };
  }

  /** Resolves when the execution is journalled or refused; its end is an outcome. */
  async execute(grantId: string, envelope: unknown): Promise<ExecuteAnswer> {
    const trust = await this.#ports.loadTrust();
    const verified: Result<VerifiedGrant, Refusal> = trust.ok
      ? await verifyGrant(envelope, trust.value)
      : refuse({ reason: "signature-missing", detail: trust.error.sentence });
    if (!verified.ok) return this.#recordRefusal(grantId, null, verified.error);
    return new Promise((resolve, reject) => {
      const execution = this.#executeInTurn(grantId, verified.value, resolve).catch((error: unknown) => {
        reject(error);
        // Nobody may wait for this promise any more, and the journal may be behind the world: start anew from the disk.
        this.#ports.fail(error);
      });
      const tracked = execution.finally(() => this.#running.delete(tracked));
      this.#running.add(tracked);
    });
  }

  /** Unacknowledged outcomes after a sequence, oldest first. */
  outcomesAfter(sequence: number): readonly Outcome[] {
    return this.#ports.journal.state().unacknowledged.filter((outcome) => outcome.sequence > sequence);
  }

  /** Forgets an outcome that the control plane has stored. */
  async acknowledge(sequence: number): Promise<void> {
    const { journal } = this.#ports;
    const isWaiting = journal.state().unacknowledged.some((outcome) => outcome.sequence === sequence);
    if (isWaiting) await journal.append({ type: "acknowledged", sequence });
  }

  async status(): Promise<ActuatorStatus> {
    const { journal, proposals } = this.#ports;
    return {
      agentVersion: AGENT_VERSION,
      frozen: await this.#ports.isFrozen(),
      proposalsOpen: proposals.openCount(this.#ports.now()),
      outcomesUnacknowledged: journal.state().unacknowledged.length,
      lastSequence: journal.state().lastSequence,
      executionsRunning: this.#running.size,
    };
  }

  /** Lists what could be executed now; an audit that is under way answers for all who ask meanwhile. */
  audit(): Promise<readonly ExecutableAction[]> {
    this.#audit ??= this.#askAudit().finally(() => {
      this.#audit = null;
    });
    return this.#audit;
  }

  async #askAudit(): Promise<readonly ExecutableAction[]> {
    const catalogue = await this.#ports.loadCatalogue();
    if (!catalogue.ok) throw new Error(catalogue.error.sentence);
    return this.#ports.audit(catalogue.value);
  }

  /** Whether an execution is under way. */
  isBusy(): boolean {
    return this.#running.size > 0;
  }

  /** Resolves when nothing runs any more. */
  async settle(): Promise<void> {
    await Promise.all(this.#running);
  }

  #executeInTurn(
    grantId: string,
    verified: VerifiedGrant,
    answer: (answer: ExecuteAnswer) => void,
  ): Promise<void> {
    return this.#turns.take(`service ${verified.grant.service}`, async () => {
      const admitted = await this.#turns.take(ADMISSION, () => this.#admit(verified));
      if (!admitted.ok) {
        answer(await this.#recordRefusal(grantId, verified, admitted.error));
        return;
      }
      answer({ type: "accepted", nonce: verified.grant.nonce });
      await this.#finish(admitted.value);
    });
  }

  /** Decides, and journals the start in the same turn. */
  async #admit(verified: VerifiedGrant): Promise<Result<Admitted, Refusal>> {
    const ports = this.#ports;
    const { grant } = verified;
    const catalogue = await ports.loadCatalogue();
    const trust = await ports.loadTrust();
    if (!catalogue.ok) return refuse({ reason: "catalogue-changed", detail: catalogue.error.sentence });
    if (!trust.ok) return refuse({ reason: "signature-missing", detail: trust.error.sentence });
    const observed = await this.#look(findEntry(catalogue.value, grant));
    const frozen = await ports.isFrozen();
    const now = ports.now();
    const plan = decideAdmission({
      verified,
      trust: trust.value,
      catalogue: catalogue.value,
      minted: ports.proposals.find(grant.nonce),
      isNonceUsed: ports.journal.state().executions.has(grant.nonce),
      frozen,
      now,
      observed,
      restartCount: this.#restartsOf(grant.service, catalogue.value.budget.window),
    });
    if (!plan.ok) return plan;
    await ports.journal.append({
      type: "started",
      nonce: grant.nonce,
      service: grant.service,
      at: now,
      action: grant.action,
      grantId: grant.grantId,
      proposalHash: grant.proposalHash,
      argv: plan.value.argv,
      approvedBy: grant.approvedBy,
      approvedAt: grant.approvedAt,
      unitBefore: observed,
    });
    return ok({ plan: plan.value, observed, startedAt: now.wallMs });
  }

  async #finish({ plan, observed, startedAt }: Admitted): Promise<void> {
    const { grantId, nonce, action, service } = plan.grant;
    const end = await executePlan(plan, observed, this.#ports);
    if (end.after !== null) await this.#ports.proposals.see(service, this.#ports.now(), end.after);
    await this.#appendOutcome({
      nonce,
      grantId,
      action,
      service,
      status: end.status,
      refusal: null,
      detail: detailOf(end.detail),
      unitBefore: observed,
      unitAfter: end.after,
      startedAt,
    });
  }

  async #recordRefusal(
    grantId: string,
    verified: VerifiedGrant | null,
    refusal: Refusal,
  ): Promise<ExecuteAnswer> {
    const detail = detailOf(refusal.detail);
    if (hasRoomForRefusal(this.#ports.journal.state()))
      await this.#appendOutcome({
        nonce: verified?.grant.nonce ?? null,
        // Before the signature is verified, only the agent's word says which grant this was.
        grantId: verified?.grant.grantId ?? grantId,
        action: verified?.grant.action ?? null,
        service: verified?.grant.service ?? null,
        status: "refused",
        refusal: refusal.reason,
        detail,
        unitBefore: null,
        unitAfter: null,
        startedAt: this.#ports.now().wallMs,
      });
    return { type: "refused", reason: refusal.reason, detail };
  }

  #appendOutcome(outcome: Omit<Outcome, "sequence" | "finishedAt">): Promise<void> {
    const { journal, now } = this.#ports;
    // In one turn with its number: two outcomes must not get the same one.
    return this.#turns.take("outcome", () =>
      journal.append({
        type: "outcome",
        outcome: { ...outcome, finishedAt: now().wallMs, sequence: journal.state().lastSequence + 1 },
      }),
    );
  }

  async #look(entry: CatalogueEntry | null): Promise<UnitState> {
    if (entry === null) return UNKNOWN_UNIT_STATE;
    const state = await this.#ports.observe(entry.service);
    await this.#ports.proposals.see(entry.service.name, this.#ports.now(), state);
    return state;
  }

  #restartsOf(service: string, windowMs: number): number {
    const { journal, proposals, now } = this.#ports;
    const executions = [...journal.state().executions.values()];
    return countRestarts({ service, executions, sightings: proposals.sightings(), now: now(), windowMs });
  }
}

interface Admitted {
  readonly plan: Plan;
  readonly observed: UnitState;
  readonly startedAt: number;
}

/** Executions without an end: it is unknown whether they ran. They are reported once and never run again. */
async function reportLost(ports: ActuatorPorts): Promise<void> {
  const catalogue = await ports.loadCatalogue();
  for (const started of ports.journal.state().unfinished.values()) {
    const service = catalogue.ok
      ? catalogue.value.services.find(({ name }) => name === started.service)
      : undefined;
    const after = service === undefined ? null : await ports.observe(service);
    const isNew = after !== null && after.invocationId !== started.unitBefore.invocationId;
    await ports.journal.append({
      type: "outcome",
      outcome: {
        nonce: started.nonce,
        grantId: started.grantId,
        action: started.action,
        service: started.service,
        status: "lost",
        refusal: null,
        detail: isNew
          ? "the actuator ended before the execution did; the unit was started anew since"
          : "the actuator ended before the execution did; it is unknown whether it ran",
        unitBefore: started.unitBefore,
        unitAfter: after,
        startedAt: Math.round(started.at.wallMs),
        finishedAt: ports.now().wallMs,
        sequence: ports.journal.state().lastSequence + 1,
      },
    });
  }
}
