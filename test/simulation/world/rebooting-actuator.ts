// The privilege side of a simulated host that can lose power between any two steps. It decides by the real mint, admission and journal
// fold of the edge agent; only files, signatures and sudo are simulated. What is in `#journal` was fsynced, all else is lost in a crash.
import type { Catalogue } from "@countersign/shared/host/catalogue";
import { ok } from "@countersign/shared/values/result";
import type { Envelope } from "@countersign/shared/wire/envelope";
import type { Grant } from "@countersign/shared/wire/grant";
import type { Outcome } from "@countersign/shared/wire/outcome";
import type { AgentMessage, ControlMessage } from "@countersign/shared/wire/protocol";
import type { SimulatedService } from "../../../control-plane/replay/world/simulated-service.ts";
import type { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";
import type { Plan } from "../../../edge-agent/src/core/actuator/admission.ts";
import { countRestarts, type HostInstant } from "../../../edge-agent/src/core/actuator/budget.ts";
import {
  applyRecord,
  compactJournal,
  EMPTY_JOURNAL,
  foldJournal,
  type JournalState,
} from "../../../edge-agent/src/core/actuator/journal-state.ts";
import { decideMint, findEntry, type MintedProposal } from "../../../edge-agent/src/core/actuator/mint.ts";
import type { Cores } from "../cores.ts";
import { believedBy, peopleIn, verifyGrant } from "./simulated-signature.ts";

const ACTUATOR_USER = "countersign-actuator";
const EXECUTION_MS = 1_000;
const RESTART_LEVEL_MIN = 4;
const RESTART_MS = 10_000;
const MINTED_KEPT_MAX = 64;
const COMPACT_ABOVE = 200;
const PROPOSAL_LIFETIME_MS = 3_600_000;

/** What ran, with the grant that the host verified for it. */
export interface Execution {
  readonly hostId: string;
  readonly grant: Grant;
  readonly plan: Plan;
  readonly mintedAt: number;
}

interface ActuatorParts {
  readonly clock: VirtualClock;
  readonly hostId: string;
  readonly catalogue: Catalogue;
  readonly services: ReadonlyMap<string, SimulatedService>;
  readonly cores: Cores;
  readonly instant: () => HostInstant;
}

export class RebootingActuator {
  /** the next execution runs, and the actuator dies before it can journal the end */
  diesAtNextAct = false;
  /** otherwise it starts anew and fails on */
  doRestartsHelp = true;
  /** retry and failover bring a service back; otherwise they run and change nothing */
  doLowerRungsHelp = false;
  isFrozen = false;
  onExecution: (execution: Execution) => void = () => {};
  onOutcome: () => void = () => {};
  readonly #minted = new Map<string, MintedProposal>();
  #journal: JournalState = EMPTY_JOURNAL;
  #recordCount = 0;
  #run = 0;
  readonly #parts: ActuatorParts;
  #nonces = 0;

  constructor(parts: ActuatorParts) {
    this.#parts = parts;
  }

  /** What the control plane has not acknowledged yet. */
  get outcomes(): readonly Outcome[] {
    return this.#journal.unacknowledged;
  }

  /** A proposal, or its no. */
  answer(asked: Extract<ControlMessage, { type: "propose" }>): AgentMessage {
    const { requestId } = asked;
    const minted = this.#mint(asked);
    if (minted.ok) return { version: 2, type: "proposal", requestId, proposal: minted.value.bytes };
    return { version: 2, type: "proposal-refused", requestId, ...minted.error };
  }

  #mint({ action, askedBy, reason, service }: Extract<ControlMessage, { type: "propose" }>) {
    const { catalogue, hostId } = this.#parts;
    const now = this.#parts.instant();
    const minted = decideMint({
      entry: findEntry(catalogue, { service, action }),
      trust: believedBy(hostId),
      askedBy,
      reason,
      actuatorUser: ACTUATOR_USER,
      nonce: `${hostId.slice(5, 15)}-${String(++this.#nonces).padStart(12, "0")}`,
      now,
      frozen: this.isFrozen,
      observed: this.#observe(service),
      restartCount: this.#restartCount(service, now),
      restartsMax: catalogue.budget.restartsMax,
      lifetimeMs: PROPOSAL_LIFETIME_MS,
    });
    if (minted.ok) this.#remember(minted.value);
    return minted;
  }

  takeGrant(envelope: Envelope): void {
    const grant = verifyGrant(envelope);
    if (grant === null) return this.#refuse(null, "signature-wrong");
    const { catalogue, cores, hostId } = this.#parts;
    const now = this.#parts.instant();
    const minted = this.#minted.get(grant.nonce) ?? null;
    const admitted = cores.admitSigned({
      verified: { grant, keyId: "desk", envelope },
      people: ok({ signers: peopleIn(envelope), standing: null }),
      trust: believedBy(hostId),
      actuatorUser: ACTUATOR_USER,
      usesOf: () => 0,
      catalogue,
      minted,
      isNonceUsed: this.#journal.executions.has(grant.nonce),
      frozen: this.isFrozen,
      now,
      observed: this.#observe(grant.service),
      restartCount: this.#restartCount(grant.service, now),
    });
    if (!admitted.ok) return this.#refuse(grant, admitted.error.reason);
    this.#start(admitted.value, now);
    this.onExecution({ hostId, grant, plan: admitted.value, mintedAt: admitted.value.proposal.mintedAt });
    this.#execute(admitted.value);
  }

  acknowledge(sequence: number): void {
    this.#write({ type: "acknowledged", sequence });
  }

  /** It is started anew, alone or with its host: what was running is lost. */
  startsAnew(): void {
    this.#run += 1;
    this.#journal = foldJournal(compactJournal(this.#journal, this.#parts.instant()));
    for (const { nonce, grantId, action, service } of this.#journal.unfinished.values())
      this.#end({ nonce, grantId, action, service, status: "lost" });
  }

  #start(plan: Plan, at: HostInstant): void {
    const { grant, proposal, argv } = plan;
    const { nonce, service, action } = proposal;
    const { grantId, proposalHash, approvedBy, approvedAt } = grant;
    const unitBefore = this.#observe(service);
    this.#write({
      type: "started",
      nonce,
      service,
      at,
      action,
      grantId,
      proposalHash,
      argv,
      approvedBy,
      approvedAt,
      unitBefore,
    });
  }

  #execute({ grant, proposal }: Plan): void {
    const run = this.#run;
    const service = this.#parts.services.get(proposal.service);
    if (proposal.action === "restart") this.#restart(service);
    else if (proposal.level >= RESTART_LEVEL_MIN || this.doLowerRungsHelp) service?.recovers();
    if (this.diesAtNextAct) {
      this.diesAtNextAct = false;
      return void this.#parts.clock.after(RESTART_MS, () => this.startsAnew());
    }
    this.#parts.clock.after(EXECUTION_MS, () => {
      if (run !== this.#run) return;
      const { nonce, action, service: name } = proposal;
      this.#end({ nonce, grantId: grant.grantId, action, service: name, status: "succeeded" });
    });
  }

  #restart(service: SimulatedService | undefined): void {
    if (this.doRestartsHelp) service?.restartedByUs();
    else service?.isStartedAnew({ isCounted: false });
  }

  #refuse(grant: Grant | null, refusal: NonNullable<Outcome["refusal"]>): void {
    const named = {
      nonce: grant?.nonce ?? null,
      grantId: grant?.grantId ?? null,
      action: grant?.action ?? null,
      service: grant?.service ?? null,
    };
    this.#end({ ...named, status: "refused", refusal });
  }

  #end(
    outcome: Partial<Outcome> & Pick<Outcome, "nonce" | "grantId" | "action" | "service" | "status">,
  ): void {
    const { wallMs } = this.#parts.instant();
    this.#write({
      type: "outcome",
      outcome: {
        refusal: null,
        detail: "",
        unitBefore: null,
        unitAfter: null,
        startedAt: Math.floor(wallMs),
        finishedAt: Math.floor(wallMs),
        sequence: this.#journal.lastSequence + 1,
        ...outcome,
      },
    });
    this.onOutcome();
  }

  #write(record: Parameters<typeof applyRecord>[1]): void {
    this.#journal = applyRecord(this.#journal, record);
    this.#recordCount += 1;
    if (this.#recordCount < COMPACT_ABOVE) return;
    this.#recordCount = 0;
    this.#journal = foldJournal(compactJournal(this.#journal, this.#parts.instant()));
  }

  #remember(minted: MintedProposal): void {
    this.#minted.set(minted.nonce, minted);
    const [oldest] = this.#minted.keys();
    if (this.#minted.size > MINTED_KEPT_MAX && oldest !== undefined) this.#minted.delete(oldest);
  }

  #observe(name: string) {
    const service = this.#parts.services.get(name);
    if (service !== undefined) return service.unit;
    throw new Error(`Observe unit: the catalogue has no service ${name}`);
  }

  #restartCount(service: string, now: HostInstant): number {
    const { window: windowMs } = this.#parts.catalogue.budget;
    const executions = [...this.#journal.executions.values()];
    return countRestarts({ service, executions, sightings: [], now, windowMs });
  }
}
