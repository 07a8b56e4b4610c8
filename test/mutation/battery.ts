// Runs attempts against the gate by seed and holds it to one promise: what it lets through was approved by people byte for byte. Every thousandth
// attempt is honest and must pass, so a gate that refuses everything fails as well.
import { readSignedTrust } from "@countersign/shared/wire/trust-chain";
import { SeededRandom } from "../simulation/seeded-random.ts";
import { type Attempt, Attacker } from "./attack.ts";
import type { Gate, HostMoment } from "./gate.ts";
import { BOOT_ID, NOW, UNIT, type World } from "./world.ts";

export const CONTROL_EACH = 1_000;
/** Attempts of one stream of the seed: where to begin again for a replay. */
export const STREAM_ATTEMPTS = 1_000;

/** Attempts that wait for WebCrypto's threads together. */
const AT_ONCE = 50;

export interface Hole {
  readonly what: string;
  readonly attempt: Attempt;
  readonly stream: number;
}

export interface BatteryResult {
  readonly attempts: number;
  /** honest ones, which all passed */
  readonly controls: number;
  /** bent ones that let through nothing but what was approved: the same act written otherwise */
  readonly same: number;
  /** refusals by reason */
  readonly reasons: Readonly<Record<string, number>>;
  /** the first thing that went wrong; null: nothing did */
  readonly hole: Hole | null;
}

export interface BatteryPlan {
  readonly seed: number;
  readonly attempts: number;
  /** the first stream */
  readonly from?: number;
}

export async function runBattery(world: World, own: Gate, plan: BatteryPlan): Promise<BatteryResult> {
  const attacker = new Attacker(world);
  const judge = judgeOf(world, own);
  const reasons = new Map<string, number>();
  let [attempts, controls, same] = [0, 0, 0];
  const result = (hole: Hole | null): BatteryResult => ({
    attempts,
    controls,
    same,
    hole,
    reasons: Object.fromEntries([...reasons].toSorted(([, left], [, right]) => right - left)),
  });
  for (let stream = plan.from ?? 0; attempts < plan.attempts; stream += 1) {
    const random = new SeededRandom(plan.seed, stream);
    const ahead = Math.min(STREAM_ATTEMPTS, plan.attempts - attempts);
    for (let begin = 0; begin < ahead; begin += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, ahead - begin) }, (_, index) => {
        const isControl = (begin + index) % CONTROL_EACH === 0;
        return { isControl, attempt: isControl ? attacker.honest(random) : attacker.attempt(random) };
      });
      const judged = await Promise.all(some.map(({ attempt }) => judge(attempt)));
      for (const [index, { hole, refusal }] of judged.entries()) {
        const { attempt, isControl } = some[index]!;
        attempts += 1;
        if (hole !== null) return result({ what: hole, attempt, stream });
        if (isControl && refusal !== null)
          return result({ what: `an honest act was refused: ${refusal}`, attempt, stream });
        if (isControl) controls += 1;
        else if (refusal === null) same += 1;
        if (refusal !== null) reasons.set(refusal, (reasons.get(refusal) ?? 0) + 1);
      }
    }
  }
  return result(null);
}

interface Judged {
  /** null: it was let through */
  readonly refusal: string | null;
  /** what it should not have let through */
  readonly hole: string | null;
}

/** Runs one attempt, and says what is wrong when it is let through. */
export function judgeOf(world: World, { admit, believe }: Gate): (attempt: Attempt) => Promise<Judged> {
  const { acts, chain, standings } = world;
  const newest = readSignedTrust(chain.at(-1)!);
  if (!newest.ok) throw new Error(`Read the world's trust: ${newest.error.detail}`);
  const uses = new Map(standings.map(({ nonce, usesBefore }) => [nonce, usesBefore]));
  const moment: HostMoment = {
    host: world.host,
    catalogue: world.catalogue,
    fleet: newest.value,
    minted: new Map(
      acts.filter(({ isHere }) => isHere).map(({ bytes, proposal }) => [proposal.nonce, bytes]),
    ),
    used: new Set(acts.filter(({ isUsed }) => isUsed).map(({ proposal }) => proposal.nonce)),
    usesOf: (nonce) => uses.get(nonce) ?? 0,
    observed: UNIT,
    bootId: BOOT_ID,
    wallMs: NOW,
  };
  /** Whether people have approved it, by how the world was drawn. */
  const isRight = (nonce: string, standing: string | null): boolean => {
    const act = acts.find(({ proposal }) => proposal.nonce === nonce);
    if (standing === null) return act?.isApproved === true && act.isHere && !act.isUsed;
    return standings.some(({ covers, nonce: given }) => given === standing && covers === act?.name);
  };
  return async (attempt) => {
    if (attempt.kind === "trust") {
      const { after, candidate } = attempt;
      const verdict = await believe(candidate, chain[after]!, world.host);
      if (!verdict.ok) return { refusal: verdict.reason, hole: null };
      const isNext = world.nextTrust.some((next) => next.after === after && next.hash === verdict.hash);
      return {
        refusal: null,
        hole: isNext ? null : "a version of trust was believed that its people never signed",
      };
    }
    const verdict = await admit(attempt.frame, moment);
    if (!verdict.ok) return { refusal: verdict.reason, hole: null };
    if (attempt.isDeskForged) return { refusal: null, hole: "a grant ran that the desk's key never signed" };
    const act = acts.find(({ proposal }) => proposal.nonce === verdict.nonce);
    return {
      refusal: null,
      hole: isRight(verdict.nonce, verdict.standing)
        ? null
        : `an act ran that people never approved: ${act?.name ?? "unknown"}, in advance: ${String(verdict.standing)}`,
    };
  };
}
