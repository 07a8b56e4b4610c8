// The ports that workerd gives to a shard's shell.
import type { OtherRecordKind } from "../../core/words/unreadable-record.ts";
import { loadPolicy } from "../../policy/load-policy.ts";
import { PutAside } from "../../shell/put-aside.ts";
import { PRODUCTION_SHARD_CORE } from "../../shell/shard/production-core.ts";
import type { ShardCalls, ShardPorts, ShardRecords } from "../../shell/shard/shard-ports.ts";
import type { ActorEnv } from "../actor-env.ts";
import { CountedSql } from "../counted-sql.ts";
import { newEpoch, newId } from "../random-id.ts";
import type { IncidentDeskRpc } from "../rpc.ts";
import { WORKERD_CLOCK, WORKERD_LOG, WorkerdAlarm, WorkerdCalls } from "../workerd-ports.ts";
import { WorkerdReadSide } from "../workerd-read-side.ts";
import { WorkerdRows } from "../workerd-rows.ts";
import { RecordedEvents } from "./recorded-events.ts";
import { askSecondOpinion, isAskable, SECOND_OPINION_TIMEOUT_MS } from "./second-opinion.ts";
import { SHARD_RECORD_SHAPES } from "./shard-record-shapes.ts";
import { WorkerdSockets } from "./workerd-sockets.ts";

const DESK_TIMEOUT_MS = 10_000;
/** A connect is bounded by itself; this is for what comes around it. */
const OPINION_TIMEOUT_MS = SECOND_OPINION_TIMEOUT_MS + 1_000;

/** What a shard of workerd stands on: the ports of its shell, and what only the Durable Object itself uses of them. */
export interface WorkerdShard {
  readonly ports: ShardPorts;
  readonly sql: CountedSql;
  readonly alarm: WorkerdAlarm;
  readonly calls: WorkerdCalls;
  readonly sockets: WorkerdSockets;
  readonly history: RecordedEvents;
}

/** `env` is asked each time: its bindings may be replaced. */
export function workerdShardOf(ctx: DurableObjectState, env: () => ActorEnv): WorkerdShard {
  const sql = new CountedSql(ctx.storage);
  const rows: WorkerdRows<ShardRecords> = new WorkerdRows<ShardRecords>(sql, SHARD_RECORD_SHAPES, [
    { create: () => history.create() },
  ]);
  const aside = new PutAside<OtherRecordKind>(rows);
  const history = new RecordedEvents(sql, aside);
  const [alarm, calls, sockets] = [
    new WorkerdAlarm(ctx.storage),
    new WorkerdCalls(),
    new WorkerdSockets(ctx),
  ];
  const ports: ShardPorts = {
    clock: WORKERD_CLOCK,
    log: WORKERD_LOG,
    core: PRODUCTION_SHARD_CORE,
    newId,
    newEpoch,
    alarm,
    rows,
    aside,
    sockets,
    history,
    calls: callsOf(calls, env),
    readSide: new WorkerdReadSide(calls, () => env().DB),
    loadPolicy: (text) => loadPolicy(text ?? env().POLICY),
    version: env().CF_VERSION_METADATA?.id ?? "",
    isMemoryLasting: false,
  };
  return { ports, sql, alarm, calls, sockets, history };
}

function callsOf(calls: WorkerdCalls, env: () => ActorEnv): ShardCalls {
  const desk = (): Pick<IncidentDeskRpc, "receiveSignals" | "policyFor" | "trustFor" | "trustVersion"> => {
    const { INCIDENT_DESK } = env();
    return INCIDENT_DESK.get(INCIDENT_DESK.idFromName("desk"));
  };
  return {
    tellDesk: (shard, signals, answered) =>
      calls.answer(
        { what: `Deliver signals of ${shard}`, timeoutMs: DESK_TIMEOUT_MS },
        () => desk().receiveSignals(shard, signals),
        answered,
      ),
    askPolicy: (known, answered) =>
      calls.answer(
        { what: "Ask policy", timeoutMs: DESK_TIMEOUT_MS },
        () => desk().policyFor(known),
        answered,
      ),
    askTrust: (known, answered) =>
      calls.answer({ what: "Ask trust", timeoutMs: DESK_TIMEOUT_MS }, () => desk().trustFor(known), answered),
    fetchTrust: (version, answered) =>
      calls.answer(
        { what: `Fetch version ${version} of the trust`, timeoutMs: DESK_TIMEOUT_MS },
        () => desk().trustVersion(version),
        answered,
      ),
    askSecondOpinion: ({ address, port }, answered) => {
      // Not asked is what the page then says.
      if (!isAskable(address, env().TERMINAL !== undefined)) return;
      const what = `Ask second opinion of ${address}`;
      calls.answer({ what, timeoutMs: OPINION_TIMEOUT_MS }, () => askSecondOpinion(address, port), answered);
    },
  };
}
