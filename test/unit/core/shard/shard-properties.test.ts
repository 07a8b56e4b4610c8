// Promises that hold after every step of any history: a random walk over the shard's events, with its own record of what is true.
import fc from "fast-check";
import { expect, it } from "vitest";
import { namedAt, namesOf, valuesOf } from "@countersign/shared/values/named";
import { isFiring } from "../../../../control-plane/src/core/facts/fact-book.ts";
import { ALARM_FLOOR_MS } from "../../../../control-plane/src/core/shard/shard-alarm.ts";
import type { Signal } from "../../../../control-plane/src/core/words/signal.ts";
import {
  hostedSubject,
  hostIdIn,
  hostSubject,
  subjectKeyOf,
} from "../../../../control-plane/src/core/words/subject.ts";
import {
  BOOT_A,
  BOOT_B,
  type DrivenShard,
  driveShard,
  grantWith,
  hostWrites,
  outcomeWith,
  WEB_1,
  WEB_2,
} from "./shard-driver.ts";

type Step = (shard: DrivenShard, count: number) => void;

const steps: Record<string, Step> = {
  connect: (shard, count) => shard.connect(WEB_1, { connectionId: `con_${count}` }),
  reboot: (shard, count) => shard.connect(WEB_1, { connectionId: `con_${count}`, bootId: BOOT_B }),
  connectOther: (shard, count) => shard.connect(WEB_2, { connectionId: `con_${count}` }),
  close: (shard) => {
    const connectionId = shard.host().connection?.connectionId ?? "none";
    shard.send({ kind: "disconnected", hostId: WEB_1, connectionId });
    shard.fallSilent();
  },
  helloOnly: (shard, count) => shard.hello(WEB_1, { connectionId: `con_${count}` }),
  digest: (shard) => void (shard.host().connection !== null && shard.digest()),
  part: (shard, count) =>
    void (shard.host().connection !== null && shard.digest(WEB_1, { number: (count % 2) + 1, of: 2 })),
  refuse: (shard) => void (shard.host().connection !== null && shard.refuse()),
  refuseOther: (shard) => void (shard.host().connection !== null && shard.refuse(WEB_1, false)),
  fallSilent: (shard) => shard.fallSilent(),
  fallSilentOther: (shard) => shard.fallSilent(WEB_2),
  resume: (shard) => void (shard.host().connection !== null && shard.resumePings()),
  refuseBoot: (shard) => void shard.send({ kind: "boot-refused", hostId: WEB_1, bootId: `${BOOT_A}x` }),
  flood: (shard) =>
    void shard.send({
      kind: "flooded",
      hostId: WEB_1,
      droppedCount: 5,
      lastAt: shard.now(),
      isClosed: shard.now() % 2 === 0,
    }),
  leave: (shard) =>
    void shard.send({ kind: "leaving", hostId: WEB_1, reason: "reboot", returnWithinMs: 120_000 }),
  healthy: (shard) => void (shard.host().connection !== null && shard.report()),
  failing: (shard) => void (shard.host().connection !== null && shard.report({ status: "fail" })),
  restarted: (shard, count) =>
    void (
      shard.host().connection !== null &&
      shard.report({ status: "fail", invocationId: `inv-${count}`, restartCount: count })
    ),
  proposed: (shard) => {
    const proposal = namedAt(shard.host().services, "web")?.proposal;
    if (proposal === undefined || proposal === null) return;
    shard.mint();
  },
  grant: (shard, count) => {
    const grant = grantWith({ grantId: `grt_${count}`, expiresAt: shard.now() + 120_000 });
    shard.send({ kind: "grant-issued", grant });
  },
  outcome: (shard, count) => {
    const grantId = namesOf(shard.state().grants)[0] ?? `grt_${count}`;
    shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith({ sequence: count + 1, grantId }) });
  },
  opinion: (shard) => void shard.send({ kind: "second-opinion", hostId: WEB_1, opinion: "no-answer" }),
  loseSight: (shard) => {
    const blindSinceAt = shard.now();
    shard.fallSilent(WEB_1);
    shard.fallSilent(WEB_2);
    shard.skip(90_000);
    shard.send({ kind: "woke", connectedHostIds: [], blindSinceAt });
  },
  aMoment: (shard) => shard.advance(1_000),
  aWhile: (shard) => shard.advance(9_000),
  long: (shard) => shard.advance(70_000),
  hours: (shard) => shard.advance(7_200_000),
};

const history = fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 5, maxLength: 60 });

/** Runs a history, and calls `check` with what each step made. */
function walk(names: readonly string[], check: (shard: DrivenShard, made: readonly Signal[]) => void) {
  const shard = driveShard();
  shard.enrol();
  shard.enrol(WEB_2, "web-2");
  names.forEach((name, index) => {
    const done = shard.effects.length;
    steps[name]?.(shard, index);
    const made = shard.effects
      .slice(done)
      .flatMap((effect) => (effect.kind === "signal" ? [effect.signal] : []));
    check(shard, made);
  });
}

function keyOf(signal: Extract<Signal, { kind: "firing" | "cleared" }>): string {
  return `${signal.reason} ${subjectKeyOf(signal.subject)}`;
}

/** What is refused a second time is told at once, whatever keepalives came before. */
function isRefusedTwice(shard: DrivenShard, { subject }: Extract<Signal, { kind: "firing" }>): boolean {
  return shard.host(hostIdIn(subject) ?? "").unheard?.refusedCount === 2;
}

const WEB_KEY = subjectKeyOf(hostedSubject({ hostId: WEB_1, hostName: "web-1" }, "web"));

/** One silence, by its two names. */
const SILENCES: ReadonlySet<string> = new Set(["host-silent", "host-late-return"]);

it("no silence fires while a fresher sign of life exists", () => {
  fc.assert(
    fc.property(history, (names) =>
      walk(names, (shard, made) => {
        for (const signal of made)
          if (signal.kind === "firing" && SILENCES.has(signal.reason) && !isRefusedTwice(shard, signal))
            expect(signal.noticedAt - signal.happenedAt).toBeGreaterThanOrEqual(
              shard.policy.liveness.pageBoundMs,
            );
      }),
    ),
    { numRuns: 300 },
  );
});

it("a host whose digest was refused, or is awaited, is up no longer than T, and not down no longer than the page bound", () => {
  fc.assert(
    fc.property(history, (names) =>
      walk(names, (shard) => {
        const { liveness } = shard.policy;
        shard.advance(0);
        for (const host of shard.state().hosts.values()) {
          if (host.unheard === null || host.liveness === "down") continue;
          const graceMs = shard.state().graceUntilAt - shard.now();
          // the keepalives of a throttled host count as long as it is throttled
          const unheardMs = shard.now() - Math.max(host.unheard.sinceAt, host.lastSeenAt);
          if (graceMs > 0 || host.returnDueAt !== null || host.flooding !== null) continue;
          expect(unheardMs).toBeLessThanOrEqual(liveness.pageBoundMs);
          expect(host.unheard.refusedCount).toBeLessThan(2);
          if (host.liveness === "up") expect(unheardMs).toBeLessThanOrEqual(liveness.lateAfterMs);
        }
      }),
    ),
    { numRuns: 150 },
  );
});

it("nothing is cleared that did not fire, and a silence fires exactly for hosts that are down", () => {
  fc.assert(
    fc.property(history, (names) => {
      const firing = new Set<string>();
      walk(names, (shard, made) => {
        for (const signal of made) {
          if (signal.kind === "firing") firing.add(keyOf(signal));
          if (signal.kind === "cleared") expect(firing.delete(keyOf(signal))).toBe(true);
        }
        for (const host of shard.state().hosts.values())
          expect(
            [...SILENCES].some((reason) =>
              firing.has(`${reason} ${subjectKeyOf(hostSubject(host.hostId, host.name))}`),
            ),
          ).toBe(host.liveness === "down");
        const service = namedAt(shard.host().services, "web");
        expect(firing.has(`check-failing ${WEB_KEY}`)).toBe(
          service !== undefined && isFiring(service.book, "check-failing"),
        );
        expect(firing.has(`remediation-ineffective ${WEB_KEY}`)).toBe(
          service !== undefined && isFiring(service.book, "remediation-ineffective"),
        );
      });
    }),
    { numRuns: 300 },
  );
});

it("the alarm is armed while hosts exist, never sooner than its floor, and a sweep always makes progress", () => {
  fc.assert(
    fc.property(history, (names) =>
      walk(names, (shard) => {
        // time may have passed up to an alarm that is not due yet; the floor is what a decision promises
        expect(shard.alarmAt()).toBeGreaterThan(shard.now());
        for (const sweep of [shard.sweep, shard.sweep]) sweep();
        expect(shard.alarmAt()).toBeGreaterThanOrEqual(shard.now() + ALARM_FLOOR_MS);
        const before = shard.state();
        const effects = shard.sweep();
        expect(effects).toEqual([]);
        expect(hostWrites(before, shard.state())).toEqual([]);
      }),
    ),
    { numRuns: 200 },
  );
});

it("keys are used once and count up without a gap", () => {
  fc.assert(
    fc.property(history, (names) => {
      const keys: string[] = [];
      walk(names, (_, made) => void keys.push(...made.map(({ key }) => key)));
      expect(keys).toEqual(keys.map((_, index) => `shard-0:first:${index + 1}`));
    }),
    { numRuns: 100 },
  );
});

it("at most one of proposal and grant is open for a service, and nothing is proposed beyond the budget", () => {
  fc.assert(
    fc.property(history, (names) =>
      walk(names, (shard, made) => {
        for (const signal of made)
          if (signal.kind === "firing" && signal.proposalRequestId !== null && signal.restarts !== null)
            expect(signal.restarts.count).toBeLessThan(signal.restarts.max);
        const grants = valuesOf(shard.state().grants).filter(({ expiresAt }) => expiresAt > shard.now());
        if (grants.length > 0) expect(namedAt(shard.host().services, "web")?.proposal ?? null).toBeNull();
      }),
    ),
    { numRuns: 200 },
  );
});
