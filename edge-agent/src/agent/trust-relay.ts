// Carries versions of the fleet's trust to the actuator, and says which one it believes. The agent believes none of them itself: what it carries
// the actuator verifies, and what it keeps for root is looked at there again. Not pure.
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { RelyingParty } from "@countersign/shared/wire/assertion";
import { SignedTrust, type TrustMark } from "@countersign/shared/wire/fleet-trust";
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

/** Between tries on an actuator that does not say what it believes: doubled up to the cap. */
const RETRY_MS = 500;
const RETRY_MAX_MS = 15_000;

export interface TrustTelling {
  /** What a hello says of signing; `trust` is left out when the actuator does not say it in time. */
  readonly askSigning: () => Promise<NonNullable<Hello["signing"]>>;
  /** A hello was welcomed: what it left out is told as soon as the actuator says it. */
  readonly wake: () => void;
  /** Root accepted another version: tells which is believed now. */
  readonly tell: () => void;
  readonly stop: () => void;
}

/** Says which version the actuator believes, until it was said; a host of which that is unknown is offered nothing. */
export function startTrustTelling(parts: {
  readonly actuator: ActuatorClient;
  /** says whether a welcomed connection took it */
  readonly send: (message: AgentMessage) => boolean;
}): TrustTelling {
  const { actuator, send } = parts;
  let isOwed = false;
  // Each start ends the run before, at the latest after its pause.
  let run = 0;

  const tellUntilTold = async (own: number) => {
    for (let retryMs = RETRY_MS; own === run; retryMs = Math.min(RETRY_MAX_MS, retryMs * 2)) {
      try {
        const trust = await actuator.trust();
        if (own !== run) return;
        // Without a connection the next hello says it.
        isOwed = !send({ version: SIGNING_VERSION, type: "trust-answer", trust, refusal: null });
        return;
      } catch {
        // That it does not answer tells the relay of outcomes, which asks as long and as often.
        await new Promise((resolve) => setTimeout(resolve, retryMs).unref());
      }
    }
  };
  const tell = () => {
    run += 1;
    void tellUntilTold(run);
  };

  return {
    askSigning: async () => {
      run += 1;
      const trust = await trustInTime(actuator);
      isOwed = trust === undefined;
      return { version: SIGNING_VERSION, ...(trust === undefined ? {} : { trust }) };
    },
    wake: () => {
      if (isOwed) tell();
    },
    tell,
    stop: () => {
      run += 1;
    },
  };
}

async function trustInTime(actuator: ActuatorClient): Promise<TrustMark | null | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ASK_MS);
  });
  const trust = await Promise.race([actuator.trust().catch(() => undefined), late]);
  clearTimeout(timer);
  return trust;
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
    if (refusal !== null && isForRoot(signed, { refusal, trust }))
      await keepOffered(offeredTrust, { signed, party }, log);
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

/** Says whether root alone can make the host believe it: where it believes none, or where the fleet has begun another list. */
function isForRoot(
  signed: TrustOrder["signed"],
  { refusal, trust }: { readonly refusal: { readonly reason: string }; readonly trust: TrustMark | null },
): boolean {
  if (refusal.reason === "trust-not-accepted") return true;
  const read = readSignedTrust(signed);
  return read.ok && read.value.trust.previous === null && read.value.hash !== trust?.hash;
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
