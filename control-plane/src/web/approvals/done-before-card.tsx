// What was done to the service so far, by anyone, and how much of what is allowed is used. Pure.
import type { Approval } from "../../core/desk/records/approval.ts";
import type { Finding } from "../../core/desk/records/finding.ts";
import { Exact } from "../look/parts.tsx";
import { spanOf } from "../look/place-time.ts";
import { wholeSpanOf } from "../look/place-time.ts";
import { Age } from "../look/time.tsx";
import { nounOf } from "./act-words.ts";
import { Card } from "./approval-parts.tsx";
import { FAILURES, failureKindOf } from "./failure-kind.ts";
import { doneBefore, type DoneBefore, isRun } from "./restart-history.ts";
import type { HealthNow, ShownApproval } from "./shown-approval.ts";
import { type Readers, whoOf } from "./who.ts";

const SHOWN_MAX = 5;

/** Newest first; more of them stand with the incident. */
export function DoneBeforeCard({ shown }: { readonly shown: ShownApproval }) {
  const { approval, earlier, finding, frame, health, readers } = shown;
  // That it was denied says the title.
  const isTried = approval.decidedAt !== null && approval.state !== "denied";
  const approvals = isTried ? [approval, ...earlier] : earlier;
  const failedAt = finding?.happenedAt ?? null;
  const done = doneBefore({ service: health.service, approvals, failedAt });
  const restarts = finding?.restarts ?? null;
  return (
    <Card id="tried" heading={done.every(isRestart) ? "Restarts so far" : "Tried so far"}>
      {done.length === 0 && <p>{nothingWords(shown)}</p>}
      <dl class="when">
        {done.slice(0, SHOWN_MAX).map((one) => (
          <>
            <dt>
              <Age at={one.at} now={frame.now} />
            </dt>
            <dd>
              <Line done={one} shown={shown} readers={readers} />
            </dd>
          </>
        ))}
      </dl>
      {done.length > SHOWN_MAX && <p class="small soft">{done.length - SHOWN_MAX} more, older.</p>}
      {restarts !== null && (
        <p class="small soft">
          {usedCount(done, { restarts, shown })} of {restarts.max} restarts allowed within{" "}
          {wholeSpanOf(restarts.windowMs)} are used, whoever did them{ownWords(approval)}.
        </p>
      )}
    </Card>
  );
}

/**
 * What is listed counts, of the time that the budget looks at; where its shard says nothing, as many as when it was asked.
 */
function usedCount(
  done: readonly DoneBefore[],
  known: { readonly restarts: NonNullable<Finding["restarts"]>; readonly shown: ShownApproval },
): number {
  const { restarts, shown } = known;
  const sinceAt = shown.frame.now - restarts.windowMs;
  const listed = done.filter(
    ({ at, what }) => at > sinceAt && (what.kind === "restart" || isRun(what.approval)),
  );
  return shown.health.service === null ? Math.max(restarts.count, listed.length) : listed.length;
}

/** Whether the one that the view is about is among them. */
function ownWords(approval: Approval): string {
  if (isRun(approval)) return ", this one too";
  return approval.state === "approved" ? "; this one counts once it has run" : "";
}

function isRestart({ what }: DoneBefore): boolean {
  return what.kind === "restart" || what.approval.proposal.action === "restart";
}

function nothingWords({ health }: ShownApproval): string {
  return health.service === null
    ? "None that anybody was asked about. What others did is not known just now."
    : "None that is known.";
}

function Line(props: {
  readonly done: DoneBefore;
  readonly shown: ShownApproval;
  readonly readers: Readers;
}) {
  const { done, readers, shown } = props;
  const held = done.heldMs === null ? "" : `, held ${spanOf(done.heldMs)}`;
  if (done.what.kind === "restart") {
    const { by, supervisor } = done.what;
    return (
      <>
        {DOERS[by]}
        {supervisor !== null && (
          <>
            {" ("}
            <Exact text={supervisor} />)
          </>
        )}
        {held}
      </>
    );
  }
  const { approval } = done.what;
  const isOther = approval.proposal.action !== shown.approval.proposal.action;
  const words = `${isOther ? `${nounOf(approval.proposal)}, ` : ""}${decidedWords(approval, readers)}, ${becameWords(approval, shown.health)}`;
  const isBad = approval.state === "failed";
  const text = <span class={isBad ? "bad" : undefined}>{words}</span>;
  if (approval.approvalId === shown.approval.approvalId) return <b>{text}</b>;
  return <a href={`/approvals/${encodeURIComponent(approval.approvalId)}`}>{text}</a>;
}

const DOERS: Readonly<Record<Extract<DoneBefore["what"], { kind: "restart" }>["by"], string>> = {
  countersign: "by Countersign",
  systemd: "by systemd",
  watchdog: "by a watchdog",
  person: "by somebody on the host",
  self: "by itself",
  unknown: "by somebody",
};

function decidedWords({ decidedBy, standingId, state }: Approval, readers: Readers): string {
  const who = whoOf(decidedBy, readers);
  if (state === "denied") return `denied by ${who}`;
  if (standingId !== undefined) return `by the yes in advance of ${who}`;
  return decidedBy?.kind === "rule" ? "by itself, as the rules allow" : `approved by ${who}`;
}

function becameWords(approval: Approval, { isWell }: HealthNow): string {
  switch (approval.state) {
    case "verified":
      return "helped";
    case "failed":
      return FAILURES[failureKindOf(approval)].became;
    case "executing":
      return isWell === true ? "holds so far" : "ran";
    case "approved":
      return approval.recalledBy === undefined ? "under way" : "called back";
    case "denied":
    case "requested":
    case "delivered":
    case "seen":
    case "expired":
    case "superseded":
      return "nothing ran";
  }
}
