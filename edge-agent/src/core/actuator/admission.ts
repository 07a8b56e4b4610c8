// The actuator's last check: whether a grant whose signatures verify-grant.ts has checked is executed now. Pure, and complete: what
// neither of the two checks is checked nowhere. Every refusal is an expected no with its reason; the order of checks only decides which
// reason is named first.
import { argvOf, type Catalogue } from "@countersign/shared/host/catalogue";
import { boundUnitOf, unitTurn } from "@countersign/shared/host/same-unit";
import { decodeBase64 } from "@countersign/shared/values/base64";
import { PROPOSAL_LIFETIME_MAX_MS } from "@countersign/shared/values/limits";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { Grant } from "@countersign/shared/wire/grant";
import type { Trust } from "@countersign/shared/wire/host-trust";
import type { RefusalReason } from "@countersign/shared/wire/outcome";
import { parseProposal, type Proposal, proposalHashOf } from "@countersign/shared/wire/proposal";
import type { UnitState } from "@countersign/shared/wire/service-report";
import type { HostInstant } from "./budget.ts";
import { type CatalogueEntry, findEntry, isOwnUnit, type MintedProposal } from "./mint.ts";
import type { Refusal, VerifiedGrant } from "./verify-grant.ts";

export interface AdmissionInput {
  readonly verified: VerifiedGrant;
  readonly trust: Trust;
  readonly catalogue: Catalogue;
  /** the proposal minted here under the grant's nonce; null when there is none */
  readonly minted: MintedProposal | null;
  /** whether the journal has an execution under the grant's nonce */
  readonly isNonceUsed: boolean;
  readonly frozen: boolean;
  readonly now: HostInstant;
  /** the unit as it is now */
  readonly observed: UnitState;
  /** restarts of this service in the budget's window, by anyone */
  readonly restartCount: number;
}

/** What will run, every part of it from this host's own files and memory. */
export interface Plan {
  readonly grant: Grant;
  readonly proposal: Proposal;
  readonly entry: CatalogueEntry;
  readonly argv: readonly string[];
}

/** Admits a grant or names the first reason against it. */
export function decideAdmission(input: AdmissionInput): Result<Plan, Refusal> {
  const { verified, trust, minted } = input;
  const { grant } = verified;
  if (grant.hostId !== trust.hostId) return no("wrong-host", "the grant is for another host");
  if (input.isNonceUsed) return no("nonce-used", "this nonce was executed before");
  if (minted === null || minted.nonce !== grant.nonce)
    return no("nonce-unknown", "this actuator has no such proposal");
  const proposal = readMinted(minted, grant);
  if (proposal === null) return no("proposal-mismatch", "the grant is not for the proposal minted here");
  if (proposal.hostId !== trust.hostId)
    return no("wrong-host", "the proposal was minted for another host id");
  const permitted = checkRoles(proposal, input);
  if (!permitted.ok) return permitted;
  const fresh = checkAge(minted, proposal, input);
  if (!fresh.ok) return fresh;
  const entry = checkCatalogue(proposal, input.catalogue);
  if (!entry.ok) return entry;
  if (input.frozen) return no("frozen", "this host is frozen");
  const { restartsMax } = input.catalogue.budget;
  if (input.restartCount >= restartsMax)
    return no("budget-exhausted", `${input.restartCount} restarts in the window, at most ${restartsMax}`);
  const holds = checkPrecondition(proposal, entry.value, input.observed);
  if (!holds.ok) return holds;
  return ok({ grant, proposal, entry: entry.value, argv: proposal.argv });
}

function no(reason: RefusalReason, detail: string): Result<never, Refusal> {
  return refuse({ reason, detail });
}

/** The proposal as minted, when the grant names exactly these bytes and the same act; else null. */
function readMinted(minted: MintedProposal, grant: Grant): Proposal | null {
  const bytes = decodeBase64(minted.bytes);
  if (bytes === null || proposalHashOf(bytes) !== grant.proposalHash) return null;
  const proposal = parseProposal(bytes);
  if (!proposal.ok) return null;
  const { nonce, action, service } = proposal.value;
  const isSameAct = nonce === grant.nonce && action === grant.action && service === grant.service;
  return isSameAct ? proposal.value : null;
}

/** A level that the trust file does not list can never be granted. */
function checkRoles(proposal: Proposal, input: AdmissionInput): Result<null, Refusal> {
  const required = input.trust.rolesRequired[proposal.level];
  if (required === undefined)
    return no("signature-missing", `the trust file permits no action of level ${proposal.level}`);
  const missing = required.find((role) => !input.verified.roles.includes(role));
  return missing === undefined && required.length > 0
    ? ok(null)
    : no("signature-missing", `level ${proposal.level} needs a signature of role ${missing ?? "any"}`);
}

/** Age by the clock that counts from boot; an age below zero means that clock is not what it was. */
function checkAge(
  minted: MintedProposal,
  proposal: Proposal,
  { now, verified }: AdmissionInput,
): Result<null, Refusal> {
  if (minted.at.bootId !== now.bootId || proposal.bootId !== now.bootId)
    return no("rebooted", "the host was booted anew since the proposal was minted");
  const ageMs = now.monotonicMs - minted.at.monotonicMs;
  const ageMaxMs = Math.min(proposal.lifetimeMs, verified.grant.proposalAgeMaxMs, PROPOSAL_LIFETIME_MAX_MS);
  return ageMs >= 0 && ageMs <= ageMaxMs
    ? ok(null)
    : no("expired", `the proposal is ${Math.round(ageMs)} ms old, at most ${ageMaxMs}`);
}

/** What was shown to the person must be what the catalogue says now. */
function checkCatalogue(proposal: Proposal, catalogue: Catalogue): Result<CatalogueEntry, Refusal> {
  const entry = findEntry(catalogue, proposal);
  if (entry === null) return no("action-unknown", "the catalogue has no such action any more");
  if (isOwnUnit(entry)) return no("own-unit", "the agent refuses every action on its own units");
  const isSame =
    entry.action.level === proposal.level &&
    JSON.stringify(argvOf(entry.service, entry.action)) === JSON.stringify(proposal.argv);
  return isSame ? ok(entry) : no("catalogue-changed", "the catalogue's entry changed since the proposal");
}

/** A service that names a unit or pid file must be observable, and as it was; one that names none has no precondition. */
function checkPrecondition(
  proposal: Proposal,
  { service }: CatalogueEntry,
  observed: UnitState,
): Result<null, Refusal> {
  if (service.unit === undefined && service.pidFile === undefined) return ok(null);
  const before = proposal.unitState;
  const turn = unitTurn(boundUnitOf(before), observed);
  if (turn === null) return ok(null);
  if (turn === "unseen") return no("precondition-changed", "the unit's state cannot be observed now");
  const isAnew = turn === "started-anew" ? ", started anew since" : "";
  return no(
    "precondition-changed",
    `the unit was ${describeUnit(before)} and is ${describeUnit(observed)}${isAnew}`,
  );
}

function describeUnit({ activeState, loadState, result }: UnitState): string {
  const words = [result === "success" ? "" : result, loadState ?? ""].filter((word) => word !== "");
  return words.length === 0 ? activeState : `${activeState} (${words.join(", ")})`;
}
