// The battery in `npm test`: a hundred thousand attempts of today's seed against the host's own gate, and the proof that each of its checks, taken
// out, would be missed. `npm run mutate` makes a million.
import { describe, expect, it } from "vitest";
import { todaysSeed } from "../todays-seed.ts";
import { type BatteryPlan, CONTROL_EACH, runBattery, STREAM_ATTEMPTS } from "./battery.ts";
import { type Gate, hostGate } from "./gate.ts";
import { gateWithout, PLANTED_HOLES } from "./holes.ts";
import { failureText } from "./mutation-text.ts";
import { drawWorld } from "./world.ts";

const TODAY = todaysSeed();
const ATTEMPTS = 100_000;
const ATTEMPTS_PER_PART = 10_000;
/** The one that is hardest to find needs about 2,000. */
const ATTEMPTS_PER_HOLE = 20_000;
const ATTEMPTS_OF_SAME = 2_000;

const world = await drawWorld();

async function outcomeOf(plan: BatteryPlan, own: Gate = hostGate) {
  const result = await runBattery(world, own, plan);
  return { ...result, text: failureText(plan.seed, result) ?? "nothing ran that was not approved" };
}

describe("nothing runs that people have not approved byte for byte", () => {
  // in parts, so that a slow machine runs into no test's time limit
  const told: Awaited<ReturnType<typeof outcomeOf>>[] = [];
  const parts = Array.from({ length: ATTEMPTS / ATTEMPTS_PER_PART }, (_, part) => part + 1);
  it.each(parts)(`in ${ATTEMPTS} attempts of seed ${TODAY}, part %i of ${parts.length}`, async (part) => {
    const from = ((part - 1) * ATTEMPTS_PER_PART) / STREAM_ATTEMPTS;
    const outcome = await outcomeOf({ seed: TODAY, attempts: ATTEMPTS_PER_PART, from });
    expect(outcome.text).toBe("nothing ran that was not approved");
    told.push(outcome);
  });

  it("with something for each check to refuse, and open where it must be", () => {
    const sum = (count: (outcome: (typeof told)[number]) => number) =>
      told.reduce((total, outcome) => total + count(outcome), 0);
    expect(sum(({ attempts }) => attempts)).toBe(ATTEMPTS);
    // honest ones between them passed, and so did some that say the same otherwise
    expect(sum(({ controls }) => controls)).toBe(ATTEMPTS / CONTROL_EACH);
    expect(sum(({ same }) => same)).toBeGreaterThan(100);
    for (const reason of EXPECTED_REASONS)
      expect(
        sum(({ reasons }) => reasons[reason] ?? 0),
        reason,
      ).toBeGreaterThan(10);
  });

  it("and the same seed makes the same attempts", async () => {
    const plan = { seed: 4, attempts: ATTEMPTS_OF_SAME };
    const [first, second] = [await outcomeOf(plan), await outcomeOf(plan)];
    expect(second).toEqual(first);
  });
});

/** Of the chain and of admission, as they are told. */
const EXPECTED_REASONS = [
  "frame-malformed",
  "version-unsupported",
  "envelope-malformed",
  "signature-missing",
  "signature-wrong",
  "wrong-host",
  "nonce-used",
  "nonce-unknown",
  "proposal-mismatch",
  "level-closed",
  "assertion-elsewhere",
  "assertion-malformed",
  "user-not-verified",
  "credential-unknown",
  "signature-repeated",
  "people-missing",
  "asker-signed",
  "credential-synced",
  "standing-mismatch",
  "standing-over",
  "standing-used-up",
  "trust-malformed",
  "trust-older",
  "trust-skips",
  "trust-other-chain",
  "trust-unsigned",
];

describe("the battery would notice", () => {
  it.each(PLANTED_HOLES)("a host that does not check $without", async (hole) => {
    const { text } = await outcomeOf({ seed: 1, attempts: ATTEMPTS_PER_HOLE }, await gateWithout(hole));
    expect(text).toMatch(/an act ran that people never approved|was believed that its people|never signed/);
    expect(text).toMatch(/npm run --silent mutate -- --seed 1 --from \d+ --attempts 1000/);
  });

  it("a host that refuses everything", async () => {
    const closed = () => Promise.resolve({ ok: false as const, reason: "frozen" });
    const { text } = await outcomeOf({ seed: 1, attempts: 1 }, { admit: closed, believe: closed });
    expect(text).toContain("an honest act was refused: frozen");
  });
});
