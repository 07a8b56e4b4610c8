// One incident: how it stands, its evidence, what was proposed, who was paged, and its timeline. Pure.
import type { HostCounts } from "../../core/desk/incidents/held-findings.ts";
import type { Holds } from "../../core/desk/paging/holds.ts";
import type { NextSending } from "../../core/desk/paging/next-sending.ts";
import type { Approval } from "../../core/desk/records/approval.ts";
import type { Ask } from "../../core/desk/records/ask.ts";
import type { Finding } from "../../core/desk/records/finding.ts";
import type { Incident } from "../../core/desk/records/incident.ts";
import type { Page } from "../../core/desk/records/page.ts";
import type { SilentFleet } from "../../core/desk/state/silent-fleet.ts";
import { actorNameOf } from "../../core/words/actor.ts";
import { nameOf } from "../../core/words/subject.ts";
import { ApprovalBadge } from "../approvals/approval-badge.tsx";
import { statusOf } from "../approvals/approval-words.ts";
import { askPathOf, chooseHostPathOf } from "../asks/ask-path.ts";
import { AskCard } from "../asks/ask-view.tsx";
import { Layout, type Frame } from "../frame/layout.tsx";
import { Exact } from "../frame/parts.tsx";
import { Age } from "../frame/time.tsx";
import { Spans } from "../runbooks/runbook-view.tsx";
import { FleetHosts } from "./fleet-hosts.tsx";
import { IncidentBadge, SeverityWord } from "./incident-badge.tsx";
import { IncidentFacts } from "./incident-facts.tsx";
import { IncidentFindings } from "./incident-findings.tsx";
import { IncidentHosts, NothingOffered } from "./incident-hosts.tsx";
import { deliveryOf, PAGE_WORDS, questionsIn, silencePathOf } from "./incident-words.ts";
import { WhoIsNext } from "./who-is-next.tsx";

/** Of more the older ones are folded. */
const PAGES_SHOWN_MAX = 10;

export interface IncidentViewProps {
  readonly frame: Frame;
  readonly incident: Incident;
  /** a part of them; what goes on first */
  readonly findings: readonly Finding[];
  /** the one that a person wants to read; null: whichever is first */
  readonly chosenId: string | null;
  /** of all that it holds */
  readonly hosts: HostCounts;
  /** what goes out about it next */
  readonly next: readonly NextSending[];
  /** when it resolves if it stays well; null: not by time alone */
  readonly resolvesAt: number | null;
  readonly approvals: readonly Approval[];
  readonly pages: readonly Page[];
  /** what people asked hosts for in it, within the hour */
  readonly asks: readonly Ask[];
  /** what was tried on the same service for other incidents */
  readonly earlier: readonly Approval[];
  readonly acknowledgeToken: string;
  readonly holds: Holds;
  readonly fleet: SilentFleet;
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
      <IncidentFacts incident={incident} lead={leadOf(props)} resolvesAt={props.resolvesAt} now={frame.now} />
      <Merged incident={incident} />
      <Held {...props} />
      <FleetHosts fleet={props.fleet} now={frame.now} />
      <Approvals {...props} />
      <NothingOffered {...incident} />
      <IncidentFindings
        now={frame.now}
        incident={incident}
        findings={props.findings}
        chosenId={props.chosenId}
      />
      <IncidentHosts incident={incident} findings={props.findings} hosts={props.hosts} />
      <WhoIsNext now={frame.now} incident={incident} next={props.next} />
      <Meaning {...props} />
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
            <Age at={at} now={frame.now} />
          </li>
        ))}
      </ol>
    </Layout>
  );
}

/** What its facts say of a finding: the gravest that is not over, else the first. */
function leadOf({ findings, incident }: IncidentViewProps): Finding | undefined {
  const open = findings.filter(({ endedAt }) => endedAt === null);
  return (
    (open.length > 0 ? open : findings).find(({ title }) => title === incident.title) ??
    open[0] ??
    findings[0]
  );
}

/** All of it went into another incident: that one is followed. */
function Merged({ incident: { mergedInto } }: { readonly incident: Incident }) {
  if (mergedInto === null) return null;
  return (
    <p class="say">
      It was taken into <a href={`/incidents/${mergedInto}`}>another incident</a>, which goes on.
    </p>
  );
}

/** Why nobody is paged, or nothing is proposed, just now. */
function Held({ frame, holds }: IncidentViewProps) {
  const { freeze, silences } = holds;
  return (
    <>
      {silences.map(({ by, endsAt, why }) => (
        <p class="say">
          Pages are <a href="/silences">silenced</a> by {actorNameOf(by)} until{" "}
          <Age at={endsAt} now={frame.now} />: <Exact text={why} />
        </p>
      ))}
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
function Meaning({ findings, incident, meaning }: IncidentViewProps) {
  if (incident.state === "resolved" || incident.state === "merged" || meaning === "") return null;
  return (
    <>
      <h2>What it means, and what to do next</h2>
      <p>
        <Spans text={meaning} />
      </p>
      <p>
        <a href={`/runbooks/${incident.reason}`}>What to look at, and how to tell a false alarm</a>
      </p>
      <p>
        <a href={silencePathOf(incident, findings)}>Silence it</a> while you know about it
      </p>
    </>
  );
}

function Approvals({ frame, approvals, asks, earlier, incident }: IncidentViewProps) {
  const path = askPath(incident);
  if (approvals.length + asks.length + earlier.length === 0 && path === null) return null;
  const shown = questionsIn(approvals);
  const waiting = asks.filter(({ answer }) => answer?.kind !== "proposed");
  return (
    <>
      <h2>{shown.length > 1 ? "Asked, the newest first" : "Asked"}</h2>
      {shown.map((approval) => (
        <ApprovalCard approval={approval} now={frame.now} />
      ))}
      {waiting.map((ask) => (
        <AskCard ask={ask} now={frame.now} />
      ))}
      <RenewedCount count={approvals.length - shown.length} />
      {earlier.length > 0 && <h2>Tried on the same service before</h2>}
      {earlier.map((approval) => (
        <ApprovalCard approval={approval} now={frame.now} />
      ))}
      {path !== null && (
        <p>
          <a class="btn plain" href={path}>
            Ask for …
          </a>
        </p>
      )}
    </>
  );
}

function RenewedCount({ count }: { readonly count: number }) {
  if (count === 0) return null;
  return (
    <p class="soft small">
      {count} older {count === 1 ? "proposal" : "proposals"} of the same question were renewed without a word.
    </p>
  );
}

function ApprovalCard({ approval, now }: { readonly approval: Approval; readonly now: number }) {
  const status = statusOf(approval, now);
  return (
    <div class="card">
      <div class="row">
        <a href={`/approvals/${approval.approvalId}`}>
          {approval.proposal.action} {approval.proposal.service}
        </a>
        <ApprovalBadge status={status} state={approval.state} />
      </div>
      <p class="soft small">
        {status.isOpen ? "Expires " : "Asked "}
        <Age at={status.isOpen ? approval.expiresAt : approval.requestedAt} now={now} />
      </p>
    </div>
  );
}

/** Where a person asks for an act; null: it is about no host, or over. */
function askPath({ incidentId, place, state, subject }: Incident): string | null {
  if (state === "resolved" || state === "merged") return null;
  if (place.kind === "wide" || place.kind === "many") return chooseHostPathOf(incidentId);
  switch (subject.kind) {
    case "host":
      return askPathOf(subject.hostId, { incidentId });
    case "service":
      return askPathOf(subject.hostId, { incidentId, service: subject.service });
    case "fleet":
    case "provider":
    case "identity":
      return chooseHostPathOf(incidentId);
    case "person":
    case "channel":
    case "part":
    case "external":
      return null;
  }
}

function Pages({ frame, pages }: IncidentViewProps) {
  const newestFirst = pages.toReversed();
  return (
    <>
      <h2>Pages sent</h2>
      {pages.length === 0 && <p class="soft">Nobody was paged yet.</p>}
      <ul class="list">
        {newestFirst.slice(0, PAGES_SHOWN_MAX).map((page) => (
          <PageLine page={page} now={frame.now} />
        ))}
      </ul>
      {newestFirst.length > PAGES_SHOWN_MAX && (
        <details>
          <summary>{newestFirst.length - PAGES_SHOWN_MAX} before</summary>
          <ul class="list">
            {newestFirst.slice(PAGES_SHOWN_MAX).map((page) => (
              <PageLine page={page} now={frame.now} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function PageLine({ now, page }: { readonly now: number; readonly page: Page }) {
  return (
    <li>
      {PAGE_WORDS[page.kind]} to {page.responder}: {deliveryOf(page)}
      {page.state !== "delivered" && page.lastError !== null && (
        <span class="soft small">
          {" "}
          (<Exact text={page.lastError} />)
        </span>
      )}
      <br />
      <Exact text={page.title} />
      <br />
      <Age at={page.deliveredAt ?? page.createdAt} now={now} />
    </li>
  );
}

function AcknowledgeBar({ incident, acknowledgeToken }: IncidentViewProps) {
  return (
    <div class="bar" role="region" aria-label="Your answer">
      <div class="wrap">
        <p class="small soft" id="meaning">
          Acknowledging stops the pages for now. It runs nothing and resolves nothing.
        </p>
        <form method="post" action={`/incidents/${incident.incidentId}/acknowledge`}>
          <input type="hidden" name="csrf" value={acknowledgeToken} />
          <button class="btn plain" aria-describedby="meaning">
            Acknowledge
          </button>
        </form>
      </div>
    </div>
  );
}
