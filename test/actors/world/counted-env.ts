// The bindings of the Worker with a counter at each: how often a request asks the desk, a shard or D1. Beneath the counters are the real actors, or
// what a test puts in their place.
import type { Env } from "../../../control-plane/src/env.ts";
import { bindings } from "./fleet.ts";

export interface Counts {
  readonly desk: string[];
  readonly shard: string[];
  d1: number;
}

/** A shard or a database that is gone: whatever is asked of it fails. */
export const GONE: never = new Proxy({} as never, {
  get: () => () => {
    throw new Error("it does not answer");
  },
});

/** A shard that never answers. */
export const HANGS: never = new Proxy({} as never, { get: () => () => new Promise(() => {}) });

/** Bindings that count; what is replaced is asked in the place of the real one. */
export function countedEnv(replaced: { readonly DB?: D1Database; readonly shard?: object } = {}): {
  readonly env: Env;
  readonly counts: Counts;
} {
  const counts: Counts = { desk: [], shard: [], d1: 0 };
  const database = replaced.DB ?? bindings.DB;
  const env: Env = {
    ...bindings,
    INCIDENT_DESK: namespaceOf(bindings.INCIDENT_DESK, counts.desk, null),
    HOST_SHARD: namespaceOf(bindings.HOST_SHARD, counts.shard, replaced.shard ?? null),
    DB: new Proxy(database, {
      get: (target, name) => {
        counts.d1 += 1;
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    }),
  };
  return { env, counts };
}

function namespaceOf<N extends { idFromName: never; get: never } | object>(
  namespace: N,
  calls: string[],
  stub: object | null,
): N {
  const real = namespace as unknown as DurableObjectNamespace;
  return {
    idFromName: (name: string) => real.idFromName(name),
    get: (id: DurableObjectId) => counting(stub ?? real.get(id), calls),
  } as unknown as N;
}

function counting(stub: object, calls: string[]): object {
  return new Proxy(stub, {
    get:
      (target, name) =>
      (...parameters: unknown[]) => {
        calls.push(String(name));
        // as a method: on a stub's function even `apply` would be asked of the actor
        return (target as Readonly<Record<PropertyKey, (...asked: unknown[]) => unknown>>)[name]?.(
          ...parameters,
        );
      },
  });
}
