// `heartbeat-missed`: a declared heartbeat that stays away, each bound from both sides; what an absence of the host moves,
// and what our own memory may lose.
import { describe, expect, it } from "vitest";
import {
  heartbeatMissed,
  RETURN_SETTLES_MS,
  STORED_EVERY_MS_MIN,
} from "../../../../../control-plane/src/core/facts/rules/heartbeat-missed.ts";
import { driveRule, type FactBody, HOUR_MS, MINUTE_MS } from "../fact-driver.ts";

const DAY_MS = 24 * HOUR_MS;
const GRACE_MS = 10 * MINUTE_MS;
const WAIT_MS = HOUR_MS + GRACE_MS;

const BEAT: FactBody = { kind: "heartbeat", source: "job" };

type Source = string | { readonly source: string; readonly everyMs: number };

function expected(...sources: readonly Source[]): FactBody {
  const heartbeats = sources.map((one) =>
    typeof one === "string"
      ? { source: one, everyMs: HOUR_MS, graceMs: GRACE_MS }
      : { ...one, graceMs: GRACE_MS },
  );
  return { kind: "heartbeats-expected", heartbeats };
}

function drive(...sources: readonly Source[]) {
  const rule = driveRule(heartbeatMissed);
  rule.take(0, expected(...(sources.length === 0 ? ["job"] : sources)));
  return rule;
}

/** Judged and kept, as the engine does each time. */
const kept = heartbeatMissed.learned;
type Slice = Parameters<typeof heartbeatMissed.judge>[0];

describe("a declared heartbeat", () => {
  it.each([
    { atMs: WAIT_MS - 1, fires: false },
    { atMs: WAIT_MS, fires: true },
  ])("that never came, $atMs ms after it was declared: fires $fires", ({ atMs, fires }) => {
    const rule = drive();
    expect(rule.findingAt(atMs) !== null).toBe(fires);
    expect(rule.nextAt(WAIT_MS - 1)).toBe(WAIT_MS);
  });

  it.each([
    { atMs: 5 * MINUTE_MS + WAIT_MS - 1, fires: false },
    { atMs: 5 * MINUTE_MS + WAIT_MS, fires: true },
  ])("that came once, at $atMs ms: fires $fires", ({ atMs, fires }) => {
    const rule = drive();
    rule.take(5 * MINUTE_MS, BEAT);
    expect(rule.findingAt(atMs) !== null).toBe(fires);
  });

  it("is an error about its source, and no reason to restart or to freeze", () => {
    expect(drive().findingAt(WAIT_MS)).toMatchObject({
      severity: "error",
      alike: "job",
      title: "web on web-1 misses a heartbeat: job",
      isRestartPointless: false,
      freezes: false,
    });
  });

  it("ends with the next one, and begins to be waited for again", () => {
    const rule = drive();
    rule.take(2 * HOUR_MS, BEAT);
    expect(rule.findingAt(2 * HOUR_MS)).toBeNull();
    expect(rule.findingAt(2 * HOUR_MS + WAIT_MS)).not.toBeNull();
  });

  it("that is told late counts from when it came, and one that is too old itself ends nothing", () => {
    const rule = drive();
    rule.take(HOUR_MS, BEAT, 4 * HOUR_MS);
    expect(rule.findingAt(HOUR_MS + WAIT_MS - 1)).toBeNull();
    expect(rule.findingAt(HOUR_MS + WAIT_MS)).not.toBeNull();
  });

  it("told twice, or an older one after a newer one, changes nothing", () => {
    const rule = drive();
    rule.take(MINUTE_MS, BEAT);
    const before = rule.slice();
    rule.take(MINUTE_MS, BEAT);
    rule.take(0, BEAT, MINUTE_MS);
    expect(rule.slice()).toBe(before);
  });
});

describe("what is expected", () => {
  it("is nothing for a service that expects none: it costs nothing", () => {
    const rule = driveRule(heartbeatMissed);
    rule.take(0, expected());
    rule.take(1, BEAT);
    expect(rule.slice()).toBe(heartbeatMissed.initial);
  });

  it("told again, as after each welcome, changes nothing", () => {
    const rule = drive();
    rule.take(MINUTE_MS, BEAT);
    const before = rule.slice();
    rule.take(2 * MINUTE_MS, expected("job"));
    expect(rule.slice()).toBe(before);
  });

  it("no longer ends what was missed; with none left nothing is remembered", () => {
    const rule = drive("job", "other");
    expect(rule.findingAt(WAIT_MS)?.title).toContain("job and other");
    rule.take(WAIT_MS, expected("other"));
    expect(rule.findingAt(WAIT_MS)?.title).toContain("other");
    rule.take(WAIT_MS, expected());
    expect(rule.isForgottenAt(WAIT_MS)).toBe(true);
  });

  it("one more waits from then, and the others wait on", () => {
    const rule = drive();
    rule.take(HOUR_MS, expected("job", "other"));
    expect(rule.findingAt(WAIT_MS)?.title).toBe("web on web-1 misses a heartbeat: job");
    expect(rule.findingAt(HOUR_MS + WAIT_MS)?.title).toContain("job and other");
  });

  it("named twice is expected once", () => {
    expect(drive("job", "job").findingAt(WAIT_MS)?.evidence).toHaveLength(1);
  });

  it("more often than before is not missed before anybody could have kept to it", () => {
    const rule = drive({ source: "job", everyMs: DAY_MS });
    rule.take(10 * HOUR_MS, expected("job"));
    expect(rule.findingAt(10 * HOUR_MS + WAIT_MS - 1)).toBeNull();
    expect(rule.findingAt(10 * HOUR_MS + WAIT_MS)).not.toBeNull();
  });

  it.each([
    { everyMs: 2 * HOUR_MS, fires: true },
    { everyMs: 9 * HOUR_MS, fires: false },
  ])("less often, every $everyMs ms, ends a miss only if it is none by these terms", ({ everyMs, fires }) => {
    const rule = drive();
    rule.prune(8 * HOUR_MS);
    rule.take(8 * HOUR_MS, expected({ source: "job", everyMs }));
    expect(rule.findingAt(8 * HOUR_MS) !== null).toBe(fires);
  });
});

describe("several sources", () => {
  it("are one finding; the one that comes hides nothing", () => {
    const rule = drive("job", "other");
    rule.take(HOUR_MS, { kind: "heartbeat", source: "other" });
    expect(rule.textsAt(WAIT_MS)).toEqual([
      "job never came since it is expected every 1h, with a grace of 10m",
    ]);
    expect(rule.textsAt(HOUR_MS + WAIT_MS)).toEqual([
      "job never came since it is expected every 1h, with a grace of 10m",
      "other came last; expected every 1h, with a grace of 10m",
    ]);
  });
});

describe("while its host is away", () => {
  it("nothing is missed, and what was missed before stays so", () => {
    const rule = drive("job", { source: "daily", everyMs: DAY_MS });
    rule.prune(WAIT_MS);
    rule.hostUpSince(null);
    expect(rule.findingAt(3 * DAY_MS)?.title).toBe("web on web-1 misses a heartbeat: job");
    expect(rule.nextAt(3 * DAY_MS)).toBe(3 * DAY_MS + RETURN_SETTLES_MS);
  });

  it.each([
    { awayMs: 30_000, settlesMs: RETURN_SETTLES_MS },
    { awayMs: 10 * MINUTE_MS, settlesMs: 10 * MINUTE_MS },
    { awayMs: 9 * HOUR_MS, settlesMs: WAIT_MS },
  ])(
    "for $awayMs ms over the due time, it is missed $settlesMs ms after the return",
    ({ awayMs, settlesMs }) => {
      const rule = drive();
      rule.hostUpSince(null);
      rule.prune(WAIT_MS - 1);
      const returnMs = WAIT_MS - 1 + awayMs;
      rule.hostUpSince(returnMs);
      rule.prune(returnMs);
      expect(rule.nextAt(returnMs)).toBe(returnMs + settlesMs);
      expect(rule.findingAt(returnMs + settlesMs - 1)).toBeNull();
      expect(rule.findingAt(returnMs + settlesMs)).not.toBeNull();
    },
  );

  it("short absences before the due time move nothing", () => {
    const rule = drive({ source: "job", everyMs: DAY_MS });
    for (let at = HOUR_MS; at < DAY_MS; at += HOUR_MS) {
      rule.hostUpSince(null);
      rule.prune(at);
      rule.hostUpSince(at + 30_000);
      rule.prune(at + 30_000);
    }
    expect(rule.findingAt(DAY_MS + GRACE_MS - 1)).toBeNull();
    expect(rule.findingAt(DAY_MS + GRACE_MS)).not.toBeNull();
  });

  it("an absence of last week says nothing of today's", () => {
    const rule = drive({ source: "job", everyMs: DAY_MS });
    rule.hostUpSince(null);
    rule.prune(HOUR_MS);
    rule.hostUpSince(10 * HOUR_MS);
    rule.prune(10 * HOUR_MS);
    rule.hostUpSince(DAY_MS);
    expect(rule.findingAt(DAY_MS + GRACE_MS)).not.toBeNull();
  });
});

describe("what is stored", () => {
  const keptOf = (slice: Slice) => JSON.stringify(kept?.keeps(slice));

  it.each([
    { everyMs: STORED_EVERY_MS_MIN - 1, isStored: false },
    { everyMs: STORED_EVERY_MS_MIN, isStored: true },
  ])("every $everyMs ms: each heartbeat is stored at once: $isStored", ({ everyMs, isStored }) => {
    const rule = drive({ source: "job", everyMs });
    rule.take(1, BEAT);
    const before = keptOf(rule.slice());
    rule.take(2, BEAT);
    expect(keptOf(rule.slice()) !== before).toBe(isStored);
  });

  it("is at once that one is missed, and that it came", () => {
    const rule = drive({ source: "job", everyMs: MINUTE_MS });
    rule.take(1, BEAT);
    const well = keptOf(rule.slice());
    rule.prune(HOUR_MS);
    const missed = keptOf(rule.slice());
    expect(missed).not.toBe(well);
    rule.take(HOUR_MS, BEAT);
    expect(keptOf(rule.slice())).toBe(well);
  });

  it("and lost of a frequent one: its wait begins at the next look; that of a rare one goes on, and so does a miss", () => {
    const rule = drive({ source: "often", everyMs: 50 * MINUTE_MS }, "rare", {
      source: "gone",
      everyMs: MINUTE_MS,
    });
    rule.prune(20 * MINUTE_MS);
    rule.resumed();
    rule.prune(HOUR_MS);
    expect(rule.findingAt(HOUR_MS)?.title).toBe("web on web-1 misses a heartbeat: gone");
    expect(rule.findingAt(WAIT_MS)?.title).toContain("gone and rare");
    expect(rule.findingAt(2 * HOUR_MS - 1)?.title).not.toContain("often");
    expect(rule.findingAt(2 * HOUR_MS)?.title).toContain("often");
  });
});
