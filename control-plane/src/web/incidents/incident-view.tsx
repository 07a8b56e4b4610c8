// One incident: how it stands, its evidence, what was proposed, who was paged, and its timeline. Pure.
import type { Holds } from "../../core/desk/incidents/holds.ts";
import type { Approval } from "../../core/desk/records/approval.ts";
import type { Incident } from "../../core/desk/records/incident.ts";
import type { Page } from "../../core/desk/records/page.ts";
import { actorNameOf } from "../../core/words/actor.ts";
import { evidenceWith } from "../../core/words/proposal-refusal.ts";
import { isHosted, nameOf, subjectKeyOf } from "../../core/words/subject.ts";
import { ApprovalBadge } from "../approvals/approval-badge.tsx";
import { statusOf } from "../approvals/approval-words.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { EvidenceList, Exact, When } from "../frame/parts.tsx";
import { Spans } from "../runbooks/runbook-view.tsx";
import { IncidentBadge, SeverityWord } from "./incident-badge.tsx";
import { IncidentFacts } from "./incident-facts.tsx";
import { deliveryOf, PAGE_WORDS } from "./incident-words.ts";

const EVIDENCE_SHOWN_MAX = 100;

export interface IncidentViewProps {
  readonly frame: Frame;
  readonly incident: Incident;
  /** when it resolves if it stays well; null: not by time alone */
  readonly resolvesAt: number | null;
  readonly approvals: readonly Approval[];
  readonly pages: readonly Page[];
  readonly acknowledgeToken: string;
  readonly holds: Holds;
  /** what the reason means, in a paragraph of its runbook; empty: it has none */
  readonly meaning: string;
}

/** One incident as it stands now. */
export function IncidentView(props: IncidentViewProps) {
  const { frame, incident } = props;
  return (
    <Layout
      title={incident.title}
      frame={frame}
      bar={incident.state === "open" && <AcknowledgeBar {...props} />}
    >
      <div class="row">
        <IncidentBadge incident={incident} />
        <SeverityWord incident={incident} />
      </div>
      <h1>
        <Exact text={incident.title} />
      </h1>
      <IncidentFacts incident={incident} resolvesAt={props.resolvesAt} now={frame.now} />
      <Held {...props} />
      <Approvals {...props} />
      <h2>Evidence</h2>
      <EvidenceList
        evidence={evidenceWith(incident.evidence, incident.refused)}
        now={frame.now}
        countMax={EVIDENCE_SHOWN_MAX}
      />
      <Next {...props} />
      <Pages {...props} />
      <h2>Timeline</h2>
      <ol class="list">
        {incident.timeline.toReversed().map(({ at, by, text }) => (
          <li>
            <Exact text={text} />{" "}
            <span class="soft small">
              (<Exact text={actorNameOf(by)} />)
            </span>
            <br />
            <When at={at} now={frame.now} />
          </li>
        ))}
      </ol>
    </Layout>
  );
}

function silencePathOf({ reason, subject }: Incident): string {
  return `/silences/new/${encodeURIComponent(subjectKeyOf(subject))}?reason=${reason}`;
}

/** Why nobody is paged, or nothing is proposed, just now. */
function Held({ frame, holds }: IncidentViewProps) {
  const { freeze, inhibitors, silences } = holds;
  return (
    <>
      {silences.map(({ by, endsAt, why }) => (
        <p class="say">
          Pages are <a href="/silences">silenced</a> by {actorNameOf(by)} until{" "}
          <When at={endsAt} now={frame.now} />: <Exact text={why} />
        </p>
      ))}
      {inhibitors.length > 0 && (
        <p class="say">
          It pages nobody, because another incident says it already:{" "}
          {inhibitors.map(({ incidentId, title }, index) => (
            <>
              {index > 0 && ", "}
              <a href={`/incidents/${incidentId}`}>
                <Exact text={title} />
              </a>
            </>
          ))}
        </p>
      )}
      {freeze !== null && (
        <p class="say">
          Automation on <Exact text={nameOf(freeze.scope)} /> is <a href="/brake">frozen</a> by{" "}
          <Exact text={actorNameOf(freeze.by)} />: nothing is proposed before a person lifts it.
        </p>
      )}
    </>
  );
}

/** What it means, and where it says what to do. */
function Next({ incident, meaning }: IncidentViewProps) {
  if (incident.state === "resolved" || meaning === "") return null;
  return (
    <>
      <h2>What it means, and what to do next</h2>
      <p>
        <Spans text={meaning} />
      </p>
      <p>
        <a href={`/runbooks/${incident.reason}`}>What to look at, and how to tell a false alarm</a>
      </p>
      {isHosted(incident.subject) && (
        <p>
          <a href={silencePathOf(incident)}>Silence it</a> while you know about it
        </p>
      )}
    </>
  );
}

function Approvals({ frame, approvals }: IncidentViewProps) {
  if (approvals.length === 0) return null;
  return (
    <>
      <h2>Approvals</h2>
      {approvals.map((approval) => {
        const status = statusOf(approval, frame.now);
        return (
          <div class="card">
            <div class="row">
              <a href={`/approvals/${approval.approvalId}`}>
                {approval.proposal.action} {approval.proposal.service}
              </a>
              <ApprovalBadge status={status} state={approval.state} />
            </div>
            {status.isOpen && (
              <p class="soft small">
                Expires <When at={approval.expiresAt} now={frame.now} />
              </p>
            )}
          </div>
        );
      })}
    </>
  );
}

function Pages({ frame, pages }: IncidentViewProps) {
  return (
    <>
      <h2>Pages sent</h2>
      {pages.length === 0 && <p class="soft">Nobody was paged yet.</p>}
      <ul class="list">
        {pages.map((page) => (
          <li>
            {PAGE_WORDS[page.kind]} to {page.responder}: {deliveryOf(page)}
            {page.state !== "delivered" && page.lastError !== null && (
              <span class="soft small">
                {" "}
                (<Exact text={page.lastError} />)
              </span>
            )}
            <br />
            <When at={page.deliveredAt ?? page.createdAt} now={frame.now} />
          </li>
        ))}
      </ul>
    </>
  );
}

function AcknowledgeBar({ incident, acknowledgeToken }: IncidentViewProps) {
  return (
    <div class="act" role="region" aria-label="Your answer">
      <div class="wrap">
        <p class="small soft" id="meaning">
          Acknowledging stops the pages for now. It runs nothing and resolves nothing.
        </p>
        <form method="post" action={`/incidents/${incident.incidentId}/acknowledge`}>
          <input type="hidden" name="csrf" value={acknowledgeToken} />
          <button class="plain" aria-describedby="meaning">
            Acknowledge
          </button>
        </form>
      </div>
    </div>
  );
}
