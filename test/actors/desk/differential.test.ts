// One incident through replay and through real workerd with the clock held: both must decide the same, in the same order, at the same
// instants. A report here comes at once and there after 100 ms, and alarms ring here every ten seconds: hence the tolerance. Then what
// workerd recorded of it is replayed, and must page for the same reasons.
import { runDurableObjectAlarm } from "cloudflare:test";
import { expect, it } from "vitest";
import { readYaml } from "@countersign/shared/files/yaml-file";
import { namedAt } from "@countersign/shared/values/named";
import { readHistory } from "../../../control-plane/cli/read-history.ts";
import { parseIncident } from "../../../control-plane/replay/file/incident-file.ts";
import { policySpans } from "../../../control-plane/replay/recorded/recorded-policies.ts";
import { runRecorded } from "../../../control-plane/replay/recorded/recorded-run.ts";
import type { RawPolicy } from "../../../control-plane/replay/replay-policy.ts";
import { stageReplay } from "../../../control-plane/replay/run-replay.ts";
import type { AuditEntry } from "../../../control-plane/src/core/desk/state/desk-state.ts";
import { actorNameOf } from "../../../control-plane/src/core/words/actor.ts";
import { commandApi } from "../world/command-api.ts";
import { proposalOf, propose } from "../world/desk-story.ts";
import {
  type AgentSocket,
  bindings,
  connectedAgent,
  desk,
  enrolledHost,
  serviceReport,
  shard,
  takeClock,
} from "../world/fleet.ts";

const STEP_MS = 10_000;
const TOLERANCE_MS = 15_000;
const LENGTH_MS = 5 * 60_000;
const FAILS_AT_MS = 60_000;
const INCIDENT = `
version: 1
title: A service stops answering
start: 2026-03-01T02:00:00Z
end: +5m
hosts:
  - name: web-1
    services: [{ name: demo, checks: [{ name: http, kind: http, severity: critical, every: 10s }] }]
events:
  - { at: +1m, check: { status: fail, text: connection refused } }
expect: [{ page: check-failing }]
`;
const DECISIONS = new Set(["incident-opened", "approval-requested", "page-delivered", "proposal-refused"]);

/** What was decided, with its offset from the start; ids are left out. */
function decisionsOf(audit: readonly AuditEntry[], startAt: number) {
  return audit
    .filter(({ act }) => DECISIONS.has(act))
    .map(({ act, actor, at }) => ({
      what: `${act} by ${actor.kind === "host" ? "the host" : actorNameOf(actor)}`,
      atMs: at - startAt,
    }));
}

function replayed() {
  const policy = readYaml(bindings.POLICY ?? "version: 1");
  const incident = parseIncident(
    "incident",
    INCIDENT,
    policy.ok ? { policy: policy.value.value as RawPolicy } : {},
  );
  if (!incident.ok) throw new Error(JSON.stringify(incident.error));
  const { world } = stageReplay(incident.value);
  world.clock.advanceTo(incident.value.endAt);
  return decisionsOf(world.desk.audit, incident.value.startAt);
}

async function step(agent: AgentSocket, status: "pass" | "fail"): Promise<void> {
  agent.send({ type: "report", digest: true, sentAt: Date.now(), services: [serviceReport(status)] });
  await expect
    .poll(async () => namedAt((await shard().snapshot())[0]?.services, "demo")?.reportedAt)
    .toBe(Date.now());
  await runDurableObjectAlarm(shard());
  await shard().settled();
  await runDurableObjectAlarm(desk());
  await desk().settled();
}

it("decides in workerd as in a replay, and its record replays to the same", { timeout: 60_000 }, async () => {
  const host = await enrolledHost();
  const clock = takeClock();
  const agent = await connectedAgent(host);
  await step(agent, "pass");
  for (let passedMs = 0; passedMs < 60_000; passedMs += STEP_MS) {
    clock.advance(STEP_MS);
    await step(agent, "pass");
  }
  const startAt = Date.now();
  let answered = 0;
  for (let atMs = 0; atMs <= LENGTH_MS; atMs += STEP_MS) {
    await step(agent, atMs < FAILS_AT_MS ? "pass" : "fail");
    const asked = agent.received.filter((message) => message.type === "propose");
    for (const { requestId } of asked.slice(answered)) propose(agent, requestId, proposalOf(host));
    answered = asked.length;
    await shard().settled();
    await desk().settled();
    clock.advance(STEP_MS);
  }
  const real = decisionsOf((await desk().auditRows({ before: null, limit: 500 })).toReversed(), startAt);
  const expected = replayed();
  expect(expected.map(({ what }) => what)).toContain("incident-opened by rule:check-failing");
  expect(real.map(({ what }) => what)).toEqual(expected.map(({ what }) => what));
  for (const [index, { what, atMs }] of expected.entries())
    expect(Math.abs((real[index]?.atMs ?? 0) - atMs), what).toBeLessThanOrEqual(TOLERANCE_MS);

  const window = { fromAt: startAt, toAt: Date.now() };
  const history = await readHistory(commandApi(), { ...window, fromAt: startAt - 600_000 });
  if (!history.ok) throw new Error(history.error.sentence);
  const policies = policySpans(history.value.policies);
  if (!policies.ok) throw new Error("the policy cannot be read");
  const again = runRecorded(history.value, policies.value, window);
  const opened = (decisions: readonly { readonly what: string; readonly atMs: number }[]) =>
    decisions.filter(({ what }) => what.startsWith("incident-opened"));
  const recorded = opened(decisionsOf(again.audit, startAt));
  expect(recorded.map(({ what }) => what)).toEqual(opened(real).map(({ what }) => what));
  for (const [index, { atMs }] of opened(real).entries())
    expect(Math.abs((recorded[index]?.atMs ?? 0) - atMs)).toBeLessThanOrEqual(TOLERANCE_MS);
});
