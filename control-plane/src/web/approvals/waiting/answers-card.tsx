// What comes of each answer, below the command: the buttons say the shortest of it. Pure. What a reader would get wrong: a
// no holds the pages back for as long as taking does (core/desk/paging/answered.ts); what differs is the question, which a
// no ends and taking leaves open.
import { Exact } from "../../look/parts.tsx";
import { wholeSpanOf } from "../../look/place-time.ts";
import { Card, HostName } from "../approval-parts.tsx";
import type { ShownApproval } from "../shown-approval.ts";

/** The ids by which the buttons are described. */
export const ANSWER_IDS = { no: "no", mine: "mine", yes: "yes" } as const;

/** In the order of the buttons. */
export function AnswersCard({
  canTake,
  shown,
}: {
  readonly shown: ShownApproval;
  readonly canTake: boolean;
}) {
  const { approval, frame, grantValidMs, incident, signing, takenForMs } = shown;
  const canAnswer = frame.roles.includes("answer");
  const held = wholeSpanOf(takenForMs);
  const pages = incident.state === "open" ? ` Pages wait for ${held}, then they go on.` : "";
  return (
    <Card id="answers" heading="What each answer does">
      {canAnswer && (
        <>
          <p id={ANSWER_IDS.no}>
            <b>Deny</b>: nothing runs, and it is not asked again by itself while this trouble goes on.{pages}
          </p>
          <p class="small">
            A plain Deny needs no reason.{" "}
            <a href={`/approvals/${encodeURIComponent(approval.approvalId)}/deny`}>Deny with a reason</a>
          </p>
        </>
      )}
      {canAnswer && canTake && (
        <p id={ANSWER_IDS.mine}>
          <b>I take it</b>: nothing runs, and this question stays open. Nobody is paged for {held}, unless it
          grows worse.
        </p>
      )}
      <p id={ANSWER_IDS.yes}>
        <b>Approve</b>:{" "}
        {approval.proposal.isProtected === true && (
          <>
            you type “<Exact text={approval.proposal.service} />
            ”, for it is protected;{" "}
          </>
        )}
        {signing !== null && "you sign it with your passkey, and "}
        <HostName name={approval.subject.hostName} /> {signing !== null && "checks that itself, then "}runs
        exactly this command, once, within {wholeSpanOf(grantValidMs)} of{" "}
        {(signing?.missingCount ?? 1) > 1 ? "the last signature" : "your yes"}.
      </p>
    </Card>
  );
}
