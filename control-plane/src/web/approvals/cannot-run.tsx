// That a yes would run nothing just now, and why; and what would become of it. Pure.
import type { Hindrance } from "../asks/cannot-run-line.tsx";
import { HindranceLine } from "../asks/cannot-run-line.tsx";
import type { ShownApproval } from "./shown-approval.ts";
import { whoOf } from "./who.ts";

/** What keeps it from running; null: nothing is known that does. */
export function hindranceOf({ cannotRun, finding, health }: ShownApproval): Hindrance | null {
  if (health.answer === "gone") return { reason: "host-gone" };
  if (cannotRun !== null) return cannotRun;
  if (health.answer === "silent") return { reason: "shard-silent" };
  if (health.liveness !== null && health.liveness !== "up")
    return { reason: "host-not-up", liveness: health.liveness };
  if (health.isUnheard) return { reason: "host-unheard" };
  return finding === null ? { reason: "finding-unreadable" } : null;
}

/** In red, above what would run. */
export function CannotRunCard({
  hindrance,
  shown,
}: {
  readonly hindrance: Hindrance;
  readonly shown: ShownApproval;
}) {
  const { approval, frame, readers } = shown;
  const hostName = approval.subject.hostName;
  return (
    <section class="card no" role="alert" data-says="cannot-run">
      <p>
        <b class="bad">It cannot run now.</b>{" "}
        <HindranceLine
          hindrance={hindrance}
          hostName={hostName}
          now={frame.now}
          whoOf={(actor) => whoOf(actor, readers)}
        />
      </p>
    </section>
  );
}

/** What would become of a yes, under its button. */
export function yesWords(hindrance: Hindrance, within: string): string {
  switch (hindrance.reason) {
    case "frozen":
      return "refused while it is frozen";
    case "budget-used-up":
      return "the host will refuse it";
    case "host-gone":
      return "nothing will run";
    case "host-down":
    case "host-not-up":
    case "host-unheard":
    case "shard-silent":
      return `void if it is not back within ${within}`;
    case "finding-unreadable":
      return `once, within ${within}`;
  }
}
