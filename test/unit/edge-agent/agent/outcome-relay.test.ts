// The relay's waits at the actuator: one at a time, however often it is woken. Each holds one of the few connections
// that an actuator takes.
import { expect, test } from "vitest";
import type { ActuatorClient } from "../../../../edge-agent/src/actuator-client.ts";
import { createLog } from "../../../../edge-agent/src/agent/log.ts";
import { startOutcomeRelay } from "../../../../edge-agent/src/agent/outcome-relay.ts";

const BUSY = {
  agentVersion: "0.1.0",
  frozen: false,
  proposalsOpen: 0,
  outcomesUnacknowledged: 0,
  lastSequence: 0,
  executionsRunning: 1,
};

test("a relay that is woken often waits once, and says nothing of the waits that it gave up", async () => {
  let waitCount = 0;
  const lines: string[] = [];
  const actuator = {
    status: () => Promise.resolve(BUSY),
    outcomes: (_after: number, waitMs = 0, signal?: AbortSignal) => {
      if (waitMs === 0) return Promise.resolve([]);
      waitCount += 1;
      return new Promise<never>((_resolve, reject) => {
        signal?.addEventListener("abort", () => {
          waitCount -= 1;
          reject(new Error("nobody waits for it any more"));
        });
      });
    },
  } as unknown as ActuatorClient;
  const log = createLog({ write: (line) => void lines.push(line), format: "json", now: Date.now });
  const relay = startOutcomeRelay({ actuator, log, send: () => true });
  for (let times = 0; times < 30; times += 1) {
    relay.wake();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(waitCount).toBe(1);
  relay.stop();
  await new Promise((resolve) => setTimeout(resolve, 1));
  expect(waitCount).toBe(0);
  expect(lines).toEqual([]);
});
