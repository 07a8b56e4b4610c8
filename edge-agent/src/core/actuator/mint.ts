// Decides whether a proposal is minted and what it says. Pure. Nothing here permits anything: a proposal only asks, and admission
// checks all of it again when a grant comes back.
import { argvOf, privilegedActOf } from "@countersign/shared/host/action-argv";
import type { ActionSpec, Catalogue, ServiceSpec } from "@countersign/shared/host/catalogue";
import { boundUnitOf } from "@countersign/shared/host/same-unit";
import { namesOwnUnit } from "@countersign/shared/host/sudo-word";
import { unloadedOf, type UnloadedState } from "@countersign/shared/host/unit-run";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { PROPOSAL_BYTES_MAX, PROPOSAL_LIFETIME_MAX_MS } from "@countersign/shared/values/limits";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { RefusalReason } from "@countersign/shared/wire/outcome";
import { type Asker, type Precondition, Proposal } from "@countersign/shared/wire/proposal";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { type BelievedTrust, ruleOn } from "./believed-trust.ts";
import type { HostInstant } from "./budget.ts";

/** A proposal as the actuator remembers it: the exact bytes, and when by the clock that nobody can set. */
export interface MintedProposal {
  readonly nonce: string;
  /** base64 of the exact bytes */
  readonly bytes: string;
  readonly at: HostInstant;
}

/** Why no proposal was minted; the same words travel to the control plane in `proposal-refused`. */
export const MINT_REFUSALS = [
  "action-unknown",
  "budget-exhausted",
  "frozen",
  "level-closed",
  "own-unit",
] as const;
export type MintRefusalReason = Extract<RefusalReason, (typeof MINT_REFUSALS)[number]>;

export interface MintRefusal {
  readonly reason: MintRefusalReason;
  readonly detail: string;
}

export interface CatalogueEntry {
  readonly service: ServiceSpec;
  readonly action: ActionSpec;
}

export interface MintInput {
  readonly entry: CatalogueEntry | null;
  readonly trust: BelievedTrust;
  /** who had the host asked, and why, as the control plane says */
  readonly askedBy: Asker;
  readonly reason: string;
  /** as whom an action runs that needs no sudo */
  readonly actuatorUser: string;
  readonly nonce: string;
  readonly now: HostInstant;
  readonly frozen: boolean;
  readonly observed: UnitState;
  readonly restartCount: number;
  readonly restartsMax: number;
  readonly lifetimeMs: number;
}

/** Finds an action of the catalogue by its two names. */
export function findEntry(
  catalogue: Catalogue,
  names: { readonly service: string; readonly action: string },
): CatalogueEntry | null {
  const service = catalogue.services.find(({ name }) => name === names.service);
  const action = service?.actions.find(({ name }) => name === names.action);
  return service === undefined || action === undefined ? null : { service, action };
}

/** Says whether an action would touch the agent's own units. */
export function isOwnUnit({ service, action }: CatalogueEntry): boolean {
  const named = [service.unit ?? "", service.container?.name ?? ""];
  const argv = privilegedActOf(service, action)?.argv ?? argvOf(service, action);
  return namesOwnUnit(["", ...named]) || namesOwnUnit(argv);
}

/** As whom an entry runs in the end. */
export function runAsOf({ action }: CatalogueEntry, actuatorUser: string): string {
  if (action.kind === "exec") return action.runAs ?? actuatorUser;
  return "root";
}

/** Whether who says yes must type the service's name. */
export function isProtected({ service }: CatalogueEntry): boolean {
  return service.protected === true;
}

/** What is looked at of a service beside its checks, such that it is clear whose it is; null: nothing. */
function unitWordsOf({ container, manager, unit, user }: ServiceSpec): string | null {
  if (container !== undefined) return `${container.engine}’s ${container.name}`;
  return manager === "user" && unit !== undefined ? `${user}’s ${unit}` : (unit ?? null);
}

/** By what it will be judged whether it helped. */
export function verificationOf({ service }: CatalogueEntry): Proposal["verification"] {
  return { unit: unitWordsOf(service), checks: service.checks.map(({ name }) => name) };
}

/** Says whether something of a service can be looked at beside its checks. */
export function isObservable({ container, pidFile, unit }: ServiceSpec): boolean {
  return unit !== undefined || pidFile !== undefined || container !== undefined;
}

/** What must still hold when the grant comes; null: of a service without unit, pid file and container nothing can be seen. */
export function preconditionOf({ service }: CatalogueEntry, observed: UnitState): Precondition | null {
  return isObservable(service) ? { ...boundUnitOf(observed) } : null;
}

function unloadedDetail(unit: string, state: UnloadedState): string {
  switch (state) {
    case "not-found":
      return `this host has no unit ${unit}`;
    case "masked":
      return `${unit} is masked: nothing can start it`;
    case "bad-setting":
    case "error":
      return `systemd cannot load ${unit} (${state})`;
  }
}

/** Mints a proposal, or says why not. */
export function decideMint(input: MintInput): Result<MintedProposal, MintRefusal> {
  const { entry, now, nonce, observed } = input;
  if (entry === null) return refuse({ reason: "action-unknown", detail: "the catalogue has no such action" });
  if (isOwnUnit(entry))
    return refuse({ reason: "own-unit", detail: "the agent refuses every action on its own units" });
  const unloaded = entry.action.kind === "exec" ? null : unloadedOf(observed);
  // The protocol has no word for it: what systemd can act on by no means is no action of this host.
  if (unloaded !== null)
    return refuse({
      reason: "action-unknown",
      detail: unloadedDetail(unitWordsOf(entry.service) ?? "", unloaded),
    });
  if (input.frozen) return refuse({ reason: "frozen", detail: "this host is frozen" });
  if (input.restartCount >= input.restartsMax)
    return refuse({
      reason: "budget-exhausted",
      detail: `${input.restartCount} restarts in the window, at most ${input.restartsMax}`,
    });
  const rule = ruleOn(input.trust, entry.action.level);
  if (!rule.ok) return rule;
  const proposal: Proposal = {
    version: 2,
    nonce,
    hostId: input.trust.host.hostId,
    bootId: now.bootId,
    action: entry.action.name,
    service: entry.service.name,
    level: entry.action.level,
    argv: [...argvOf(entry.service, entry.action)],
    runAs: runAsOf(entry, input.actuatorUser),
    askedBy: input.askedBy,
    reason: input.reason,
    ...(isProtected(entry) ? { isProtected: true } : {}),
    requires: rule.value,
    precondition: preconditionOf(entry, observed),
    unitState: observed,
    verification: verificationOf(entry),
    mintedAt: now.wallMs,
    lifetimeMs: Math.min(input.lifetimeMs, PROPOSAL_LIFETIME_MAX_MS),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(Proposal.parse(proposal)));
  if (bytes.length > PROPOSAL_BYTES_MAX)
    return refuse({ reason: "action-unknown", detail: "the catalogue's argv is too long for a proposal" });
  return ok({ nonce, bytes: encodeBase64(bytes), at: now });
}
