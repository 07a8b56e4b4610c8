// Before each test: the read side's tables. After each: real time, and no actor left from the test before. What is still on its way
// must settle first: `reset` does not delete the storage of an actor that is busy.
import { applyD1Migrations, type D1Migration, env, listDurableObjectIds, reset } from "cloudflare:test";
import { afterEach, beforeEach, vi } from "vitest";
import { forgetAttempts } from "../../control-plane/src/http/attempts.ts";
import { bindings } from "./world/fleet.ts";

beforeEach(async () => {
  const { MIGRATIONS } = env as unknown as { MIGRATIONS: D1Migration[] };
  await applyD1Migrations(bindings.DB, MIGRATIONS);
});

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAttempts();
  vi.useRealTimers();
  for (const namespace of [bindings.HOST_SHARD, bindings.INCIDENT_DESK] as const)
    for (const id of await listDurableObjectIds(namespace as DurableObjectNamespace))
      await (namespace.get(id) as unknown as { settled(): Promise<void> }).settled();
  await reset();
});
