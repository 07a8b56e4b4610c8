// The network side of a host, put together: checks → reports, orders → actuator, outcomes → control plane. It decides nothing about
// actions and holds no privilege: the actuator checks every signature itself. Not pure.
import { hostname } from "node:os";
import type { Catalogue } from "@countersign/shared/host/catalogue";
import { isKeepaliveEarned } from "@countersign/shared/host/earned-keepalive";
import { NOTHING_REPORTED, planReport, type Reported } from "@countersign/shared/host/report-plan";
import type { ExaminedFinding } from "@countersign/shared/wire/examined";
import { PROTOCOL_VERSION } from "@countersign/shared/wire/protocol";
import type { ActuatorClient } from "../actuator-client.ts";
import { type ObserveUnit, type RunName, startCheckLoop } from "../checks/check-loop.ts";
import type { CheckPlugin } from "../checks/plugin-check.ts";
import { framesOf } from "../core/connection/reporting.ts";
import type { LedgerPositions } from "../evidence/ledger-positions.ts";
import { AGENT_VERSION } from "../version.ts";
import { type Connection, openConnection, type SendMessage } from "./connection.ts";
import type { LeaveRequest } from "./control-socket.ts";
import type { Introduction } from "./dialled-socket.ts";
import { startEvidence } from "./evidence.ts";
import { type Examination, startExamination } from "./examination.ts";
import type { FactSpool } from "./fact-spool.ts";
import type { Identity } from "./identity.ts";
import { startLastWords } from "./last-words.ts";
import type { Log } from "./log.ts";
import { createObey } from "./obey.ts";
import { startOutcomeRelay } from "./outcome-relay.ts";
import type { ReadWords } from "./read-words.ts";
import { startTrustTelling, type TrustTelling } from "./trust-relay.ts";

/** Results that end together travel together. */
const GATHER_MS = 50;
/** How often a digest that is due is noticed when no check ends. */
const DIGEST_POLL_MS = 60_000;
/** What was refused is told again, with all else, after this; the control plane may be another one by then. */
const TELL_AGAIN_MS = 60_000;

export interface AgentOptions {
  readonly identity: Identity;
  readonly catalogue: Catalogue;
  readonly bootId: string;
  readonly actuator: ActuatorClient;
  readonly observeUnit: ObserveUnit;
  readonly checkPlugin: CheckPlugin;
  readonly readWords: ReadWords;
  readonly positions: LedgerPositions;
  readonly spool: FactSpool;
  /** where a version of the fleet's trust is kept that root may accept */
  readonly offeredTrust: string;
  /** how doctor looks at this host with the agent's eyes; absent: it does not */
  readonly examination?: { readonly argv: readonly string[] | null; readonly rootFindings: string };
  readonly log: Log;
  readonly onHopeless: (sentence: string) => void;
}

export interface Agent {
  /** Announces an absence; false when nobody could be told. */
  readonly leave: (request: LeaveRequest) => boolean;
  /** Tells which version of the fleet's trust is believed; false when nobody can be told, and the next hello does. */
  readonly tellTrust: () => boolean;
  /** False when something is overdue that could be told and was not: the loop is stuck, and only a new start helps. */
  readonly isLoopSound: () => boolean;
  /** Takes in what root's doctor found; false when nobody can be told now. */
  readonly takeExamined: (findings: readonly ExaminedFinding[]) => boolean;
  /** Ends all; a stop that nobody announced counts as silence, by design. */
  readonly stop: () => void;
}

/** Starts checking, connecting and relaying. */
export function startAgent(options: AgentOptions): Agent {
  const { identity, catalogue, actuator, observeUnit, checkPlugin, log } = options;
  let reported: Reported = NOTHING_REPORTED;

  const report = () => {
    const observed = evidence.observed();
    words.look(observed);
    if (!connection.isWelcomed()) return;
    const plan = planReport(observed, reported, performance.now());
    reported = plan.reported;
    for (const frame of framesOf(plan, Date.now())) connection.send(frame, again.start);
  };
  const reportAll = () => {
    reported = NOTHING_REPORTED;
    report();
  };
  const soon = createDelay(
    GATHER_MS,
    onceFirst(() => connection.isWelcomed() && checks.isFirstRoundOver(), reportAll, report),
  );
  const again = createDelay(TELL_AGAIN_MS, reportAll);

  const checks = startCheckLoop({
    catalogue,
    observeUnit,
    checkPlugin,
    ...newsOfRuns({ log, onNews: soon.start, onLookOverdue: (service) => evidence.noteUnitOverdue(service) }),
    onUnit: (service, omitted) => evidence.noteUnit(service, omitted),
  });
  const evidence = startEvidence(options, {
    checks,
    onReading: soon.start,
    isWelcomed: () => connection.isWelcomed(),
    send: (message, onRefused) => connection.send(message, onRefused),
  });
  const { examination, outcomes, words } = startTelling(options, (message, onRefused) =>
    connection.send(message, onRefused),
  );
  const trust = startTrustTelling({ actuator, send: (message) => connection.send(message) });
  const isEarned = () =>
    isKeepaliveEarned([...checks.runs(), ...evidence.runs()], { now: performance.now(), reported });
  const obey = createObey({ ...options, outcomes, reportAll, connection: () => connection });
  const connection: Connection = openConnection({
    identity,
    introduction: introductionOf(catalogue, options.bootId),
    askSigning: trust.askSigning,
    log,
    isKeepaliveEarned: isEarned,
    onKeepaliveSent: evidence.facts.onKeepaliveSent,
    onKeepaliveAnswered: evidence.facts.onKeepaliveAnswered,
    onWelcome: () => {
      reportAll();
      for (const part of [evidence.facts, words, examination]) part.onWelcome();
      for (const part of [outcomes, trust]) part.wake();
    },
    onOrder: obey,
    onHopeless: options.onHopeless,
  });
  const digestTimer = setInterval(soon.start, DIGEST_POLL_MS);

  return {
    ...announcementsOn(connection, { trust, examination }),
    // Without a connection nothing can be told, and that is no fault of the loop's: it must outlast an outage.
    isLoopSound: () => !connection.isWelcomed() || isEarned(),
    stop: () => {
      clearInterval(digestTimer);
      for (const part of [soon, again, checks, evidence, outcomes, words, trust, examination, connection])
        part.stop();
    },
  };
}

/** Outcomes of acts, what the log of a service said last when it failed, or an act on it did, and what doctor found. */
function startTelling(options: AgentOptions, send: SendMessage) {
  const { actuator, catalogue, log, readWords } = options;
  const words = startLastWords({ catalogue, read: readWords, send });
  const outcomes = startOutcomeRelay({
    actuator,
    log,
    send: words.noting((outcome, onRefused) =>
      send({ version: PROTOCOL_VERSION, type: "outcome", outcome }, onRefused),
    ),
  });
  const examination = startExamination({
    ...(options.examination ?? { argv: null, rootFindings: null }),
    log,
    send,
  });
  return { outcomes, words, examination };
}

/** What commands on this host have told. */
function announcementsOn(
  connection: Connection,
  { examination, trust }: { readonly examination: Examination; readonly trust: TrustTelling },
): Pick<Agent, "leave" | "tellTrust" | "takeExamined"> {
  return {
    leave: ({ reason, returnWithinMs }) =>
      connection.send({ version: PROTOCOL_VERSION, type: "leaving", reason, returnWithinMs }),
    tellTrust: () => {
      if (connection.isWelcomed()) trust.tell();
      return connection.isWelcomed();
    },
    takeExamined: (findings) => {
      examination.takeRoots(findings);
      return connection.isWelcomed();
    },
  };
}

/** What becomes of each run: a report soon, and a line in the log when one hangs and when it ends. */
function newsOfRuns(parts: {
  readonly log: Log;
  readonly onNews: () => void;
  readonly onLookOverdue: (service: string) => void;
}): Pick<Parameters<typeof startCheckLoop>[0], "onResult" | "onOverdue"> {
  const { log, onLookOverdue, onNews } = parts;
  return {
    onResult: (run) => {
      log.recovered(topicOf(run), `${nameOfRun(run)} ends in time again.`);
      onNews();
    },
    onOverdue: (run) => {
      const name = nameOfRun(run);
      log.state(
        "warning",
        topicOf(run),
        `${name} has not ended within its period and timeout: find what it hangs on.`,
      );
      if (run.check === null) onLookOverdue(run.service);
      onNews();
    },
  };
}

function topicOf({ service, check }: RunName): string {
  return `check ${service} ${check ?? "unit"}`;
}

function nameOfRun({ service, check }: RunName): string {
  return check === null ? `The look at the unit of ${service}` : `Check ${check} of ${service}`;
}

/** At the first call at which it is so the first act is done, at every other one the second. */
function onceFirst(isSo: () => boolean, first: () => void, other: () => void): () => void {
  // What an agent before this one told of checks that are gone stands until a digest in which each check has a result.
  let isDone = false;
  return () => {
    if (isDone || !isSo()) return other();
    isDone = true;
    first();
  };
}

/** Acts once, so long after the first of several starts. */
function createDelay(delayMs: number, act: () => void) {
  let timer: NodeJS.Timeout | undefined;
  return {
    start: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        act();
      }, delayMs);
    },
    stop: () => clearTimeout(timer),
  };
}

function introductionOf(catalogue: Catalogue, bootId: string): Introduction {
  return {
    bootId,
    agentVersion: AGENT_VERSION,
    hostname: hostname().slice(0, 253),
    probePort: catalogue.probePort,
    ...(catalogue.tags.length === 0 ? {} : { tags: catalogue.tags }),
    catalogue: catalogue.services.map(({ name, title, unit, actions }) => ({
      service: name,
      title: title ?? name,
      unit: unit ?? null,
      actions: actions.map((action) => ({
        action: action.name,
        level: action.level,
        ...(action.undo === undefined ? {} : { undo: action.undo }),
      })),
    })),
  };
}
