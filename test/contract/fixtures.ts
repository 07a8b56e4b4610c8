// Reads the frozen examples of a protocol version. They are data that another program wrote once: nothing here makes them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RelyingParty } from "@countersign/shared/wire/assertion";
import type { Envelope } from "@countersign/shared/wire/envelope";
import type { Approver, SignedTrust, TrustMark } from "@countersign/shared/wire/fleet-trust";
import type { DeskKey } from "@countersign/shared/wire/public-key";
import type { StoredKeyPair } from "@countersign/shared/wire/signature";
import type { Signer } from "@countersign/shared/wire/signers";
import type { SignedStanding } from "@countersign/shared/wire/standing";
import type { StoredPasskey } from "../mutation/passkey.ts";

/** Where a version's fixtures stand. */
export const fixturesRoot = (version: number): string => join(import.meta.dirname, `v${version}`);

type Message = Readonly<Record<string, unknown>>;
type Messages = Readonly<Record<string, Message>>;

/** A frame that must be refused, and as what. */
export interface RefusedFrame {
  readonly why: string;
  readonly frame: string;
  readonly reason: string;
}

interface Case {
  readonly why: string;
}
interface TextCase extends Case {
  readonly text: string;
}

interface GrantFixture {
  readonly party: RelyingParty;
  readonly deskKeys: readonly DeskKey[];
  readonly approvers: readonly Approver[];
  readonly proposalText: string;
  readonly proposalHash: string;
  /** base64url */
  readonly challenge: string;
  readonly otherProposals: readonly TextCase[];
  readonly refusedProposals: readonly TextCase[];
  readonly grantText: string;
  readonly accepted: readonly (Case & { readonly envelope: Envelope; readonly signers: readonly Signer[] })[];
  readonly refused: readonly (Case & { readonly envelope: Envelope; readonly reason: string })[];
  /** refused before any signature is looked at */
  readonly unreadable: readonly (Case & { readonly envelope: unknown })[];
}

interface StandingFixture {
  readonly text: string;
  readonly hash: string;
  /** base64url */
  readonly challenge: string;
  readonly signed: SignedStanding;
  readonly signer: Signer;
  readonly envelope: Envelope;
  readonly refusedTexts: readonly TextCase[];
  readonly refused: readonly (Case & { readonly signed: SignedStanding; readonly reason: string })[];
}

interface TrustFixture {
  readonly party: RelyingParty;
  readonly texts: readonly string[];
  readonly versions: readonly SignedTrust[];
  readonly marks: readonly TrustMark[];
  readonly words: readonly (readonly string[])[];
  /** `after`: the version that is believed */
  readonly refused: readonly (Case & {
    readonly after: number;
    readonly signed: SignedTrust;
    readonly reason: string;
  })[];
}

interface HostTrustFixture {
  readonly accepted: readonly (Case & { readonly file: Message })[];
  readonly refused: readonly (Case & { readonly file: Message; readonly where: string })[];
}

function load<T>(version: number, name: string): T {
  return JSON.parse(readFileSync(join(fixturesRoot(version), name), "utf8")) as T;
}

/** Messages that came later stand in files of their own: a frozen file is never changed. */
export const agentMessages = {
  ...load<Messages>(1, "agent-messages.json"),
  ...load<Messages>(1, "agent-messages-facts.json"),
};
/** Second examples, of messages that got optional fields later. */
export const laterAgentMessages = {
  ...load<Messages>(1, "agent-messages-evidence.json"),
  ...load<Messages>(1, "agent-messages-words.json"),
  ...load<Messages>(1, "agent-messages-examined.json"),
};
export const controlMessages = {
  ...load<Messages>(1, "control-messages.json"),
  ...load<Messages>(1, "control-messages-refused.json"),
};
export const refusedAgentFrames = load<readonly RefusedFrame[]>(1, "refused-agent-frames.json");
export const refusedControlFrames = load<readonly RefusedFrame[]>(1, "refused-control-frames.json");
export const enrolmentFixture = load<{ readonly request: unknown; readonly answer: unknown }>(
  1,
  "enrolment.json",
);
export const keys = load<Record<"desk" | "approver" | "host" | "stranger", StoredKeyPair>>(1, "keys.json");

/** Version 2: what is signed, and what carries it. */
export const signing = {
  keys: load<
    Record<"desk" | "deskNext" | "host" | "stranger", StoredKeyPair> & {
      readonly passkeys: Record<"alicePhone" | "aliceLaptop" | "bob" | "carol" | "mallory", StoredPasskey>;
    }
  >(2, "keys.json"),
  /** several of one type have names of their own */
  agentMessages: load<Messages>(2, "agent-messages.json"),
  controlMessages: load<Messages>(2, "control-messages.json"),
  refusedAgentFrames: load<readonly RefusedFrame[]>(2, "refused-agent-frames.json"),
  refusedControlFrames: load<readonly RefusedFrame[]>(2, "refused-control-frames.json"),
  grant: load<GrantFixture>(2, "grant.json"),
  standing: load<StandingFixture>(2, "standing.json"),
  trust: load<TrustFixture>(2, "trust.json"),
  enrolment: load<Readonly<Record<"request" | "answer" | "answer-without-approvers", unknown>>>(
    2,
    "enrolment.json",
  ),
  hostTrust: load<HostTrustFixture>(2, "host-trust.json"),
};
