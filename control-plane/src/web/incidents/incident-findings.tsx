// What an incident holds: each finding with how it stands, its evidence and what it means, the worst first, folded after
// three; then what lies beneath, and what is over. Of what many hosts share one is explained, for the others say the same.
// Pure.
import { isFlapping } from "../../core/desk/incidents/flapping.ts";
import type { Approval } from "../../core/desk/records/approval.ts";
import type { Finding } from "../../core/desk/records/finding.ts";
import { evidenceWith } from "../../core/words/proposal-refusal.ts";
import { isSameSubject, nameOf } from "../../core/words/subject.ts";
import { Exact } from "../look/parts.tsx";
import { spanOf } from "../look/place-time.ts";
import { repeatsOf, type RepeatedEvidence } from "../look/repeats.ts";
import { State, type StateKind } from "../look/state.tsx";
import { Age, Clock } from "../look/time.tsx";
import { Card } from "./card.tsx";
import { questionOf } from "./incident-bar.tsx";
import { reasonWords } from "./reason-words.ts";
import type { ShownIncident } from "./shown-incident.ts";

/** More are folded. */
const UNFOLDED_MAX = 3;
/** Findings shown with their evidence; of more only their titles. */
const EXPLAINED_MAX = 8;
const SHOWN_MAX = 100;
/** Lines of evidence of one finding, the newest; of more the rest is folded. */
const LINES_MAX = 3;
const FOLDED_LINES_MAX = 20;

/** The findings of one incident. */
export function IncidentFindings({ shown }: { readonly shown: ShownIncident }) {
  const { chosenId, found, frame } = shown;
  const { approvals, findings, incident } = found;
  const chosen = findings.filter(({ findingId }) => findingId === chosenId);
  const rest = findings.filter((finding) => !chosen.includes(finding));
  const over = rest.filter(({ endedAt }) => endedAt !== null);
  const beneath = rest.filter(({ endedAt, standing }) => endedAt === null && standing === "beneath");
  const own = rest.filter((finding) => !over.includes(finding) && !beneath.includes(finding));
  const isOfMany = incident.place.kind === "wide" || incident.place.kind === "fleet";
  const explained = isOfMany ? own.slice(0, 1) : own;
  const { now } = frame;
  return (
    <>
      {chosen.length > 0 && (
        <Card id="chosen" heading="What you chose">
          <Findings findings={chosen} now={now} approvals={approvals} />
        </Card>
      )}
      {explained.length > 0 && (
        <Card
          id="wrong"
          heading={isOfMany && own.length > 1 ? "What is wrong, on one of them" : "What is wrong"}
        >
          <Findings findings={explained} now={now} approvals={approvals} />
        </Card>
      )}
      {beneath.length > 0 && incident.place.kind !== "fleet" && (
        <Card id="beneath" heading="Beneath it">
          <p class="soft small">
            It shares a host that is down: it is listed, and nobody is paged for it. What still fails when the
            host is back rings then.
          </p>
          <Findings findings={beneath} now={now} approvals={approvals} isBrief />
        </Card>
      )}
      {over.length > 0 && !isOfMany && (
        <Card id="was" heading={own.length === 0 ? "What was wrong" : "What is over"}>
          <Findings findings={over} now={now} approvals={approvals} isBrief={own.length > 0} />
        </Card>
      )}
      {found.findingCount === 0 && (
        <Card id="wrong" heading="What is wrong">
          <p class="soft">What it holds cannot be read any more.</p>
        </Card>
      )}
    </>
  );
}

interface FindingsProps {
  readonly findings: readonly Finding[];
  readonly now: number;
  /** what was asked in the incident */
  readonly approvals: readonly Approval[];
  /** titles alone */
  readonly isBrief?: boolean;
}

function Findings({ approvals, findings, isBrief = false, now }: FindingsProps) {
  const isSaidWhere = new Set(findings.map(({ subject }) => nameOf(subject))).size > 1;
  const lines = findings
    .slice(0, SHOWN_MAX)
    .map((finding, index) => (
      <FindingLine
        finding={finding}
        question={waitingFor(finding, approvals, now)}
        now={now}
        isBrief={isBrief || index >= EXPLAINED_MAX}
        isSaidWhere={isSaidWhere}
      />
    ));
  const folded = lines.slice(UNFOLDED_MAX);
  return (
    <>
      <ul class="list">{lines.slice(0, UNFOLDED_MAX)}</ul>
      {folded.length > 0 && (
        <details>
          <summary>{findings.length - UNFOLDED_MAX} more</summary>
          <ul class="list">{folded}</ul>
          {findings.length > SHOWN_MAX && <p class="soft">And {findings.length - SHOWN_MAX} more.</p>}
        </details>
      )}
    </>
  );
}

function FindingLine(props: {
  readonly finding: Finding;
  /** that nobody has answered, and that waits on */
  readonly question: Approval | null;
  readonly now: number;
  readonly isBrief: boolean;
  readonly isSaidWhere: boolean;
}) {
  const { finding, isBrief, isSaidWhere, now, question } = props;
  return (
    <li data-finding={finding.reason}>
      <p class="row">
        <Title finding={finding} text={titleOf(finding, question, now)} isBrief={isBrief} />
        <Age at={finding.happenedAt} now={now} />
      </p>
      <p class="small soft">
        {isSaidWhere && (
          <>
            <Exact text={nameOf(finding.subject)} />
            {" · "}
          </>
        )}
        {finding.severity} · <a href={`/runbooks/${finding.reason}`}>{reasonWords(finding)}</a>
        {isFlapping(finding) && ` · began ${finding.beginningsAt.length} times within a day`}
      </p>
      <Since finding={finding} now={now} />
      {!isBrief && <Evidence finding={finding} now={now} />}
    </li>
  );
}

/**
 * The question that a finding says nobody answered, while it can still be answered; null: it says no such thing, or it is
 * too late.
 */
function waitingFor(
  { endedAt, reason, subject }: Finding,
  approvals: readonly Approval[],
  now: number,
): Approval | null {
  if (reason !== "approval-unanswered" || endedAt !== null) return null;
  return questionOf(
    approvals.filter((approval) => isSameSubject(approval.subject, subject)),
    now,
  );
}

/** Of a question that waits on nobody says that it went unanswered: it says for how long, and until when it can be. */
function titleOf({ happenedAt, title }: Finding, question: Approval | null, now: number): string {
  if (question === null) return title;
  const { action, service } = question.proposal;
  return `Nobody has answered for ${spanOf(now - happenedAt)}: ${action} ${service}? It can still be answered for ${spanOf(question.expiresAt - now)}.`;
}

/** What is wrong is said by its state; of what is well again or over, only its title is left. */
function Title(props: { readonly finding: Finding; readonly text: string; readonly isBrief: boolean }) {
  const { finding, isBrief, text } = props;
  const path = `/incidents/${finding.incidentId}?finding=${encodeURIComponent(finding.findingId)}`;
  const title = isBrief ? (
    <a href={path}>
      <Exact text={text} />
    </a>
  ) : (
    <Exact text={text} />
  );
  if (finding.clearedAt !== null || finding.endedAt !== null) return <span>{title}</span>;
  return <State kind={kindOf(finding)}>{title}</State>;
}

function Since({ finding, now }: { readonly finding: Finding; readonly now: number }) {
  const { clearedAt, endedAt } = finding;
  if (clearedAt === null && endedAt === null) return null;
  return (
    <p class="small">
      <State kind={endedAt === null ? "well" : "done"}>
        {endedAt === null ? "Well again" : "Over"} <Age at={endedAt ?? clearedAt ?? now} now={now} />
      </State>
    </p>
  );
}

function kindOf({ severity, standing }: Finding): StateKind {
  if (standing === "beneath") return "unknown";
  return severity === "critical" || severity === "error" ? "failing" : "warning";
}

function Evidence({ finding, now }: { readonly finding: Finding; readonly now: number }) {
  const lines = repeatsOf(evidenceWith(finding.evidence, finding.refused));
  if (lines.length === 0) return null;
  const folded = lines.slice(LINES_MAX, LINES_MAX + FOLDED_LINES_MAX);
  return (
    <>
      <Log lines={lines.slice(0, LINES_MAX)} now={now} label="What was seen last" />
      {folded.length > 0 && (
        <details>
          <summary>{folded.length} earlier lines</summary>
          <Log lines={folded} now={now} label="What was seen before" />
        </details>
      )}
    </>
  );
}

function Log(props: {
  readonly lines: readonly RepeatedEvidence[];
  readonly now: number;
  readonly label: string;
}) {
  return (
    <ol class="log" aria-label={props.label}>
      {props.lines.map(({ count, lastAt, text }) => (
        <li>
          <Clock at={lastAt} now={props.now} /> <Exact text={text} />
          {count > 1 && ` (${count} times)`}
        </li>
      ))}
    </ol>
  );
}
