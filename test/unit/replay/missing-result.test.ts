// A check whose result does not come any more, told by the agent's own loops on a clock that is held, and by a simulated host: the same
// keepalives, and the same of each service at the same instants. So what a replay pages of it is what production would
// (test/agent/hanging-check.test.ts has the same of a real agent and of workerd).
import { afterEach, expect, it, vi } from "vitest";
import { Catalogue } from "@countersign/shared/host/catalogue";
import { isKeepaliveEarned } from "@countersign/shared/host/earned-keepalive";
import { NOTHING_REPORTED, planReport } from "@countersign/shared/host/report-plan";
import type { ServiceReport } from "@countersign/shared/wire/service-report";
import { parseIncident } from "../../../control-plane/replay/file/incident-file.ts";
import { runReplay } from "../../../control-plane/replay/run-replay.ts";
import { type ShardOfHost, SimulatedHost } from "../../../control-plane/replay/world/simulated-host.ts";
import { SimulatedService } from "../../../control-plane/replay/world/simulated-service.ts";
import { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";
import { Policy } from "../../../control-plane/src/policy/policy.ts";
import { startKeepalive } from "../../../edge-agent/src/agent/keepalive.ts";
import { type ObserveUnit, startCheckLoop } from "../../../edge-agent/src/checks/check-loop.ts";
import { RUNNING_UNIT } from "./running-unit.ts";

const KEEPALIVE_MS = 5_000;
const EVERY_MS = 10_000;
const BREAKS_AT_MS = 60_000;
const LENGTH_MS = 40 * 60_000;
/** As the agent's: results that end together travel together. */
const GATHER_MS = 50;
/** A frame of a simulated host takes 100 ms, and what happens to it happens a millisecond before the run that it changes. */
const TOLERANCE_MS = 101;

interface Frame {
  readonly at: number;
  readonly digest: boolean;
  readonly services: readonly ServiceReport[];
}

interface Telling {
  readonly frames: readonly Frame[];
  /** the last keepalive that came */
  readonly keepaliveAt: number;
}

/** The agent's loops: of these services one hangs from an instant on, one fails. */
async function tellingOfAgent(breaks: readonly string[]): Promise<Telling> {
  vi.useFakeTimers({ now: 0 });
  const frames: Frame[] = [];
  let keepaliveAt = 0;
  let reported = NOTHING_REPORTED;
  let isGathering = false;
  const observeUnit: ObserveUnit = ({ unit = "" }) => {
    const isBroken = Date.now() >= BREAKS_AT_MS && breaks.includes(unit);
    if (isBroken && unit === "hangs.service") return new Promise(() => {});
    return Promise.resolve({
      state: isBroken ? { ...RUNNING_UNIT, activeState: "failed" } : RUNNING_UNIT,
      omitted: [],
    });
  };
  const report = () => {
    isGathering = false;
    const { digest, services, reported: next } = planReport(checks.observed(), reported, performance.now());
    reported = next;
    if (services.length > 0) frames.push({ at: Date.now(), digest, services });
  };
  const gather = () => {
    if (!isGathering) setTimeout(report, GATHER_MS);
    isGathering = true;
  };
  const services = ["hangs", "fails"].map((name) => ({
    name,
    unit: `${name}.service`,
    checks: [{ name: "unit", kind: "unit", severity: "error", every: "10s" }],
  }));
  const catalogue = Catalogue.parse({ version: 1, services });
  const onUnit = () => {};
  const checks = startCheckLoop({ catalogue, observeUnit, onResult: gather, onOverdue: gather, onUnit });
  const keepalive = startKeepalive({
    keepaliveMs: KEEPALIVE_MS,
    lateAfterMs: 2 * LENGTH_MS,
    isEarned: () => isKeepaliveEarned(checks.runs(), { now: performance.now(), reported }),
    send: () => void (keepaliveAt = Date.now()),
    onUnanswered: () => {},
    log: { event: () => {}, state: () => {}, recovered: () => {} },
  });
  await vi.advanceTimersByTimeAsync(LENGTH_MS - 1);
  keepalive.stop();
  checks.stop();
  return { frames, keepaliveAt };
}

function tellingOfSimulatedHost(breaks: readonly string[]): Telling {
  const clock = new VirtualClock(0);
  const frames: Frame[] = [];
  const shard: ShardOfHost = {
    policy: Policy.parse({ version: 1 }),
    isRunning: true,
    say: (_hostId, message) => {
      if (message.type === "report")
        frames.push({ at: clock.now, digest: message.digest, services: message.services });
    },
    knowHost: () => {},
    reachChanged: () => {},
    connect: () => "connection-1",
    hasSocket: () => true,
  };
  const host = new SimulatedHost("web-1", { clock, shard, hostId: "host_1", areDigestsLeftOut: true });
  const checks = [{ name: "unit", kind: "unit", severity: "error", everyMs: EVERY_MS } as const];
  for (const name of ["hangs", "fails"]) host.addService(new SimulatedService(clock, { name, checks }));
  host.starts();
  clock.at(BREAKS_AT_MS - 1, () => {
    if (breaks.includes("hangs.service"))
      host.services.get("hangs")?.setCheck("unit", { status: "missing", summary: "" });
    if (!breaks.includes("fails.service")) return;
    host.services.get("fails")?.setUnit({ activeState: "failed" });
    host.services.get("fails")?.setCheck("unit", { status: "fail", summary: "" });
  });
  clock.advanceTo(LENGTH_MS - 1);
  return { frames, keepaliveAt: host.lastKeepaliveAt(0) };
}

/** What each frame says of each service, with all its instants apart. */
function toldOf({ frames }: Telling) {
  const told = frames.flatMap(({ digest, services }) =>
    services.map(({ service, results }) => [
      digest,
      service,
      ...results.map(({ overdueSinceAt, status }) => [status, overdueSinceAt !== undefined]),
    ]),
  );
  const instants = frames.flatMap(({ at, services }) => [
    at,
    ...services.flatMap(({ results }) =>
      results.flatMap(({ finishedAt, overdueSinceAt }) => [finishedAt, overdueSinceAt ?? 0]),
    ),
  ]);
  return { told, instants };
}

/** How long the result of the check that hangs is good for, each time that it is told again. */
function ttlsOf({ frames }: Telling): readonly number[] {
  return frames
    .filter(({ at }) => at > BREAKS_AT_MS)
    .flatMap(({ services }) => services.filter(({ service }) => service === "hangs"))
    .flatMap(({ results }) => results.map(({ ttlMs }) => ttlMs));
}

afterEach(() => {
  vi.useRealTimers();
});

it.each([
  { story: "alone", breaks: ["hangs.service"] },
  { story: "beside a service that fails", breaks: ["hangs.service", "fails.service"] },
])("a check that hangs $story is told as by the agent", async ({ breaks }) => {
  const real = await tellingOfAgent(breaks);
  const simulated = tellingOfSimulatedHost(breaks);
  expect(real.keepaliveAt).toBe(LENGTH_MS - KEEPALIVE_MS);
  expect(simulated.keepaliveAt).toBe(real.keepaliveAt);
  const [expected, told] = [toldOf(real), toldOf(simulated)];
  expect(told.told).toEqual(expected.told);
  const apart = told.instants.filter(
    (at, index) => Math.abs(at - (expected.instants[index] ?? 0)) > TOLERANCE_MS,
  );
  expect(apart).toEqual([]);
  // It is told at once, and again with each digest.
  expect(ttlsOf(real)).toHaveLength(3);
  expect(ttlsOf(simulated)).toEqual(ttlsOf(real));
});

/** What was found, and what was paged, by instants from the start. */
function toldIn(events: readonly string[]) {
  const checks = "[{ name: http, every: 10s }, { name: tcp, kind: tcp, every: 10s }]";
  const text = `version: 1
title: a result is missing
start: 2026-03-01T02:00:00Z
end: +1h
hosts: [{ name: web-1, services: [{ name: web, checks: ${checks} }] }]
events: [${events.join(", ")}]
expect: []
`;
  const incident = parseIncident("missing", text);
  if (!incident.ok) throw new Error(JSON.stringify(incident.error));
  const { pages, turns } = runReplay(incident.value).record;
  const { startAt } = incident.value;
  return {
    pages: pages.map(({ at, reason }) => ({ atMs: at - startAt, reason })),
    found: turns
      .filter(({ state }) => state === "open")
      .map(({ at, reason }) => ({ atMs: at - startAt, reason })),
  };
}

it.each([
  { story: "alone", beside: [] },
  {
    story: "where another check fails every few seconds",
    beside: ["{ at: +1m, check: { name: tcp, status: fail } }"],
  },
])("so $story the check is told to bring no results, and never the host to be silent", ({ beside }) => {
  const { found, pages } = toldIn(["{ at: +1m, check: { name: http, status: missing } }", ...beside]);
  // The run that begins then has its timeout, and half a round of the check is waited.
  const staleAt = BREAKS_AT_MS + 3_000 + (EVERY_MS + 3_000) / 2;
  const foundMs = (found.find(({ reason }) => reason === "check-stale")?.atMs ?? 0) - staleAt;
  expect(foundMs).toBeGreaterThanOrEqual(0);
  // A frame and a call to the desk take a moment in a replay.
  expect(foundMs).toBeLessThanOrEqual(150);
  expect(pages.map(({ reason }) => reason)).not.toContain("host-silent");
});

it("and the page comes within two periods of the check", () => {
  const { pages } = toldIn(["{ at: +1m, check: { name: http, status: missing } }"]);
  expect(pages[0]?.reason).toBe("check-stale");
  expect(pages[0]?.atMs).toBeLessThanOrEqual(BREAKS_AT_MS + 2 * EVERY_MS);
});
