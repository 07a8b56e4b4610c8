// Reads the frozen examples of a protocol version. They are data that another program wrote once: nothing here makes them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Envelope } from "@countersign/shared/wire/envelope";
import type { StoredKeyPair } from "@countersign/shared/wire/signature";

/** Where a version's fixtures stand. */
export const fixturesRoot = (version: number): string => join(import.meta.dirname, `v${version}`);

/** A frame that must be refused, and as what. */
export interface RefusedFrame {
  readonly why: string;
  readonly frame: string;
  readonly reason: string;
}

interface EnvelopeCase {
  readonly why: string;
  readonly rolesRequired: readonly string[];
  readonly envelope: Envelope;
}

interface GrantFixture {
  readonly verificationKeys: readonly {
    readonly keyId: string;
    readonly role: string;
    readonly publicKey: string;
  }[];
  readonly proposalText: string;
  readonly proposalHash: string;
  readonly grantText: string;
  readonly accepted: readonly EnvelopeCase[];
  readonly refused: readonly (EnvelopeCase & { readonly reason: string })[];
}

function load<T>(name: string): T {
  return JSON.parse(readFileSync(join(fixturesRoot(1), name), "utf8")) as T;
}

/** Messages that came later stand in files of their own: a frozen file is never changed. */
export const agentMessages = {
  ...load<Record<string, Record<string, unknown>>>("agent-messages.json"),
  ...load<Record<string, Record<string, unknown>>>("agent-messages-facts.json"),
};
/** Second examples, of messages that got optional fields later. */
export const laterAgentMessages = load<Record<string, Record<string, unknown>>>(
  "agent-messages-evidence.json",
);
export const controlMessages = {
  ...load<Record<string, Record<string, unknown>>>("control-messages.json"),
  ...load<Record<string, Record<string, unknown>>>("control-messages-refused.json"),
};
export const refusedAgentFrames = load<readonly RefusedFrame[]>("refused-agent-frames.json");
export const refusedControlFrames = load<readonly RefusedFrame[]>("refused-control-frames.json");
export const grantFixture = load<GrantFixture>("grant.json");
export const enrolmentFixture = load<{ readonly request: unknown; readonly answer: unknown }>(
  "enrolment.json",
);
export const keys = load<Record<"desk" | "approver" | "host" | "stranger", StoredKeyPair>>("keys.json");
