// The actuator's last check: whether a grant that a desk has signed (verify-grant.ts) is executed now. Pure (WebCrypto only computes), and
// complete: what neither of the two checks is checked nowhere. Every refusal is an expected no with its reason; the order of checks only
// decides which reason is named first.
// What a reader would get wrong: what people must have signed is asked of the trust of this moment, and of the proposal as well. Neither a
// rule that was loosened since nor one that was tightened lets an act through that its signers did not mean.
import { argvOf } from "@countersign/shared/host/action-argv";
import type { Catalogue } from "@countersign/shared/host/catalogue";
import { unitTurn } from "@countersign/shared/host/same-unit";
import { decodeBase64 } from "@countersign/shared/values/base64";
import { PROPOSAL_LIFETIME_MAX_MS } from "@countersign/shared/values/limits";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { Grant } from "@countersign/shared/wire/grant";
import { ruleFor } from "@countersign/shared/wire/level-rule";
import type { RefusalReason } from "@countersign/shared/wire/outcome";
import { parseProposal, type Proposal, proposalHashOf } from "@countersign/shared/wire/proposal";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { checkPeople } from "@countersign/shared/wire/signers";
import { type BelievedTrust, ruleOn } from "./believed-trust.ts";
import type { HostInstant } from "./budget.ts";
import {
  type CatalogueEntry,
  findEntry,
  isOwnUnit,
  isProtected,
  type MintedProposal,
  preconditionOf,
  runAsOf,
  verificationOf,
} from "./mint.ts";
import type { Refusal, VerifiedGrant } from "./verify-grant.ts";
import { type VerifiedPeople, verifyPeople } from "./verify-people.ts";

export interface AdmissionInput {
  readonly verified: VerifiedGrant;
  readonly trust: BelievedTrust;
  readonly catalogue: Catalogue;
  /** the proposal minted here under the grant's nonce; null when there is none */
  readonly minted: MintedProposal | null;
  /** whether the journal has an execution under the grant's nonce */
  readonly isNonceUsed: boolean;
  /** how often the journal has a yes in advance used, by its nonce */
  readonly usesOf: (standingNonce: string) => number;
  readonly actuatorUser: string;
  readonly frozen: boolean;
  readonly now: HostInstant;
  /** the unit as it is now */
  readonly observed: UnitState;
  /** restarts of this service in the budget's window, by anyone */
  readonly restartCount: number;
}

/** What will run, every part of it from this host's own files and memory, and who signed it. */
export interface Plan {
  readonly grant: Grant;
  readonly proposal: Proposal;
  readonly entry: CatalogueEntry;
  readonly argv: readonly string[];
  /** the desk's key */
  readonly keyId: string;
  readonly people: VerifiedPeople;
}

/** Admits a grant or names the first reason against it. */
export async function decideAdmission(input: AdmissionInput): Promise<Result<Plan, Refusal>> {
  const read = readGranted(input);
  if (!read.ok) return read;
  const { verified, trust, now, usesOf } = input;
  const { envelope } = verified;
  const { bytes, proposal } = read.value;
  const people = await verifyPeople({ envelope, trust, proposal, bytes, wallMs: now.wallMs, usesOf });
  return admitSigned({ ...input, people });
}

/** The same, once it is known what people have signed. Pure, and in one turn. */
export function admitSigned(
  input: AdmissionInput & { readonly people: Result<VerifiedPeople, Refusal> },
): Result<Plan, Refusal> {
  const { grant, keyId } = input.verified;
  const read = readGranted(input);
  if (!read.ok) return read;
  const { minted, proposal } = read.value;
  const people = checkSigners(proposal, input);
  if (!people.ok) return people;
  const fresh = checkAge(minted, proposal, input);
  if (!fresh.ok) return fresh;
  const entry = checkCatalogue(proposal, input);
  if (!entry.ok) return entry;
  if (input.frozen) return no("frozen", "this host is frozen");
  const { restartsMax } = input.catalogue.budget;
  if (input.restartCount >= restartsMax)
    return no("budget-exhausted", `${input.restartCount} restarts in the window, at most ${restartsMax}`);
  const holds = checkPrecondition(proposal, input.observed);
  if (!holds.ok) return holds;
  return ok({ grant, proposal, entry: entry.value, argv: proposal.argv, keyId, people: people.value });
}

/** The proposal that the grant is for, as it was minted here. */
function readGranted({
  isNonceUsed,
  minted,
  trust,
  verified,
}: AdmissionInput): Result<ReadProposal, Refusal> {
  const { grant } = verified;
  const { hostId } = trust.host;
  if (grant.hostId !== hostId) return no("wrong-host", "the grant is for another host");
  if (isNonceUsed) return no("nonce-used", "this nonce was executed before");
  if (minted === null || minted.nonce !== grant.nonce)
    return no("nonce-unknown", "this actuator has no such proposal");
  const read = readMinted(minted, grant);
  if (read === null) return no("proposal-mismatch", "the grant is not for the proposal minted here");
  if (read.proposal.hostId !== hostId) return no("wrong-host", "the proposal was minted for another host id");
  return ok(read);
}

function no(reason: RefusalReason, detail: string): Result<never, Refusal> {
  return refuse({ reason, detail });
}

interface ReadProposal {
  readonly minted: MintedProposal;
  readonly proposal: Proposal;
  readonly bytes: Uint8Array;
}

/** The proposal as minted, when the grant names exactly these bytes and the same act; else null. */
function readMinted(minted: MintedProposal, grant: Grant): ReadProposal | null {
  const bytes = decodeBase64(minted.bytes);
  if (bytes === null || proposalHashOf(bytes) !== grant.proposalHash) return null;
  const proposal = parseProposal(bytes);
  if (!proposal.ok) return null;
  const { nonce, action, service } = proposal.value;
  const isSameAct = nonce === grant.nonce && action === grant.action && service === grant.service;
  return isSameAct ? { minted, proposal: proposal.value, bytes } : null;
}

/** Whether they are who this host demands now, and who the proposal said it demanded. */
function checkSigners(
  { askedBy, level, requires }: Proposal,
  { people, trust }: Pick<AdmissionInput, "trust"> & { readonly people: Result<VerifiedPeople, Refusal> },
): Result<VerifiedPeople, Refusal> {
  const today = ruleOn(trust, level);
  if (!today.ok) return today;
  const rule = ruleFor(level, { [level]: today.value }, { [level]: requires });
  if (rule === null) return no("level-closed", `level ${level} is closed`);
  if (!people.ok) return people;
  const enough = checkPeople(rule, people.value.signers, askedBy);
  return enough.ok ? people : enough;
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
function checkCatalogue(
  proposal: Proposal,
  { actuatorUser, catalogue, observed }: AdmissionInput,
): Result<CatalogueEntry, Refusal> {
  const entry = findEntry(catalogue, proposal);
  if (entry === null) return no("action-unknown", "the catalogue has no such action any more");
  if (isOwnUnit(entry)) return no("own-unit", "the agent refuses every action on its own units");
  const isSame =
    entry.action.level === proposal.level &&
    runAsOf(entry, actuatorUser) === proposal.runAs &&
    isProtected(entry) === (proposal.isProtected === true) &&
    (preconditionOf(entry, observed) === null) === (proposal.precondition === null) &&
    isSameJson(argvOf(entry.service, entry.action), proposal.argv) &&
    isSameJson(verificationOf(entry), proposal.verification);
  return isSame ? ok(entry) : no("catalogue-changed", "the catalogue's entry changed since the proposal");
}

function isSameJson(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** A service that names a unit or pid file must be observable, and as it was; one that names none has no precondition. */
function checkPrecondition(proposal: Proposal, observed: UnitState): Result<null, Refusal> {
  if (proposal.precondition === null) return ok(null);
  const turn = unitTurn(proposal.precondition, observed);
  if (turn === null) return ok(null);
  if (turn === "unseen") return no("precondition-changed", "the unit's state cannot be observed now");
  const isAnew = turn === "started-anew" ? ", started anew since" : "";
  return no(
    "precondition-changed",
    `the unit was ${describeUnit(proposal.unitState)} and is ${describeUnit(observed)}${isAnew}`,
  );
}

function describeUnit({ activeState, loadState, result }: UnitState): string {
  const words = [result === "success" ? "" : result, loadState ?? ""].filter((word) => word !== "");
  return words.length === 0 ? activeState : `${activeState} (${words.join(", ")})`;
}
