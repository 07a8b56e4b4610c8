// The actuator: mints proposals, admits grants, journals, runs, journals. All decisions are core's; this file keeps their order.
//
// The order is the safety: admission and its `started` record happen in one turn of the whole actuator (so a nonce cannot be
// admitted twice), the record is on disk before the command starts, and executions on one service follow each other (so the
// second is admitted against what the first left behind). What root's files say is read in that same turn, signatures included: a grant
// may have waited for long, and a key that was taken out of the trust meanwhile signs nothing any more. A next version of the fleet's trust
// comes in by the same turns.
import { OBSERVE_FLOOR_MS } from "@countersign/shared/values/limits";
import { assert, ok, refuse, type Result } from "@countersign/shared/values/result";
import type { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import type { Grant } from "@countersign/shared/wire/grant";
import type { Outcome } from "@countersign/shared/wire/outcome";
import type { UnitState } from "@countersign/shared/wire/service-report";
import type { Ask } from "../actuator-client.ts";
import { type ActuatorAnswerBody, type ActuatorStatus, detailOf } from "../actuator-protocol.ts";
import { decideAdmission, type Plan } from "../core/actuator/admission.ts";
import { countRestarts, type HostInstant } from "../core/actuator/budget.ts";
import { hasRoomForRefusal, signersOf, type StartedRecord } from "../core/actuator/journal-state.ts";
import { type CatalogueEntry, decideMint, findEntry } from "../core/actuator/mint.ts";
import { type Refusal, verifyGrant } from "../core/actuator/verify-grant.ts";
import { type SeenUnit, UNKNOWN_UNIT_STATE } from "../core/evidence/unit-state.ts";
import { AGENT_VERSION } from "../version.ts";
import type { AuditedAction } from "./audit.ts";
import { executePlan } from "./execute-plan.ts";
import type { ActuatorPorts } from "./ports.ts";
import { journalOutcome, reportLost, type UnnumberedOutcome } from "./report-lost.ts";
import { type SharedLooks, shareLooks } from "./shared-looks.ts";
import { applyTrust, believeNow, type TrustAnswer, tellTrust } from "./trust-keeper.ts";
import { createTurns } from "./turns.ts";

type ExecuteAnswer = Extract<ActuatorAnswerBody, { type: "accepted" | "refused" }>;
type ProposeAnswer = Extract<ActuatorAnswerBody, { type: "proposed" | "refused" }>;

const ADMISSION = "admission";

/**
 * Opens the actuator: executions that were under way when an earlier one died are reported as lost first, and what is believed is
 * journalled, if an earlier one did not come to it.
 */
export async function openActuator(ports: ActuatorPorts): Promise<Actuator> {
  await reportLost(ports);
  await tellTrust(ports);
  return new Actuator(ports);
}

export class Actuator {
  readonly #ports: ActuatorPorts;
  readonly #turns = createTurns();
  readonly #looks: SharedLooks<SeenUnit>;
  readonly #running = new Set<Promise<void>>();
  #audit: Promise<readonly AuditedAction[]> | null = null;

  /** Use `openActuator`. */
  constructor(ports: ActuatorPorts) {
    this.#ports = ports;
    this.#looks = shareLooks({
      now: () => ports.now().monotonicMs,
      wait: ports.wait,
      floorMs: OBSERVE_FLOOR_MS,
    });
  }

  /** Mints a proposal for one catalogue entry. */
  async propose({ action, askedBy, reason, service }: Ask): Promise<ProposeAnswer> {
    const ports = this.#ports;
    const catalogue = await ports.loadCatalogue();
    if (!catalogue.ok) throw new Error(catalogue.error.sentence);
    const trust = await believeNow(ports);
    if (!trust.ok)
      return { type: "refused", reason: trust.error.reason, detail: detailOf(trust.error.detail) };
    const entry = findEntry(catalogue.value, { service, action });
    const observed = await this.#look(entry);
    const minted = decideMint({
      entry,
      trust: trust.value,
      askedBy,
      reason,
      actuatorUser: ports.actuatorUser,
      nonce: ports.makeNonce(),
      now: ports.now(),
      frozen: await ports.isFrozen(),
      observed: observed.state,
      restartCount: this.#restartsOf(service, catalogue.value.budget.window),
      restartsMax: catalogue.value.budget.restartsMax,
      lifetimeMs: ports.proposalLifetimeMs,
    });
    if (!minted.ok)
      return { type: "refused", reason: minted.error.reason, detail: detailOf(minted.error.detail) };
    await ports.proposals.add(minted.value);
    return { type: "proposed", proposal: minted.value.bytes };
  }

  /** Resolves when the execution is journalled or refused; its end is an outcome. */
  async execute(grantId: string, envelope: unknown): Promise<ExecuteAnswer> {
    const trust = await believeNow(this.#ports);
    const verified = trust.ok ? await verifyGrant(envelope, trust.value) : trust;
    if (!verified.ok) return this.#recordRefusal(grantId, null, verified.error);
    const { grant } = verified.value;
    return new Promise((resolve, reject) => {
      const execution = this.#executeInTurn(grant, envelope, resolve).catch((error: unknown) => {
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
    if (!isWaiting) return;
    const kept = await journal.append({ type: "acknowledged", sequence });
    assert(kept.ok, "an acknowledgement can be written");
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

  /** Looks at a service for an agent that asks: it may be anybody's, so looks of one service keep their distance. */
  async observe(name: string): Promise<SeenUnit> {
    const catalogue = await this.#ports.loadCatalogue();
    if (!catalogue.ok) throw new Error(catalogue.error.sentence);
    if (!catalogue.value.services.some((service) => service.name === name))
      throw new Error(`the catalogue has no service ${name}`);
    return this.#looks.share(name, () => this.#lookAgain(name));
  }

  /** The catalogue may have become another one while the look kept its distance. */
  async #lookAgain(name: string): Promise<SeenUnit> {
    const catalogue = await this.#ports.loadCatalogue();
    const service = catalogue.ok ? catalogue.value.services.find((each) => each.name === name) : undefined;
    if (service === undefined) return { state: UNKNOWN_UNIT_STATE, omitted: [] };
    return this.#ports.observe(service);
  }

  /** Says of every action whether it could be executed now; an audit that is under way answers for all who ask meanwhile. */
  audit(): Promise<readonly AuditedAction[]> {
    this.#audit ??= this.#askAudit().finally(() => {
      this.#audit = null;
    });
    return this.#audit;
  }

  async #askAudit(): Promise<readonly AuditedAction[]> {
    const catalogue = await this.#ports.loadCatalogue();
    if (!catalogue.ok) throw new Error(catalogue.error.sentence);
    return this.#ports.audit(catalogue.value);
  }

  /** The version of the fleet's trust that is kept; in the turn of admission, because it may be journalled by it. */
  tellTrust(): Promise<TrustAnswer> {
    return this.#turns.take(ADMISSION, () => tellTrust(this.#ports));
  }

  /** Takes the next version of the fleet's trust. */
  applyTrust(signed: SignedTrust): Promise<TrustAnswer> {
    return this.#turns.take(ADMISSION, () => applyTrust(signed, this.#ports));
  }

  /** Whether an execution is under way. */
  isBusy(): boolean {
    return this.#running.size > 0;
  }

  /** Resolves when nothing runs any more. */
  async settle(): Promise<void> {
    await Promise.all(this.#running);
  }

  #executeInTurn(grant: Grant, envelope: unknown, answer: (answer: ExecuteAnswer) => void): Promise<void> {
    return this.#turns.take(`service ${grant.service}`, async () => {
      const admitted = await this.#turns.take(ADMISSION, () => this.#admit(grant, envelope));
      if (!admitted.ok) {
        answer(await this.#recordRefusal(grant.grantId, grant, admitted.error));
        return;
      }
      answer({ type: "accepted", nonce: grant.nonce });
      await this.#finish(admitted.value);
    });
  }

  /** Decides, and journals the start in the same turn. */
  async #admit(grant: Grant, envelope: unknown): Promise<Result<Admitted, Refusal>> {
    const ports = this.#ports;
    const looked = await this.#lookFor(grant);
    if (!looked.ok) return looked;
    // The look may take seconds. What root's files say now is what counts, so all of them are read after it.
    const catalogue = await ports.loadCatalogue();
    if (!catalogue.ok) return refuse({ reason: "catalogue-changed", detail: catalogue.error.sentence });
    if (!isSameTarget(findEntry(catalogue.value, grant), looked.value.entry))
      return refuse({ reason: "catalogue-changed", detail: "the service changed while it was looked at" });
    const trust = await believeNow(ports);
    if (!trust.ok) return trust;
    const verified = await verifyGrant(envelope, trust.value);
    if (!verified.ok) return verified;
    const frozen = await ports.isFrozen();
    const now = ports.now();
    const { observed } = looked.value;
    const plan = await decideAdmission({
      verified: verified.value,
      trust: trust.value,
      catalogue: catalogue.value,
      minted: ports.proposals.find(grant.nonce),
      isNonceUsed: ports.journal.state().executions.has(grant.nonce),
      usesOf: (nonce) => ports.journal.state().standingUses.get(nonce)?.uses ?? 0,
      actuatorUser: ports.actuatorUser,
      frozen,
      now,
      observed: observed.state,
      restartCount: this.#restartsOf(grant.service, catalogue.value.budget.window),
    });
    if (!plan.ok) return plan;
    const record = this.#startOf(plan.value, observed.state, now);
    const started = await ports.journal.append(record);
    return started.ok ? ok({ plan: plan.value, observed, record }) : started;
  }

  async #lookFor(grant: Grant): Promise<Result<Looked, Refusal>> {
    const catalogue = await this.#ports.loadCatalogue();
    if (!catalogue.ok) return refuse({ reason: "catalogue-changed", detail: catalogue.error.sentence });
    const entry = findEntry(catalogue.value, grant);
    return ok({ entry, observed: await this.#look(entry) });
  }

  #startOf({ argv, grant, keyId, people }: Plan, unitBefore: UnitState, at: HostInstant): StartedRecord {
    const { nonce, service, action, grantId, proposalHash, approvedBy, approvedAt } = grant;
    const act = { nonce, service, at, action, grantId, proposalHash };
    const { standing } = people;
    const signers = signersOf(this.#ports.journal.state(), {
      keyId,
      people: people.signers,
      standing: standing?.nonce,
    });
    return {
      type: "started",
      ...act,
      argv,
      approvedBy,
      approvedAt,
      unitBefore,
      signers,
      ...(standing === null ? {} : { standing: { nonce: standing.nonce, untilAt: standing.untilAt } }),
    };
  }

  async #finish({ plan, observed, record }: Admitted): Promise<void> {
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
      unitBefore: observed.state,
      unitAfter: end.after,
      startedAt: record.at.wallMs,
      signers: [...(record.signers ?? [])],
    });
  }

  /** Before the signature is verified (`grant` null), only the agent's word says which grant this was. */
  async #recordRefusal(grantId: string, grant: Grant | null, refusal: Refusal): Promise<ExecuteAnswer> {
    const detail = detailOf(refusal.detail);
    if (hasRoomForRefusal(this.#ports.journal.state()))
      await this.#appendOutcome({
        nonce: grant?.nonce ?? null,
        grantId,
        action: grant?.action ?? null,
        service: grant?.service ?? null,
        status: "refused",
        refusal: refusal.reason,
        detail,
        unitBefore: null,
        unitAfter: null,
        startedAt: this.#ports.now().wallMs,
      });
    return { type: "refused", reason: refusal.reason, detail };
  }

  #appendOutcome(outcome: UnnumberedOutcome): Promise<void> {
    // In one turn with its number: two outcomes must not get the same one.
    return this.#turns.take("outcome", () => journalOutcome(this.#ports, outcome));
  }

  async #look(entry: CatalogueEntry | null): Promise<SeenUnit> {
    if (entry === null) return { state: UNKNOWN_UNIT_STATE, omitted: [] };
    const seen = await this.#ports.observe(entry.service);
    await this.#ports.proposals.see(entry.service.name, this.#ports.now(), seen.state);
    return seen;
  }

  #restartsOf(service: string, windowMs: number): number {
    const { journal, proposals, now } = this.#ports;
    const executions = [...journal.state().executions.values()];
    return countRestarts({ service, executions, sightings: proposals.sightings(), now: now(), windowMs });
  }
}

interface Looked {
  readonly entry: CatalogueEntry | null;
  readonly observed: SeenUnit;
}

interface Admitted {
  readonly plan: Plan;
  readonly observed: SeenUnit;
  readonly record: StartedRecord;
}

/** Whether what was looked at is what the catalogue names now. */
function isSameTarget(now: CatalogueEntry | null, looked: CatalogueEntry | null): boolean {
  return JSON.stringify(targetOf(now)) === JSON.stringify(targetOf(looked));
}

function targetOf(entry: CatalogueEntry | null): readonly unknown[] {
  const { container, manager, pidFile, unit, user } = entry?.service ?? {};
  return [unit, manager, user, pidFile, container?.engine, container?.name];
}
