// What the attacker has, and what can be done with it: the desk's private key, all that the desk has stored, a control plane in its place, and an agent
// on the host. What the attacker has not is a person's passkey. People do sign, though, other acts than the one that is tried: an attack may use
// whatever they have signed, for whatever they have not.
import { randomBytes } from "node:crypto";
import { encodeBase64, encodeBase64Url } from "@countersign/shared/values/base64";
import { sha256Hex } from "@countersign/shared/values/digest";
import { assert } from "@countersign/shared/values/result";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { type Assertion, challengeOf, type RelyingParty } from "@countersign/shared/wire/assertion";
import { type Envelope, sealEnvelope, type SigningKey } from "@countersign/shared/wire/envelope";
import { type FleetTrust, type SignedTrust, trustHashOf } from "@countersign/shared/wire/fleet-trust";
import type { Grant } from "@countersign/shared/wire/grant";
import { type Asker, parseProposal, type Proposal } from "@countersign/shared/wire/proposal";
import type { SignedStanding, StandingContent } from "@countersign/shared/wire/standing";
import type { DemoHostProcess } from "../../demo-host-process.ts";
import type { SoftwareAuthenticator } from "../authenticator.ts";
import { newId, type RoguePlane } from "./rogue-plane.ts";

/** Of the conversation on the actuator's socket. */
const SOCKET_VERSION = 2;
export const SERVICE = "demo";
export const ACTION = "restart";
const OPERATOR: Asker = { kind: "person", person: "operator" };

/** A proposal that this host has minted. */
export interface Minted {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly proposal: Proposal;
}

/** What the host made of an attempt: a reason of its own, or how it ran. */
export interface HostAnswer {
  readonly isRefused: boolean;
  readonly reason: string;
  readonly detail: string;
}

/** What goes beside the desk's signature. */
export interface Beside {
  readonly grant?: Partial<Grant>;
  readonly assertions?: readonly Assertion[];
  readonly standing?: SignedStanding;
  readonly key?: SigningKey;
}

/** What is in the attacker's hands. */
export interface Spoils {
  readonly deskKey: SigningKey;
  readonly deskPublicKey: string;
  readonly hostId: string;
  readonly party: RelyingParty;
  readonly plane: RoguePlane;
  readonly demoHost: Pick<DemoHostProcess, "askActuator">;
}

export type Attacker = ReturnType<typeof newAttacker>;

/** Makes one. */
export function newAttacker(spoils: Spoils) {
  const { deskKey, demoHost, hostId, party, plane } = spoils;

  const mint = async (
    askedBy: Asker = OPERATOR,
    reason = "The demo service answers nothing",
  ): Promise<Minted> => {
    const answer = await plane.propose({ service: SERVICE, action: ACTION, askedBy, reason });
    if (answer.type === "proposal-refused")
      throw new Error(`The host minted no proposal: ${answer.reason}: ${answer.detail}`);
    return mintedOf(answer.proposal);
  };

  /** A grant that the desk's own key signs. */
  const seal = ({ bytes, proposal }: Minted, beside: Beside = {}): Promise<Envelope> => {
    const { nonce, action, service } = proposal;
    const grant: Grant = {
      version: 2,
      grantId: newId("grt"),
      hostId,
      nonce,
      proposalHash: sha256Hex(bytes),
      action,
      service,
      approvedBy: "operator",
      approvedAt: Date.now(),
      proposalAgeMaxMs: 3_600_000,
      ...beside.grant,
    };
    return sealEnvelope(encodeUtf8(JSON.stringify(grant)), beside.key ?? deskKey, beside);
  };

  /** By the control plane's own way: its socket, the agent, the actuator. */
  const grant = async (envelope: Envelope): Promise<HostAnswer> => {
    const outcome = await plane.grant(grantIdIn(envelope), envelope);
    return {
      isRefused: outcome.status === "refused",
      reason: outcome.refusal ?? outcome.status,
      detail: outcome.detail,
    };
  };

  /** As the agent on the host could: any line to the actuator's socket. */
  const line = async (text: string): Promise<HostAnswer> => {
    const answer = JSON.parse(await demoHost.askActuator(text)) as {
      readonly type: string;
      readonly reason?: string;
      readonly detail?: string;
    };
    const { detail = "", reason, type } = answer;
    // A line that is none is refused by the socket itself: `frame-too-large: at most …`.
    const [frame = ""] = type === "failed" ? detail.split(":") : [];
    return {
      isRefused: type === "refused" || frame.startsWith("frame-"),
      reason: reason ?? (frame || type),
      detail,
    };
  };
  const toSocket = (envelope: unknown): Promise<HostAnswer> =>
    line(
      JSON.stringify({ version: SOCKET_VERSION, id: 1, type: "execute", grantId: newId("grt"), envelope }),
    );

  const trust = async (signed: SignedTrust): Promise<HostAnswer> => {
    const { refusal, trust: believed } = await plane.trust(signed, party);
    return refusal === null
      ? { isRefused: false, reason: "believed", detail: `version ${believed?.version ?? 0}` }
      : { isRefused: true, reason: refusal.reason, detail: refusal.detail };
  };

  return { ...spoils, mint, seal, grant, line, toSocket, trust };
}

/** The host names a grant by what its payload says, where it can be read. */
function grantIdIn({ payload }: Envelope): string {
  try {
    const { grantId } = JSON.parse(Buffer.from(payload, "base64").toString("utf8")) as Partial<Grant>;
    return grantId ?? newId("grt");
  } catch {
    return newId("grt");
  }
}

/** Reads a proposal in base64. */
export function mintedOf(base64: string): Minted {
  const bytes = new Uint8Array(Buffer.from(base64, "base64"));
  const proposal = parseProposal(bytes);
  assert(proposal.ok, "a host mints proposals that can be read");
  return { bytes, proposal: proposal.value };
}

/** A proposal with something in it changed. */
export function altered({ proposal }: Minted, changes: Partial<Proposal>): Minted {
  const changed = { ...proposal, ...changes };
  return { bytes: encodeUtf8(JSON.stringify(changed)), proposal: changed };
}

/** A person's yes to exactly this. */
export function signProposal(passkey: SoftwareAuthenticator, { bytes }: Minted): Promise<Assertion> {
  return passkey.sign(challengeOf("proposal", bytes));
}

/** The text of a yes in advance: one restart of the demo service within an hour, unless said otherwise. */
export function standingText(hostId: string, changes: Partial<StandingContent> = {}): string {
  const givenAt = Date.now();
  const content: StandingContent = {
    version: 2,
    nonce: encodeBase64Url(randomBytes(24)),
    hostId,
    service: SERVICE,
    action: ACTION,
    usesMax: 1,
    givenAt,
    untilAt: givenAt + 3_600_000,
    givenBy: "operator",
    why: "The night of the story",
    ...changes,
  };
  return JSON.stringify(content);
}

/** A yes in advance to exactly this text. */
export async function signStanding(passkey: SoftwareAuthenticator, text: string): Promise<SignedStanding> {
  const bytes = encodeUtf8(text);
  return { content: encodeBase64(bytes), signatures: [await passkey.sign(challengeOf("standing", bytes))] };
}

/** A version of the fleet's trust, signed by these. */
export async function signTrust(
  trust: FleetTrust,
  signers: readonly SoftwareAuthenticator[],
): Promise<{ readonly signed: SignedTrust; readonly hash: string }> {
  const bytes = encodeUtf8(JSON.stringify(trust));
  const challenge = challengeOf("trust", bytes);
  const signatures = await Promise.all(signers.map((passkey) => passkey.sign(challenge)));
  return { signed: { trust: encodeBase64(bytes), signatures }, hash: trustHashOf(bytes) };
}
