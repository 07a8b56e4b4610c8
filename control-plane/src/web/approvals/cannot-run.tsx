// That a yes would run nothing just now, and why; and what would become of it. Pure.
import type { Hindrance } from "../asks/cannot-run-line.tsx";
import { HindranceLine } from "../asks/cannot-run-line.tsx";
import { HostName } from "./approval-parts.tsx";
import type { ApprovalStatus } from "./approval-words.ts";
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

/** How such a question stands: it waits for nobody's yes. */
export const CANNOT_RUN: ApprovalStatus = {
  label: "Cannot run now",
  kind: "todo",
  isOpen: true,
  isMoving: false,
};

/** What its host said is not of now. */
export function isUnheard(hindrance: Hindrance | null): boolean {
  return isAway(hindrance) || hindrance?.reason === "host-gone";
}

function isAway(hindrance: Hindrance | null): boolean {
  switch (hindrance?.reason) {
    case "host-down":
    case "host-not-up":
    case "host-unheard":
    case "shard-silent":
      return true;
    case "frozen":
    case "budget-used-up":
    case "host-gone":
    case "finding-unreadable":
    case undefined:
      return false;
  }
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
        {hindrance.reason !== "finding-unreadable" && (
          <>
            <b class="bad">A yes would run nothing now.</b>{" "}
          </>
        )}
        <HindranceLine
          hindrance={hindrance}
          hostName={hostName}
          now={frame.now}
          whoOf={(actor) => whoOf(actor, readers)}
        />
      </p>
      <p>
        <Instead hindrance={hindrance} shown={shown} />
      </p>
    </section>
  );
}

/** What to do, while a yes would run nothing. */
function Instead({ hindrance, shown }: { readonly hindrance: Hindrance; readonly shown: ShownApproval }) {
  const { approval } = shown;
  const host = (
    <a href={`/hosts/${encodeURIComponent(approval.subject.hostId)}`}>
      <HostName name={approval.subject.hostName} />
    </a>
  );
  if (isAway(hindrance))
    return (
      <>
        Take it, and look at {host}. The question stays open until its end; when the host is back,{" "}
        {approval.askedBy.kind === "rule"
          ? "it is made anew if the service has changed."
          : "ask anew if the service has changed."}
      </>
    );
  switch (hindrance.reason) {
    case "frozen":
      return <>Lift the freeze first, if its reason is over; or take it.</>;
    case "budget-used-up":
      return <>Mend the cause: look at {host}. Or wait: what is longer ago than that counts no more.</>;
    case "host-gone":
      return <>There is nothing to wait for.</>;
    case "finding-unreadable":
    case "host-down":
    case "host-not-up":
    case "host-unheard":
    case "shard-silent":
      return <>See {host}.</>;
  }
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
      return `runs once, within ${within} of your yes`;
  }
}
