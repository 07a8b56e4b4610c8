// What the agent does when the control plane orders something, which is never more than to ask the actuator and to tell its answer. Not pure.
import type { RefusalReason } from "@countersign/shared/wire/outcome";
import { SIGNING_VERSION } from "@countersign/shared/wire/protocol";
import type { ActuatorClient } from "../actuator-client.ts";
import { MINT_REFUSALS, type MintRefusalReason } from "../core/actuator/mint.ts";
import { summaryOf } from "../core/connection/reporting.ts";
import type { Connection } from "./connection.ts";
import type { ControlOrder } from "./dialled-socket.ts";
import type { Log } from "./log.ts";
import { describeActuatorFailure, type OutcomeRelay } from "./outcome-relay.ts";
import { relayTrust } from "./trust-relay.ts";

/** How long a grant is offered to an actuator that does not answer; the desk expires it by itself. */
const HAND_OVER_MS = 60_000;
const HAND_OVER_RETRY_MS = 1_000;
/** Grants handed over, remembered so that one that is delivered twice is not taken for a replay. */
const GRANTS_REMEMBERED_MAX = 256;

/** Does what the control plane orders, which is never more than to ask the actuator. */
export function createObey(parts: {
  readonly actuator: ActuatorClient;
  readonly log: Log;
  readonly outcomes: OutcomeRelay;
  readonly reportAll: () => void;
  readonly offeredTrust: string;
  readonly connection: () => Connection;
}): (order: ControlOrder) => void {
  const { actuator, log, outcomes, reportAll, offeredTrust, connection } = parts;
  const handOver = createHandOver({ actuator, log, onAccepted: outcomes.wake });
  return (order) => {
    switch (order.type) {
      case "propose":
        return void propose(order, { actuator, connection: connection(), log });
      case "grant":
        return void handOver(order);
      case "trust":
        return void relayTrust(order, { actuator, log, offeredTrust, send: connection().send });
      case "outcome-acknowledged":
        return outcomes.acknowledge(order.sequence);
      case "report-wanted":
        return reportAll();
      case "frame-refused":
        return log.state(
          "error",
          "frames",
          `The control plane refused a frame of this agent (${order.reason}): the two versions do not fit, update the older one.`,
        );
    }
  };
}

/** Has the actuator mint a proposal; its no, and its silence, are answers too. */
async function propose(
  order: Extract<ControlOrder, { type: "propose" }>,
  { actuator, connection, log }: { actuator: ActuatorClient; connection: Connection; log: Log },
): Promise<void> {
  const { requestId, service, action, askedBy, reason } = order;
  const head = { version: SIGNING_VERSION, requestId } as const;
  try {
    const answer = await actuator.propose({ service, action, askedBy, reason });
    if (answer.type === "proposed") connection.send({ ...head, type: "proposal", proposal: answer.proposal });
    else
      connection.send({
        ...head,
        type: "proposal-refused",
        // The actuator's own schema narrows this when minting; anything else is its trouble.
        reason: isMintRefusal(answer.reason) ? answer.reason : "actuator-unreachable",
        detail: summaryOf(answer.detail),
      });
    log.recovered("actuator", "The actuator answers again.");
  } catch (error) {
    const detail = describeActuatorFailure(error);
    log.state("error", "actuator", detail);
    connection.send({
      ...head,
      type: "proposal-refused",
      reason: "actuator-unreachable",
      detail: summaryOf(detail),
    });
  }
}

function isMintRefusal(reason: RefusalReason): reason is MintRefusalReason {
  return (MINT_REFUSALS as readonly RefusalReason[]).includes(reason);
}

type GrantOrder = Extract<ControlOrder, { type: "grant" }>;

/** Hands grants to the actuator, each once, and keeps trying for a while when it does not answer. */
function createHandOver(options: {
  readonly actuator: ActuatorClient;
  readonly log: Log;
  readonly onAccepted: () => void;
}): (order: GrantOrder) => Promise<void> {
  const { actuator, log, onAccepted } = options;
  const taken = new Set<string>();
  return async ({ grantId, envelope }) => {
    if (taken.has(grantId)) return;
    taken.add(grantId);
    for (const oldest of taken) {
      if (taken.size <= GRANTS_REMEMBERED_MAX) break;
      taken.delete(oldest);
    }
    const deadline = performance.now() + HAND_OVER_MS;
    while (performance.now() < deadline) {
      try {
        const answer = await actuator.execute(grantId, envelope);
        log.event({ level: "info", event: "grant", text: `Grant ${grantId}: ${answer.type}.`, grantId });
        return onAccepted();
      } catch (error) {
        log.state("error", "actuator", describeActuatorFailure(error));
        await new Promise((resolve) => setTimeout(resolve, HAND_OVER_RETRY_MS));
      }
    }
    taken.delete(grantId);
    log.event({
      level: "error",
      event: "grant",
      text: `Grant ${grantId} was not executed: the actuator did not answer.`,
      grantId,
    });
  };
}
