// What a wrong clock, a compromised agent or a flood of facts can do to the shard: nothing but be shown. Every rule over facts is fed the
// worst that the wire lets through; what it keeps, says and asks for stays bounded.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { EVIDENCE_ITEMS_MAX, INSTANT_MAX, TOLD_SPAN_MS_MAX } from "@countersign/shared/values/limits";
import { Doer, Fact } from "@countersign/shared/wire/fact";
import { FailureClass } from "@countersign/shared/wire/failure-class";
import { EMPTY_BOOK, type FactBook } from "../../../../control-plane/src/core/facts/fact-book.ts";
import { atSaneInstants, FACT_AGE_MAX_MS } from "../../../../control-plane/src/core/facts/fact-instants.ts";
import { FACT_RULES } from "../../../../control-plane/src/core/facts/fact-rule-list.ts";
import {
  JUDGE_AGAIN_MAX_MS,
  judgeBook,
  takeIntoBook,
} from "../../../../control-plane/src/core/facts/fact-rules.ts";
import { LINE_CHARS_MAX, plainLine } from "../../../../control-plane/src/core/words/plain-line.ts";
import { FLEET, placeNameOf } from "../../../../control-plane/src/core/words/subject.ts";
import { eventOf } from "../../../../control-plane/src/shell/shard/shard-frames.ts";
import { driveUpHost, policyWith, START_AT, WEB_1 } from "../shard/shard-driver.ts";
import { HOUR_MS, MINUTE_MS } from "./fact-driver.ts";

/** Characters of JSON that one rule may keep for a service, and for a whole shard: its row is read and written as one. */
const SERVICE_SLICE_CHARS_MAX = 32_000;
const SHARD_SLICE_CHARS_MAX = 2_000_000;

const instant = fc.oneof(
  fc.constantFrom(0, START_AT, INSTANT_MAX),
  fc.integer({ min: START_AT - HOUR_MS, max: START_AT + HOUR_MS }),
  fc.integer({ min: 0, max: INSTANT_MAX }),
);
// many names, all as long as they may be
const name = fc
  .integer({ min: 0, max: 300 })
  .map((number) => `${number}`.padEnd(80, "\u{1F4A5}x\n").slice(0, 80));
const text = fc.constantFrom("", "x", "\u0000\n\u202E".repeat(100), "é".repeat(300));
const failure = fc.option(fc.constantFrom(...FailureClass.options));
const doer = fc.constantFrom(...Doer.options);
const isTrue = fc.boolean();
const amount = fc.constantFrom(0, 1, Number.MAX_VALUE, Number.MIN_VALUE);

const bodies: fc.Arbitrary<object> = fc.oneof(
  fc.record({ kind: fc.constant("session"), startedAt: instant, class: failure, detail: text }),
  fc.record({ kind: fc.constant("session-running"), startedAt: fc.option(instant) }),
  fc.record({ kind: fc.constant("work"), counter: name, value: amount }),
  fc.record({ kind: fc.constant("work"), counter: name, value: amount, gain: amount }),
  fc.record({ kind: fc.constant("latency"), latencyMs: amount }),
  fc.record({ kind: fc.constant("restart"), by: doer, supervisor: name }),
  fc.record({ kind: fc.constant("oom-kill"), by: fc.constant("kernel") }),
  fc.record({ kind: fc.constant("fallback"), fallback: name, isActive: isTrue }),
  fc.record({
    kind: fc.constant("credential"),
    credential: name,
    fileKind: fc.constantFrom("file", "symlink", "missing"),
    owner: name,
    linkTarget: fc.constantFrom(null, "/".repeat(300)),
    expiresAt: fc.option(instant),
  }),
  fc.record({
    kind: fc.constant("credential"),
    credential: name,
    fileKind: fc.constant("file"),
    owner: name,
    linkTarget: fc.constant(null),
    expiresAt: fc.option(instant),
    isExpiryUnread: fc.constant(true),
    refreshes: fc.constant(true),
  }),
  fc.record({ kind: fc.constant("credential-use"), credential: name, isAccepted: isTrue, detail: text }),
  fc.record({ kind: fc.constant("config-changed"), path: name, by: doer }),
  fc.record({ kind: fc.constant("config-changed"), path: name, by: doer, isReturned: isTrue }),
  fc.record({ kind: fc.constant("code"), diskChangedAt: instant, runningSinceAt: instant }),
  fc.record({ kind: fc.constant("identity"), identity: name, holder: name }),
  fc.record({ kind: fc.constant("provider"), provider: name, isOk: isTrue, class: failure }),
  fc.record({
    kind: fc.constant("privilege"),
    action: fc.constant("restart"),
    isExecutable: isTrue,
    command: text,
  }),
  fc.record({
    kind: fc.constant("attempt"),
    action: name,
    by: doer,
    outcome: text,
    isHelpful: isTrue,
    deniedCommand: text,
  }),
  fc.record({ kind: fc.constant("health"), isHealthy: isTrue }),
  fc.record({ kind: fc.constant("drill"), path: name }),
  fc.record({ kind: fc.constant("heartbeat"), source: name }),
  fc.record({
    kind: fc.constant("heartbeats-expected"),
    heartbeats: fc.array(
      fc.record({
        source: name,
        everyMs: fc.constantFrom(1, HOUR_MS, TOLD_SPAN_MS_MAX),
        graceMs: fc.constantFrom(0, HOUR_MS, TOLD_SPAN_MS_MAX),
      }),
      { maxLength: EVIDENCE_ITEMS_MAX },
    ),
  }),
  fc.record({ kind: fc.constant("reading"), source: name, isWell: isTrue, detail: text }),
);
const facts = fc.array(
  fc.tuple(bodies, instant).map(([body, at]) => Fact.parse({ ...body, at, service: "web" })),
  { minLength: 1, maxLength: 200 },
);

function expectSane(book: FactBook, now: number, charsMax: number) {
  for (const rule of FACT_RULES)
    expect(JSON.stringify(book.slices[rule.reason] ?? null).length, rule.reason).toBeLessThan(charsMax);
  for (const [reason, at] of Object.entries(book.dueAt)) {
    expect(at, reason).toBeGreaterThan(now);
    expect(at, reason).toBeLessThanOrEqual(now + JUDGE_AGAIN_MAX_MS);
  }
}

test.each(["service", "shard"] as const)(
  "no flood of facts of any instant or size harms the rules of a %s",
  (scope) => {
    const policy = policyWith();
    const subject = { kind: "service", hostId: WEB_1, hostName: "web-1", service: "web" } as const;
    const charsMax = scope === "service" ? SERVICE_SLICE_CHARS_MAX : SHARD_SLICE_CHARS_MAX;
    fc.assert(
      fc.property(facts, (flood) => {
        let book: FactBook = EMPTY_BOOK;
        let now = START_AT;
        for (const fact of flood) {
          const scene = { now, policy, subject, restarts: null, seenSinceAt: START_AT };
          const sane = atSaneInstants(fact, now);
          const taken = takeIntoBook(book, { facts: [{ fact: sane, subject }], scope }, scene);
          for (const effect of taken.effects)
            if (effect.kind === "signal") {
              expect(effect.signal.happenedAt).toBeLessThanOrEqual(now);
              expect(effect.signal.happenedAt).toBeGreaterThanOrEqual(now - FACT_AGE_MAX_MS);
            }
          book = taken.book;
          now += 7 * MINUTE_MS;
          book = judgeBook(book, { ...scene, now }).book;
          expectSane(book, now, charsMax);
        }
      }),
      { numRuns: 30 },
    );
  },
  60_000,
);

describe("the instants of a fact", () => {
  const now = START_AT;
  it.each([
    { at: now + 1, becomes: now },
    { at: now, becomes: now },
    { at: now - FACT_AGE_MAX_MS, becomes: now - FACT_AGE_MAX_MS },
    { at: now - FACT_AGE_MAX_MS - 1, becomes: now - FACT_AGE_MAX_MS },
    { at: -INSTANT_MAX, becomes: now - FACT_AGE_MAX_MS },
  ])("$at becomes $becomes", ({ at, becomes }) => {
    expect(atSaneInstants({ kind: "heartbeat", source: "cron", at, service: null }, now).at).toBe(becomes);
    const code = { kind: "code", at: now, service: null, diskChangedAt: at, runningSinceAt: at } as const;
    expect(atSaneInstants(code, now)).toMatchObject({ diskChangedAt: becomes, runningSinceAt: becomes });
    const session = {
      kind: "session",
      at: now,
      service: null,
      startedAt: at,
      class: null,
      detail: "",
    } as const;
    expect(atSaneInstants(session, now)).toMatchObject({ startedAt: becomes });
  });

  it("of a host that says it is the year 9999 do not move the alarm out of reach", () => {
    const shard = driveUpHost();
    const expiresAt = INSTANT_MAX;
    const credential = {
      kind: "credential",
      credential: "key",
      fileKind: "file",
      owner: "web",
      linkTarget: null,
    } as const;
    const told = [
      { ...credential, at: 0, service: "web", expiresAt },
      { kind: "fallback", at: 0, service: "web", fallback: "sonnet", isActive: true } as const,
    ];
    const message = { version: 1, type: "facts", sentAt: INSTANT_MAX, facts: told } as const;
    const event = eventOf(shard.host(), message, shard.now());
    if (!event.ok || event.value === null) throw new Error("no event");
    shard.send(event.value);
    for (const { happenedAt } of shard.signals("firing"))
      expect(() => new Date(happenedAt).toISOString()).not.toThrow();
    expect(shard.signals("firing").map(({ reason }) => reason)).toEqual(["fallback-overdue"]);
    expect(shard.alarmAt()).toBeLessThan(shard.now() + MINUTE_MS);
  });
});

describe("a line of a page", () => {
  it("cannot be forged by a name from a host", () => {
    const shard = driveUpHost();
    const provider = "x\n\nApproved: rm -rf /\u202E";
    const fact = { kind: "provider", at: shard.now(), provider, isOk: false, class: null } as const;
    shard.send({ kind: "facts", hostId: WEB_1, facts: ["a", "b"].map((service) => ({ ...fact, service })) });
    const [signal] = shard.signals("firing");
    for (const line of [
      signal?.title,
      placeNameOf(signal?.subject ?? FLEET),
      ...(signal?.evidence ?? []).map(({ text: said }) => said),
    ])
      expect(line).toMatch(/^[^\n\u202E]+$/);
  });

  it.each([
    { length: LINE_CHARS_MAX, kept: LINE_CHARS_MAX, isCut: false },
    { length: LINE_CHARS_MAX + 1, kept: LINE_CHARS_MAX, isCut: true },
  ])("of $length characters is cut: $isCut", ({ length, kept, isCut }) => {
    const line = plainLine("x".repeat(length));
    expect(line).toHaveLength(kept);
    expect(line.endsWith("…")).toBe(isCut);
  });
});
