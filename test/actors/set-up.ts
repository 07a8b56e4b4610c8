// Before each file: the read side's tables. After each test: real time, and no actor left from the test before.
import { applyD1Migrations, type D1Migration, env, reset } from "cloudflare:test";
import { afterEach, beforeEach, vi } from "vitest";

beforeEach(async () => {
  const { DB, MIGRATIONS } = env as unknown as { DB: D1Database; MIGRATIONS: D1Migration[] };
  await applyD1Migrations(DB, MIGRATIONS);
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});
