// The privilege side of a simulated host: mints proposals, checks grants as the real one does (without signatures), runs, keeps
// outcomes until they are acknowledged. It remembers every execution, so that a story can prove what did not run.
import { boundUnitOf, unitTurn } from "@countersign/shared/host/same-unit";
import { decodeBase64, encodeBase64 } from "@countersign/shared/values/base64";
import { assertionsOf, type Envelope } from "@countersign/shared/wire/envelope";
import { FIRST_RULES, type LevelRules, ruleFor } from "@countersign/shared/wire/level-rule";
import type { Outcome, RefusalReason } from "@countersign/shared/wire/outcome";
import type { Asker, Proposal } from "@countersign/shared/wire/proposal";
import type { AgentMessage, ControlMessage } from "@countersign/shared/wire/protocol";
import type { SimulatedService } from "./simulated-service.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const EXECUTION_MS = 1_000;
const RESTART_MS = 10_000;

/** What a question says beside the act, and whom it was put to. */
interface AskedOfHost {
  readonly hostId: string;
  readonly bootId: string;
  readonly askedBy: Asker;
  readonly reason: string;
}

interface Minted {
  readonly proposal: Proposal;
  isUsed: boolean;
}

export class SimulatedActuator {
  /** `service action` of every execution */
  readonly executions: string[] = [];
  readonly outcomes: Outcome[] = [];
  /** what its trust demands for each level */
  rules: LevelRules = FIRST_RULES;
  /** what it has verified of who signed what runs next; absent: it does not say */
  signers: Outcome["signers"];
  refusesProposalsFor: "actuator-unreachable" | "frozen" | "budget-exhausted" | null = null;
  /** it answers every question with this action, whatever was asked; null: with what was asked */
  answersWith: string | null = null;
  /** the next execution runs, and the actuator dies before it can journal the end */
  diesDuringNextExecution = false;
  /** how executions end, when the story says so */
  endsAs: "succeeded" | "failed" | "timed-out" = "succeeded";
  onExecution: (service: string, action: string) => void = () => {};
  onOutcome: (outcome: Outcome) => void = () => {};
  readonly #minted = new Map<string, Minted>();
  readonly #clock: VirtualClock;
  readonly #services: ReadonlyMap<string, SimulatedService>;
  readonly #bootId: () => string;
  #sequence = 0;

  /** `bootId` is asked at each act */
  constructor(clock: VirtualClock, services: ReadonlyMap<string, SimulatedService>, bootId: () => string) {
    this.#clock = clock;
    this.#services = services;
    this.#bootId = bootId;
  }

  /** A proposal, or its no. */
  answer(
    { action, askedBy, reason, requestId }: Extract<ControlMessage, { type: "propose" }>,
    { bootId, hostId }: Pick<AskedOfHost, "bootId" | "hostId">,
    service: SimulatedService,
  ): AgentMessage {
    const minted =
      this.refusesProposalsFor ??
      this.#mint({ hostId, bootId, askedBy, reason }, service, this.answersWith ?? action);
    return typeof minted === "string"
      ? { version: 2, type: "proposal-refused", requestId, reason: minted, detail: "" }
      : { version: 2, type: "proposal", requestId, proposal: proposalText(minted) };
  }

  #mint(asked: AskedOfHost, service: SimulatedService, action: string): Proposal | "level-closed" {
    const { askedBy, bootId, hostId, reason } = asked;
    const level = levelOf(service, action);
    const requires = ruleFor(level, this.rules);
    if (requires === null) return "level-closed";
    const nonce = `nonce-${String(this.#minted.size + 1).padStart(18, "0")}`;
    const proposal: Proposal = {
      version: 2,
      nonce,
      hostId,
      bootId,
      action,
      service: service.name,
      level,
      argv: ["/usr/bin/sudo", "-n", "/usr/bin/systemctl", action, "--no-block", service.unitName],
      runAs: "root",
      askedBy,
      reason,
      requires,
      precondition: boundUnitOf(service.unit),
      unitState: service.unit,
      verification: { unit: service.unitName, checks: [] },
      mintedAt: this.#clock.now,
      lifetimeMs: 3_600_000,
    };
    this.#minted.set(nonce, { proposal, isUsed: false });
    return proposal;
  }

  takeGrant(envelope: Envelope): void {
    const payload = new TextDecoder().decode(decodeBase64(envelope.payload) ?? new Uint8Array());
    const { grantId, nonce } = JSON.parse(payload) as { grantId: string; nonce: string };
    const minted = this.#minted.get(nonce);
    const service = this.#services.get(minted?.proposal.service ?? "");
    if (minted === undefined || service === undefined)
      return this.#end({ grantId, nonce, status: "refused", refusal: "nonce-unknown" });
    const named = { grantId, nonce, action: minted.proposal.action, service: service.name };
    const refusal = refusalOf(minted, service, this.#bootId()) ?? peopleMissing(minted, envelope);
    if (refusal !== null) return this.#end({ ...named, status: "refused", refusal });
    minted.isUsed = true;
    this.executions.push(`${service.name} ${minted.proposal.action}`);
    this.onExecution(service.name, minted.proposal.action);
    const isIdle = service.idleActions.includes(minted.proposal.action);
    if (this.endsAs !== "failed" && !isIdle) service.restartedByUs();
    const isDying = this.diesDuringNextExecution;
    this.diesDuringNextExecution = false;
    const status = isDying ? "lost" : this.endsAs;
    const startedAt = this.#clock.now;
    const { signers } = this;
    const ended = { ...named, status, startedAt, ...(signers === undefined ? {} : { signers }) } as const;
    this.#clock.after(isDying ? RESTART_MS : EXECUTION_MS, () => this.#end(ended));
  }

  acknowledge(sequence: number): void {
    const index = this.outcomes.findIndex((outcome) => outcome.sequence === sequence);
    if (index >= 0) this.outcomes.splice(index, 1);
  }

  #end(outcome: Partial<Outcome> & Pick<Outcome, "status">): void {
    const ended: Outcome = {
      nonce: null,
      grantId: null,
      action: null,
      service: null,
      refusal: null,
      detail: "",
      unitBefore: null,
      unitAfter: null,
      startedAt: this.#clock.now,
      finishedAt: this.#clock.now,
      sequence: ++this.#sequence,
      ...outcome,
    };
    this.outcomes.push(ended);
    this.onOutcome(ended);
  }
}

function levelOf({ actions }: SimulatedService, wanted: string): Proposal["level"] {
  return (actions.find(({ action }) => action === wanted)?.level ?? 4) as Proposal["level"];
}

// As many passkeys as there must be people: a replay's are one for each person. A yes in advance stands for one.
function peopleMissing({ proposal }: Minted, envelope: Envelope): RefusalReason | null {
  const signed = new Set(assertionsOf(envelope).map(({ credentialId }) => credentialId)).size;
  const people = signed + (envelope.standing === undefined ? 0 : 1);
  return people < proposal.requires.people ? "people-missing" : null;
}

/** A proposal's exact bytes as they travel. */
function proposalText(proposal: Proposal): string {
  return encodeBase64(new TextEncoder().encode(JSON.stringify(proposal)));
}

function refusalOf(
  { proposal, isUsed }: Minted,
  service: SimulatedService,
  bootId: string,
): RefusalReason | null {
  if (isUsed) return "nonce-used";
  if (proposal.bootId !== bootId) return "rebooted";
  const turn = unitTurn(boundUnitOf(proposal.unitState), service.unit);
  return turn === null ? null : "precondition-changed";
}
