// Carries versions of the fleet's trust to the actuator, and says which one it believes. The agent believes none of them itself: what it carries
// the actuator verifies, and what it keeps for root is looked at there again. Not pure.
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { RelyingParty } from "@countersign/shared/wire/assertion";
import { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import { type AgentMessage, type Hello, SIGNING_VERSION } from "@countersign/shared/wire/protocol";
import { readSignedTrust } from "@countersign/shared/wire/trust-chain";
import type { ActuatorClient } from "../actuator-client.ts";
import { summaryOf } from "../core/connection/reporting.ts";
import { writeDurably } from "../durable-file.ts";
import { describeFailure } from "../failure.ts";
import type { ControlOrder } from "./dialled-socket.ts";
import type { Log } from "./log.ts";
import { describeActuatorFailure } from "./outcome-relay.ts";

/** A hello waits no longer for the actuator. */
const ASK_MS = 2_000;

/** What the control plane offered, for root to accept. */
export const OfferedTrust = z.strictObject({ signed: SignedTrust, party: RelyingParty });
export type OfferedTrust = z.infer<typeof OfferedTrust>;

/** What a hello says of signing; `trust` is left out when the actuator does not say it. */
export async function askSigning(actuator: ActuatorClient): Promise<NonNullable<Hello["signing"]>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ASK_MS);
  });
  const trust = await Promise.race([actuator.trust().catch(() => undefined), late]);
  clearTimeout(timer);
  return { version: SIGNING_VERSION, ...(trust === undefined ? {} : { trust }) };
}

/** Tells which version is believed now, after root accepted another one; when the actuator does not say it, the next hello does. */
export async function tellTrust(
  actuator: ActuatorClient,
  send: (message: AgentMessage) => unknown,
): Promise<void> {
  const { trust } = await askSigning(actuator);
  if (trust !== undefined) send({ version: SIGNING_VERSION, type: "trust-answer", trust, refusal: null });
}

type TrustOrder = Extract<ControlOrder, { type: "trust" }>;

/** Hands a version to the actuator and tells its answer; one that only root can accept is kept for root. */
export async function relayTrust(
  { party, signed }: TrustOrder,
  parts: {
    readonly actuator: ActuatorClient;
    readonly log: Log;
    readonly offeredTrust: string;
    readonly send: (message: AgentMessage) => unknown;
  },
): Promise<void> {
  const { actuator, log, offeredTrust, send } = parts;
  const head = { version: SIGNING_VERSION, type: "trust-answer" } as const;
  try {
    const { refusal, trust } = await actuator.applyTrust(signed);
    if (refusal?.reason === "trust-not-accepted") await keepOffered(offeredTrust, { signed, party }, log);
    send({ ...head, trust, refusal });
    log.recovered("actuator", "The actuator answers again.");
  } catch (error) {
    const detail = describeActuatorFailure(error);
    log.state("error", "actuator", detail);
    const read = readSignedTrust(signed);
    const offered = read.ok ? read.value.trust.version : null;
    const refusal = { reason: "actuator-unreachable", offered, detail: summaryOf(detail) } as const;
    send({ ...head, trust: null, refusal });
  }
}

/** Keeps it where `trust accept` looks; the same one is written once. */
async function keepOffered(path: string, offered: OfferedTrust, log: Log): Promise<void> {
  const text = `${JSON.stringify(offered)}\n`;
  if ((await readFile(path, "utf8").catch(() => "")) === text) return;
  try {
    await writeDurably(path, text, 0o600);
    log.event({
      level: "warning",
      event: "trust",
      text: "The control plane offers the fleet's approvers: root accepts them with `countersign-agent trust accept`.",
    });
  } catch (error) {
    log.state("error", "offered-trust", describeFailure(error));
  }
}
