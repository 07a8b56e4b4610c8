// The evidence side of the agent, put together: sources → book → facts, the privilege audit beside them, and the result that says
// whether a service's evidence can be read. Not pure.
import type { Catalogue } from "@countersign/shared/host/catalogue";
import type { WatchedRun } from "@countersign/shared/host/earned-keepalive";
import { CHECKS_PER_SERVICE_MAX } from "@countersign/shared/values/limits";
import type { ServiceReport } from "@countersign/shared/wire/service-report";
import type { ActuatorClient } from "../actuator-client.ts";
import type { CheckLoop } from "../checks/check-loop.ts";
import { NOTHING_READ } from "../core/evidence/evidence-book.ts";
import { startEvidenceLoop } from "../evidence/evidence-loop.ts";
import type { LedgerPositions } from "../evidence/ledger-positions.ts";
import { startPrivilegeAudit } from "../evidence/privilege-audit.ts";
import { sourcesOf, undeclaredIn } from "../evidence/sources.ts";
import type { SendMessage } from "./connection.ts";
import { createFactRelay, type FactRelay } from "./fact-relay.ts";
import type { FactSpool } from "./fact-spool.ts";
import type { Log } from "./log.ts";

export interface EvidenceSide {
  /** for `isKeepaliveEarned` */
  readonly runs: () => readonly WatchedRun[];
  /** the newest observation of every service, with what is known of its evidence */
  readonly observed: () => readonly ServiceReport[];
  /** parts of a service's unit that were seen and cannot be told; none: all can */
  readonly noteUnit: (service: string, omitted: readonly string[]) => void;
  /** a look at a service's unit does not end */
  readonly noteUnitOverdue: (service: string) => void;
  readonly facts: Pick<FactRelay, "onWelcome" | "onKeepaliveSent" | "onKeepaliveAnswered">;
  readonly stop: () => void;
}

/** Starts to read what the catalogue names, and to audit what it lets run. */
export function startEvidence(
  options: {
    readonly catalogue: Catalogue;
    readonly actuator: ActuatorClient;
    readonly positions: LedgerPositions;
    readonly spool: FactSpool;
    readonly log: Log;
  },
  beside: {
    readonly checks: Pick<CheckLoop, "observed">;
    readonly onReading: () => void;
    readonly isWelcomed: () => boolean;
    readonly send: SendMessage;
  },
): EvidenceSide {
  const { catalogue, actuator, positions, spool, log } = options;
  const { checks, onReading, isWelcomed, send } = beside;
  const facts = createFactRelay({ positions, spool, log, isWelcomed, send });
  const sources = sourcesOf(catalogue, {
    unitNow: (name) => checks.observed().find(({ service }) => service === name)?.unit ?? null,
    positionOf: positions.of,
    ...(positions.bootedAt === undefined ? {} : { bootedAt: positions.bootedAt }),
  });
  for (const { service, kinds } of undeclaredIn(catalogue)) facts.takeUndeclared(service, kinds);
  const loop = startEvidenceLoop(sources, {
    onReading: (source, reading) => {
      facts.take(source, reading);
      onReading();
    },
    onOverdue: (source) => {
      facts.take(source, "hangs");
      onReading();
    },
  });
  const audit = startPrivilegeAudit({
    catalogue,
    actuator,
    onReading: (reading) => facts.take({ source: "audit", service: null }, reading),
  });
  const withOmissions = new Set<string>();
  return {
    runs: loop.runs,
    facts,
    noteUnit: (service, omitted) => {
      // A unit that can be told whole is no evidence, unless it could not be before.
      if (omitted.length === 0 && !withOmissions.has(service)) return;
      withOmissions.add(service);
      const problems = omitted.map((part) => `${part} of its unit or pid file is no value that can be told`);
      facts.take({ source: `${service}/unit`, service }, { ...NOTHING_READ, problems });
    },
    noteUnitOverdue: (service) => {
      withOmissions.add(service);
      facts.take({ source: `${service}/unit`, service }, "hangs");
      onReading();
    },
    observed: () =>
      checks.observed().map((service) => {
        const result = facts.resultOf(service.service);
        // A service without declared evidence may have as many checks as a report takes.
        if (result === null || service.results.length >= CHECKS_PER_SERVICE_MAX) return service;
        return { ...service, results: [...service.results, result] };
      }),
    stop: () => {
      loop.stop();
      audit.stop();
      facts.stop();
    },
  };
}
