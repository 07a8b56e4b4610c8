// A host that has proven its key, as the facts attach it, and the policy that nothing of them depends on.
import type { Connection } from "../../control-plane/src/core/shard/host/shard-state.ts";
import { loadPolicy } from "../../control-plane/src/policy/load-policy.ts";

export const FACTS_POLICY = loadPolicy("version: 1");

/** What its hello said at this instant. */
export function connectionAt(helloAt: number): Connection {
  return {
    connectionId: "con_1",
    bootId: "boot-1",
    connectedAt: helloAt,
    agentVersion: "0.1.0",
    hostname: "web-1",
    address: null,
    probePort: null,
    catalogue: [],
  };
}
