// The real Worker with a ledger: every SQLite row that the actors write, every alarm that they set and every row that D1 takes is
// counted where the platform counts it, then the call goes on unchanged. The counts live in the isolate, so they outlast an actor's
// eviction. GET /bench/written reads them. For the benchmark of rows only; bundled through the control plane's `workerEntry`.
import type { Env } from "../../../control-plane/src/env.ts";
import { IncidentDesk as RealIncidentDesk } from "../../../control-plane/src/platform/desk/incident-desk.ts";
import { HostShard as RealHostShard } from "../../../control-plane/src/platform/shard/host-shard.ts";
import worker from "../../../control-plane/src/worker.ts";

interface Ledger {
  readonly cursors: { readonly rowsWritten: number }[];
  alarms: number;
  wakes: number;
}

const newLedger = (): Ledger => ({ cursors: [], alarms: 0, wakes: 0 });
const shard = newLedger();
const desk = newLedger();
const d1 = { rows: 0 };

/** Counts on an actor's own storage; a cursor knows what it wrote only after it was read, so it is asked later. */
function countStorage(ctx: DurableObjectState, ledger: Ledger): DurableObjectState {
  const { storage } = ctx;
  const exec = storage.sql.exec.bind(storage.sql);
  const setAlarm = storage.setAlarm.bind(storage);
  ledger.wakes += 1;
  storage.sql.exec = ((...args: Parameters<typeof exec>) => {
    const cursor = exec(...args);
    ledger.cursors.push(cursor);
    return cursor;
  }) as typeof exec;
  storage.setAlarm = (...args: Parameters<typeof setAlarm>) => {
    ledger.alarms += 1;
    return setAlarm(...args);
  };
  return ctx;
}

/** D1 says itself, per statement, what it would bill. */
function countD1(env: Env): Env {
  const batch = async <T>(statements: D1PreparedStatement[]): Promise<D1Result<T>[]> => {
    const results = await env.DB.batch<T>(statements);
    for (const { meta } of results) d1.rows += meta.rows_written;
    return results;
  };
  const DB = new Proxy(env.DB, {
    get: (target, name) => {
      if (name === "batch") return batch;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  return { ...env, DB };
}

export class HostShard extends RealHostShard {
  constructor(ctx: DurableObjectState, env: Env) {
    super(countStorage(ctx, shard), countD1(env));
  }
}

export class IncidentDesk extends RealIncidentDesk {
  constructor(ctx: DurableObjectState, env: Env) {
    super(countStorage(ctx, desk), countD1(env));
  }
}

function sumOf({ cursors, alarms, wakes }: Ledger) {
  return { rows: cursors.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0), alarms, wakes };
}

export default {
  ...worker,
  fetch(request, env, ctx) {
    if (new URL(request.url).pathname === "/bench/written")
      return Response.json({ shard: sumOf(shard), desk: sumOf(desk), d1 });
    return worker.fetch(request, env, ctx);
  },
} satisfies ExportedHandler<Env>;
