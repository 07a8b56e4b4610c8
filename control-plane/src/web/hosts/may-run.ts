// What may run on a host, as its view tells it: each action of the host's own list with who must say yes before it runs, and
// what keeps it from running now. Pure; it says what others decide (core/shard/remedy/runnable.ts).
import type { KnownArgv } from "../../core/desk/approvals/known-argvs.ts";
import type { StandingApproval } from "../../core/desk/records/standing-approval.ts";
import type { Gap } from "../../core/facts/rules/privilege-gap.ts";
import type { Liveness } from "../../core/shard/host/shard-state.ts";
import type { Runnable } from "../../core/shard/remedy/runnable.ts";
import { type Brakes, freezeOf } from "../brakes/brakes-on.ts";

/** Whether it may run, as one word says it. */
export type MayRun =
  | "asks-you"
  | "by-itself"
  | "in-advance"
  | "frozen"
  | "used-up"
  | "not-permitted"
  | "not-now";

export interface RunLine {
  readonly runnable: Runnable;
  readonly mayRun: MayRun;
  /** as whom; null: it was not proposed lately, and is not known */
  readonly asRoot: boolean | null;
  /** a person's yes in advance that still holds; null: none */
  readonly standing: StandingApproval | null;
}

export interface RunScene {
  readonly brakes: Brakes;
  readonly argvs: readonly KnownArgv[];
  readonly liveness: Liveness;
  /** what is not permitted, by service */
  readonly gapsOf: (service: string) => readonly Gap[];
}

/** Each action with what is to be said of it. */
export function runLinesOf(runnables: readonly Runnable[], scene: RunScene): readonly RunLine[] {
  return runnables.map((runnable) => {
    const { action, service } = runnable;
    const known = scene.argvs.find((each) => each.service === service && each.action === action);
    const standing = scene.brakes.standing.find(
      (given) => given.subject.service === service && given.action === action,
    );
    return {
      runnable,
      mayRun: mayRunOf(runnable, standing, scene),
      asRoot: known === undefined ? null : isAsRoot(known.argv),
      standing: standing ?? null,
    };
  });
}

function mayRunOf(
  { action, budget, frozenBy, isAsked, service }: Runnable,
  standing: StandingApproval | undefined,
  { brakes, gapsOf, liveness }: RunScene,
): MayRun {
  if (freezeOf(brakes, service) !== null || frozenBy !== null) return "frozen";
  if (gapsOf(service).some((gap) => gap.who === "audit" && gap.action === action)) return "not-permitted";
  if (liveness !== "up") return "not-now";
  if (budget.usedCount >= budget.max) return "used-up";
  if (standing !== undefined) return "in-advance";
  return isAsked ? "asks-you" : "by-itself";
}

// The one way to root is sudo, by an exact line (edge-agent/src/core/actuator/sudoers.ts).
function isAsRoot([program = ""]: readonly string[]): boolean {
  return program.endsWith("/sudo");
}
