// The evidence side of the agent, put together: sources → book → facts, the privilege audit beside them, and the result that says
// whether a service's evidence can be read. Not pure.
import type { Catalogue } from "@countersign/shared/catalogue";
import type { AgentMessage } from "@countersign/shared/protocol";
import type { ServiceReport } from "@countersign/shared/service-report";
import type { ActuatorClient } from "../actuator-client.ts";
import type { CheckLoop } from "../checks/check-loop.ts";
import type { CheckRun } from "../core/keepalive.ts";
import { startEvidenceLoop } from "../evidence/evidence-loop.ts";
import type { LedgerPositions } from "../evidence/ledger-positions.ts";
import { startPrivilegeAudit } from "../evidence/privilege-audit.ts";
import { sourcesOf } from "../evidence/sources.ts";
import { createFactRelay, type FactRelay } from "./fact-relay.ts";
import type { Log } from "./log.ts";

export interface EvidenceSide {
  /** for `isKeepaliveEarned` */
  readonly runs: () => readonly CheckRun[];
  /** the newest observation of every service, with what is known of its evidence */
  readonly observed: () => readonly ServiceReport[];
  readonly facts: Pick<FactRelay, "onWelcome" | "onKeepaliveSent" | "onKeepaliveAnswered" | "onEnded">;
  readonly stop: () => void;
}

/** Starts to read what the catalogue names, and to audit what it lets run. */
export function startEvidence(
  options: {
    readonly catalogue: Catalogue;
    readonly actuator: ActuatorClient;
    readonly positions: LedgerPositions;
    readonly log: Log;
  },
  beside: {
    readonly checks: Pick<CheckLoop, "observed">;
    readonly onReading: () => void;
    readonly isWelcomed: () => boolean;
    readonly send: (message: AgentMessage) => boolean;
  },
): EvidenceSide {
  const { catalogue, actuator, positions, log } = options;
  const { checks, onReading, isWelcomed, send } = beside;
  const facts = createFactRelay({ positions, log, isWelcomed, send });
  const sources = sourcesOf(catalogue, {
    unitNow: (name) => checks.observed().find(({ service }) => service === name)?.unit ?? null,
    positionOf: positions.of,
  });
  const loop = startEvidenceLoop(sources, (source, reading) => {
    facts.take(source, reading);
    onReading();
  });
  const audit = startPrivilegeAudit({
    catalogue,
    actuator,
    onReading: (reading) => facts.take({ source: "audit", service: null }, reading),
  });
  return {
    runs: loop.runs,
    facts,
    observed: () =>
      checks.observed().map((service) => {
        const result = facts.resultOf(service.service);
        return result === null ? service : { ...service, results: [...service.results, result] };
      }),
    stop: () => {
      loop.stop();
      audit.stop();
      facts.stop();
    },
  };
}
