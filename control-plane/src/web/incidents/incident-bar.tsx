// What a person can do about an incident, in reach of the thumb: answer its question, take it, silence it; each says what
// comes of it. Pure. One of them is filled: the answer where something is asked that may help, else taking it.
import type { Approval } from "../../core/desk/records/approval.ts";
import { isOfferedFirst } from "../../core/desk/records/incident.ts";
import { statusOf } from "../approvals/approval-words.ts";
import { liftPathOf } from "../brakes/brake-paths.ts";
import { OnlyWho } from "../look/may.tsx";
import { Exact } from "../look/parts.tsx";
import { relativeOf, spanOf } from "../look/place-time.ts";
import { silencePathOf } from "./incident-words.ts";
import type { ShownIncident } from "./shown-incident.ts";

/** Nothing for what is over or well again, or taken and asks nothing. */
export function IncidentBar({ shown }: { readonly shown: ShownIncident }) {
  const { found, frame } = shown;
  const { findings, incident } = found;
  const question = questionOf(found.approvals, frame.now);
  const isAsked = question !== null && isOfferedFirst(incident);
  // Of a freeze the way out is to lift it: it was somebody's own act, or a rule's.
  const frozen = incident.reason === "automation-frozen" ? (found.holds.freeze?.scope ?? null) : null;
  const isTakeable = incident.state === "open" && incident.clearedAt === null;
  const mayAnswer = frame.roles.includes("answer");
  const canTake = isTakeable && mayAnswer;
  const canLift = frozen !== null && frame.roles.includes("approve");
  if (question === null && !isTakeable) return null;
  const { incidentId } = incident;
  return (
    <section class="bar" aria-label="What you can do">
      <div class="wrap">
        <div class="two">
          {isTakeable && <OnlyWho whoMay={shown.whoMayAnswer ?? null} to="take it or answer" />}
          {canTake && (
            <form method="post" action={`/incidents/${incidentId}/acknowledge`}>
              <input type="hidden" name="csrf" value={shown.acknowledgeToken} />
              <button class={isAsked || canLift ? "btn plain" : "btn"}>
                <span>I take it</span>
                <small>
                  pages stop for {spanOf(shown.takenForMs)}; nothing runs by it
                  {question !== null && "; the question stays open"}
                </small>
              </button>
            </form>
          )}
          {canTake && (
            <a class="btn plain" href={silencePathOf(incident, findings)}>
              <span>Silence</span>
              <small>I know about it</small>
            </a>
          )}
          {frozen !== null && canLift && (
            <a class="btn yes" href={liftPathOf(frozen)}>
              <span>Lift the freeze …</span>
              <small>says why; then it may be asked again</small>
            </a>
          )}
          {question !== null && frozen === null && (
            <a
              class={isAsked && mayAnswer ? "btn yes" : "btn plain yes"}
              href={`/approvals/${encodeURIComponent(question.approvalId)}`}
            >
              <span>
                {mayAnswer ? "Answer" : "Read the question"}:{" "}
                <Exact text={`${question.proposal.action} ${question.proposal.service}`} />
                {!isAsked && (
                  <>
                    {" "}
                    on <Exact text={question.subject.hostName} />
                  </>
                )}
                ?
              </span>
              <small>
                opens the question, nothing runs yet; ends {relativeOf(question.expiresAt, frame.now)}
              </small>
            </a>
          )}
        </div>
      </div>
    </section>
  );
}

/** The question that waits for an answer, the newest of several; null: none does. */
export function questionOf(approvals: readonly Approval[], now: number): Approval | null {
  return approvals.findLast((approval) => statusOf(approval, now).isOpen) ?? null;
}
