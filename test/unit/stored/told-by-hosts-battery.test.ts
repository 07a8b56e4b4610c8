// Whatever a proven host tells that the wire lets through, what the shard stores and says of it can be read again: a record
// that cannot is put aside, and an incident with it. The worst values of each number and instant of a report, in any order,
// through the shell's own reading of a frame.
import fc from "fast-check";
import { expect, it } from "vitest";
import { INSTANT_MAX, TOLD_SPAN_MS_MAX } from "@countersign/shared/values/limits";
import { Fact } from "@countersign/shared/wire/fact";
import { AgentMessage } from "@countersign/shared/wire/protocol";
import { CheckResult, UnitState } from "@countersign/shared/wire/service-report";
import { decideShard } from "../../../control-plane/src/core/shard/decide-shard.ts";
import { eventOf } from "../../../control-plane/src/shell/shard/shard-frames.ts";
import { type DrivenShard, driveUpHost, START_AT } from "../core/shard/shard-driver.ts";
import { checkReadableShard } from "./readable-records.ts";

const MINUTE_MS = 60_000;

const instant = fc.oneof(
  fc.constantFrom(0, START_AT, INSTANT_MAX),
  fc.integer({ min: START_AT - MINUTE_MS, max: START_AT + 60 * MINUTE_MS }),
);
const count = fc.constantFrom(0, 1, 5, Number.MAX_SAFE_INTEGER);
/** what the wire takes, and a span that would be no instant with any other added; what it refuses is told by nobody here */
const span = fc.constantFrom(0, 1, MINUTE_MS, TOLD_SPAN_MS_MAX, Number.MAX_SAFE_INTEGER);

const units = fc
  .tuple(
    fc.record({
      activeState: fc.constantFrom(...UnitState.shape.activeState.options),
      subState: fc.constantFrom("start", "running", "auto-restart", "dead"),
      result: fc.constantFrom("success", "exit-code"),
      restartCount: count,
      invocationId: fc.constantFrom("", "inv-1", "inv-2"),
      mainPid: count,
      activeEnterAt: fc.option(instant),
      memoryCurrentBytes: fc.option(count),
    }),
    fc.record(
      {
        type: fc.constantFrom("oneshot", "simple"),
        triggeredBy: fc.constant(["web.timer"]),
        startTimeoutMs: fc.option(span),
        inactiveExitAt: instant,
      },
      { requiredKeys: [] },
    ),
  )
  .map(([state, kind]) => ({ ...state, ...kind }))
  .filter((unit) => UnitState.safeParse(unit).success);

const results = fc
  .tuple(
    fc.record({
      check: fc.constantFrom("http", "unit"),
      kind: fc.constant("http"),
      status: fc.constantFrom("pass", "fail", "fail"),
      severity: fc.constantFrom("error", "critical"),
      summary: fc.constant("said"),
      latencyMs: fc.constantFrom(null, 0, Number.MAX_VALUE),
      finishedAt: instant,
      ttlMs: span,
    }),
    fc.record(
      {
        class: fc.constantFrom("crash", "auth"),
        last: fc.constantFrom({ failed: 10, of: 10 }, { failed: 0, of: 1 }),
        overdueSinceAt: instant,
      },
      { requiredKeys: [] },
    ),
  )
  .map(([result, more]) => ({ ...result, ...more }))
  .filter((result) => CheckResult.safeParse(result).success);

const facts = fc
  .oneof(
    fc.record({ kind: fc.constant("session-running"), startedAt: fc.option(instant) }),
    fc.record({ kind: fc.constant("work"), counter: fc.constant("jobs"), value: count, gain: count }),
    fc.record({
      kind: fc.constant("credential"),
      credential: fc.constant("key"),
      fileKind: fc.constant("file"),
      owner: fc.constant("web"),
      linkTarget: fc.constant(null),
      expiresAt: fc.option(instant),
    }),
    fc.record({
      kind: fc.constant("heartbeats-expected"),
      heartbeats: fc.array(
        fc.record({ source: fc.constantFrom("nightly", "hourly"), everyMs: span, graceMs: span }),
        { maxLength: 2 },
      ),
    }),
    fc.record({ kind: fc.constant("heartbeat"), source: fc.constant("nightly") }),
    fc.record({ kind: fc.constant("reading"), source: fc.constant("counters"), isWell: fc.boolean() }),
    fc.record({
      kind: fc.constant("config-changed"),
      path: fc.constant("/etc/web"),
      by: fc.constant("self"),
      isReturned: fc.boolean(),
    }),
  )
  .chain((body) => instant.map((at) => ({ ...body, at, service: "web" })))
  .filter((fact) => Fact.safeParse(fact).success);

const messages = fc.oneof(
  fc.record({
    version: fc.constant(1),
    type: fc.constant("report"),
    sentAt: instant,
    digest: fc.boolean(),
    services: fc.tuple(
      fc.record({
        service: fc.constant("web"),
        unit: fc.option(units),
        results: fc.uniqueArray(results, { maxLength: 2, selector: ({ check }) => check }),
      }),
    ),
  }),
  fc.record({
    version: fc.constant(1),
    type: fc.constant("facts"),
    sentAt: instant,
    facts: fc.array(facts, { minLength: 1, maxLength: 5 }),
  }),
);

/** Takes one message in as the shell does, and reads all that the decision leaves behind. */
function tell(shard: DrivenShard, message: object): void {
  const event = eventOf(shard.host(), AgentMessage.parse(message), shard.now());
  if (!event.ok || event.value === null) throw new Error("no event");
  const before = shard.state();
  const scene = { now: shard.now(), policy: shard.policy, newId: (prefix: string) => `${prefix}_1` };
  checkReadableShard(before, decideShard(before, event.value, scene));
  shard.send(event.value);
}

it("what is stored and said of anything that a host tells can be read again", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(messages, fc.constantFrom(1_000, 20_000, 16 * MINUTE_MS)), {
        minLength: 1,
        maxLength: 12,
      }),
      (told) => {
        const shard = driveUpHost();
        for (const [message, laterMs] of told) {
          tell(shard, message);
          shard.advance(laterMs);
        }
      },
    ),
    { numRuns: 300 },
  );
}, 60_000);

it("a start that is told to take for ever is waited for a day, and its service is readable meanwhile", () => {
  const shard = driveUpHost();
  const unit = {
    activeState: "activating",
    subState: "start",
    result: "success",
    restartCount: 0,
    invocationId: "inv-1",
    mainPid: 1,
    activeEnterAt: null,
    memoryCurrentBytes: null,
    startTimeoutMs: TOLD_SPAN_MS_MAX,
  };
  const result = {
    check: "http",
    kind: "http",
    status: "fail",
    severity: "error",
    summary: "refused",
    latencyMs: null,
    ttlMs: TOLD_SPAN_MS_MAX,
  };
  const failAgain = () =>
    tell(shard, {
      version: 1,
      type: "report",
      sentAt: shard.now(),
      digest: true,
      services: [{ service: "web", unit, results: [{ ...result, finishedAt: shard.now() }] }],
    });
  for (let time = 0; time < 3; time += 1) {
    failAgain();
    shard.advance(MINUTE_MS);
  }
  expect(shard.signals("firing")).toEqual([]);
  shard.advance(24 * 60 * MINUTE_MS);
  failAgain();
  expect(shard.signals("firing").map(({ reason }) => reason)).toEqual(["check-failing"]);
});
