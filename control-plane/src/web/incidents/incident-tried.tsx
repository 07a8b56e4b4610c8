// What was asked in an incident and what was done about the same service before, newest first: a restart that failed
// yesterday is the first thing to know before one is approved today. Pure.
import type { ApprovalEnd } from "../../core/desk/records/approval-end.ts";
import type { Approval, ApprovalState } from "../../core/desk/records/approval.ts";
import { statusOf } from "../approvals/approval-words.ts";
import { AskCard } from "../asks/ask-view.tsx";
import { Exact } from "../look/parts.tsx";
import { State, type StateKind } from "../look/state.tsx";
import { Age } from "../look/time.tsx";
import { Card } from "./card.tsx";
import { questionsIn } from "./incident-words.ts";
import { type People, whoOf } from "./people-words.ts";
import type { ShownIncident } from "./shown-incident.ts";

const UNFOLDED_MAX = 5;

/** Nothing where nothing was ever asked. */
export function IncidentTried({ shown }: { readonly shown: ShownIncident }) {
  const { found, frame, people } = shown;
  const { approvals, asks, earlier } = found;
  const questions = questionsIn(approvals);
  const waiting = asks.filter(({ answer }) => answer?.kind !== "proposed");
  const renewed = approvals.length - questions.length;
  return (
    <>
      {questions.length + waiting.length > 0 && (
        <Card id="asked" heading="What was asked">
          <Tries approvals={questions} now={frame.now} people={people} />
          {waiting.map((ask) => (
            <AskCard ask={ask} now={frame.now} />
          ))}
          {renewed > 0 && (
            <p class="soft small">
              {renewed} older {renewed === 1 ? "proposal" : "proposals"} of the same question were renewed
              without a word.
            </p>
          )}
        </Card>
      )}
      {earlier.length > 0 && (
        <Card id="tried" heading="Tried on the same service before">
          <Tries approvals={earlier} now={frame.now} people={people} />
        </Card>
      )}
    </>
  );
}

interface TriesProps {
  readonly approvals: readonly Approval[];
  readonly now: number;
  readonly people: People;
}

function Tries({ approvals, now, people }: TriesProps) {
  const lines = approvals.map((approval) => <Try approval={approval} now={now} people={people} />);
  return (
    <>
      <ul class="list">{lines.slice(0, UNFOLDED_MAX)}</ul>
      {lines.length > UNFOLDED_MAX && (
        <details>
          <summary>{lines.length - UNFOLDED_MAX} older</summary>
          <ul class="list">{lines.slice(UNFOLDED_MAX)}</ul>
        </details>
      )}
    </>
  );
}

function Try({ approval, now, people }: Omit<TriesProps, "approvals"> & { readonly approval: Approval }) {
  const { approvalId, decidedAt, decidedBy, proposal, ranAt, requestedAt } = approval;
  const { kind, words } = becameOf(approval, now);
  return (
    <li data-approval={approval.state}>
      <p class="row">
        <a class="tap" href={`/approvals/${encodeURIComponent(approvalId)}`}>
          <Exact text={`${proposal.action} ${proposal.service}`} />
        </a>
        <Age at={ranAt ?? decidedAt ?? requestedAt} now={now} />
      </p>
      <p class="small">
        <State kind={kind}>{words}</State>
        {decidedBy !== null && (
          <span class="soft">
            {" "}
            {approval.state === "denied" ? "no" : "yes"} by <Exact text={whoOf(decidedBy, people)} />
          </span>
        )}
      </p>
    </li>
  );
}

/** What became of what was asked, in a word or two. */
export function becameOf(
  approval: Approval,
  now: number,
): { readonly kind: StateKind; readonly words: string } {
  switch (approval.state) {
    case "requested":
    case "delivered":
    case "seen":
      return statusOf(approval, now).isOpen
        ? { kind: "asks", words: "Waits for an answer" }
        : { kind: "todo", words: "Nobody answered" };
    case "approved":
    case "executing":
    case "verified":
    case "failed":
    case "denied":
    case "expired":
    case "superseded":
      return answeredOf({ state: approval.state, end: approval.end });
  }
}

/** The same of what was answered, in advance or now. */
export function answeredOf({
  end,
  state,
}: {
  readonly state: ApprovalState;
  readonly end: ApprovalEnd | null;
}): { readonly kind: StateKind; readonly words: string } {
  switch (state) {
    case "requested":
    case "delivered":
    case "seen":
      return { kind: "asks", words: "Waits for an answer" };
    case "approved":
      return { kind: "running", words: "Approved, runs" };
    case "executing":
      return { kind: "running", words: "Ran, must stay well" };
    case "verified":
      return { kind: "done", words: "Helped" };
    case "failed":
      return { kind: "failed", words: failureWords(end) };
    case "denied":
      return { kind: "todo", words: "Denied, nothing ran" };
    case "expired":
      return { kind: "todo", words: "Nobody answered, nothing ran" };
    case "superseded":
      return { kind: "todo", words: "No longer asked, nothing ran" };
  }
}

function failureWords(end: ApprovalEnd | null): string {
  if (end === null) return "Failed";
  return end.reason === "outcome" ? OUTCOMES[end.status] : (FAILURES.get(end.reason) ?? "Failed");
}

const FAILURES: ReadonlyMap<ApprovalEnd["reason"], string> = new Map([
  ["ineffective", "Ran and did not help"],
  ["recalled", "Frozen before it ran"],
  ["grant-undelivered", "The yes never reached the host"],
  ["no-outcome", "No word came of it"],
  ["verification-missing", "Ran, and nobody knows whether it helped"],
  ["host-retired", "The host was retired"],
]);

const OUTCOMES: Readonly<Record<Extract<ApprovalEnd, { readonly reason: "outcome" }>["status"], string>> = {
  succeeded: "Ran",
  failed: "Ran and failed",
  refused: "The host refused it, nothing ran",
  "timed-out": "Did not finish in time",
  lost: "Nobody knows whether it ran",
};
