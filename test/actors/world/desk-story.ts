// Steps that several desk tests share: a service fails until the rule fires, and the host answers with a proposal.
import { runDurableObjectAlarm } from "cloudflare:test";
import { boundUnitOf } from "@countersign/shared/host/same-unit";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { namedAt } from "@countersign/shared/values/named";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { DESK_ALONE } from "@countersign/shared/wire/level-rule";
import type { Proposal } from "@countersign/shared/wire/proposal";
import { LIKE_WAIT_MS } from "../../../control-plane/src/core/desk/paging/stream.ts";
import type { Approval } from "../../../control-plane/src/core/desk/records/approval.ts";
import { type AgentSocket, BOOT, desk, type EnrolledHost, serviceReport, shard, UNIT } from "./fleet.ts";

/** Failed results until `check-failing` is held long enough; resolves when the host was asked for a proposal. */
export async function failService(
  agent: AgentSocket,
  clock: { advance: (durationMs: number) => void },
): Promise<string> {
  for (let failure = 0; failure < 4; failure += 1) {
    agent.send({
      type: "report",
      digest: failure === 0,
      sentAt: Date.now(),
      services: [serviceReport("fail")],
    });
    await reportTaken();
    clock.advance(5_000);
  }
  return (await agent.expect("propose")).requestId;
}

/** The proposal that an actuator would mint for the demo service. */
export function proposalOf(host: EnrolledHost): Proposal {
  return {
    version: 2,
    nonce: "n".repeat(22),
    hostId: host.hostId,
    bootId: BOOT,
    action: "restart",
    service: "demo",
    level: 4,
    argv: ["/usr/bin/sudo", "-n", "/usr/bin/systemctl", "restart", "--no-block", "demo.service"],
    runAs: "root",
    askedBy: { kind: "rule", rule: "check-failing" },
    reason: "demo is failing on web-1",
    // Where the desk's key alone will do, a signed-in device may say yes; passkeys have tests of their own.
    requires: DESK_ALONE,
    precondition: boundUnitOf(UNIT),
    unitState: UNIT,
    verification: { unit: "demo.service", checks: ["http"] },
    mintedAt: Date.now(),
    lifetimeMs: 3_600_000,
  };
}

/** Sends a proposal's exact bytes. */
export function propose(agent: AgentSocket, requestId: string, proposal: Proposal): void {
  agent.send({
    version: 2,
    type: "proposal",
    requestId,
    proposal: encodeBase64(encodeUtf8(JSON.stringify(proposal))),
  });
}

/** Lets go out at the desk what waits for its like. */
export async function letRing(clock: { advance: (durationMs: number) => void }): Promise<void> {
  clock.advance(LIKE_WAIT_MS);
  await runDurableObjectAlarm(desk());
  await desk().settled();
}

/** The one approval that is open at the desk; null: none. */
export async function openApproval(): Promise<Approval | null> {
  await shard().settled();
  const { approvals } = await desk().overview();
  return approvals[0] ?? null;
}

async function reportTaken(): Promise<void> {
  const now = Date.now();
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const [host] = await shard().snapshot();
    if (namedAt(host?.services, "demo")?.reportedAt === now) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("the shard did not take the report");
}
