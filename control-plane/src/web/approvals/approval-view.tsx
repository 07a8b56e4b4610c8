// The approval view: exactly what will run, where, why, what was tried, how success is judged, until when. The buttons are there
// only while an answer is still taken; an old link shows how it ended instead. Pure.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Approval } from "../../core/desk/records/approval.ts";
import type { Finding } from "../../core/desk/records/finding.ts";
import type { Incident } from "../../core/desk/records/incident.ts";
import type { CannotRun } from "../../core/desk/state/cannot-run.ts";
import type { Liveness } from "../../core/shard/host/shard-state.ts";
import { evidenceWith } from "../../core/words/proposal-refusal.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { EvidenceList, Exact, ShortHash } from "../frame/parts.tsx";
import { Age } from "../frame/time.tsx";
import { ApprovalBadge } from "./approval-badge.tsx";
import { ActBar } from "./approval-bar.tsx";
import {
  askAgainPathOf,
  askedByWords,
  cannotRunWords,
  renewedWords,
  statusOf,
  type ApprovalStatus,
} from "./approval-words.ts";

/** More evidence than this stays on the incident's view: the view must load on a bad connection. */
const EVIDENCE_SHOWN_MAX = 8;
const EARLIER_SHOWN_MAX = 5;

export interface ApprovalViewProps {
  readonly frame: Frame;
  readonly approval: Approval;
  readonly incident: Incident;
  /** what it is for; null: that cannot be read */
  readonly finding: Finding | null;
  /** the proposal of the same question that the person came from; null: none */
  readonly older: Approval | null;
  /** what was decided about the same service, whichever incident it belonged to, newest first */
  readonly earlier: readonly Approval[];
  /** why it could not run now, as the desk knows it */
  readonly cannotRun: CannotRun | null;
  /** as its shard knows it now; null: it is not known */
  readonly liveness: Liveness | null;
  readonly stabilityMs: number;
  readonly grantValidMs: number;
  readonly tokens: { readonly approve: string; readonly deny: string };
}

/** One approval as it stands now. */
export function ApprovalView(props: ApprovalViewProps) {
  const { frame, approval, finding, incident } = props;
  const { proposal, subject } = approval;
  const status = statusOf(approval, frame.now);
  const title = `${verbOf(proposal.action)} ${proposal.service} on ${subject.hostName}`;
  return (
    <Layout title={title} frame={frame} bar={status.isOpen && <ActBar {...props} />}>
      <div class="row">
        <ApprovalBadge status={status} state={approval.state} />
        {status.isOpen && (
          <span class="soft small">
            expires <Age at={approval.expiresAt} now={frame.now} />
          </span>
        )}
      </div>
      <h1>{status.isOpen ? `${title}?` : title}</h1>
      {status.isOpen ? <Lead incident={incident} /> : <Ended {...props} status={status} />}
      {status.isOpen && props.older !== null && <Renewed older={props.older} approval={approval} />}
      {status.isOpen && <Cannot {...props} />}
      <h2>{status.isOpen ? "What will run" : "What was asked"}</h2>
      <Argv argv={proposal.argv} />
      <Facts {...props} />
      <h2>Why: evidence over time</h2>
      <EvidenceList
        evidence={finding === null ? [] : evidenceWith(finding.evidence, finding.refused)}
        now={frame.now}
        countMax={EVIDENCE_SHOWN_MAX}
      />
      <h2>What was tried</h2>
      <Tried {...props} />
      <h2>How success is judged</h2>
      <p>
        Health must hold for {formatDuration(props.stabilityMs)} after the action. If it does not, the action
        counts as ineffective and you are paged again; it is not repeated by itself.
      </p>
    </Layout>
  );
}

function Lead({ incident }: { readonly incident: Incident }) {
  return (
    <p>
      <Exact text={incident.title} />
    </p>
  );
}

/** What is asked now, beside what the person was asked before. */
function Renewed({ approval, older }: { readonly approval: Approval; readonly older: Approval }) {
  const words = renewedWords(older.proposal, approval.proposal);
  return (
    <p class="say" role="status" data-says="renewed">
      <Exact text={words} />
    </p>
  );
}

/** A yes would run nothing just now; it may in a minute, so that nothing is taken away. */
function Cannot({ approval, cannotRun, liveness }: ApprovalViewProps) {
  const why = cannotRunWords(approval, { cannotRun, liveness });
  if (why === null) return null;
  return (
    <p class="say no" role="alert" data-says="cannot-run">
      It cannot run now: <Exact text={why} />.
    </p>
  );
}

/** Each argument in its own box, so that a space inside one cannot pass for two. */
function Argv({ argv }: { readonly argv: readonly string[] }) {
  return (
    <ol class="argv mono" aria-label={`${argv.length} arguments, run exactly so, without a shell`}>
      {argv.map((argument) => (
        <li>
          <Exact text={argument} />
        </li>
      ))}
    </ol>
  );
}

function Facts({ frame, approval, incident }: ApprovalViewProps) {
  const { proposal, subject } = approval;
  const { unitState } = proposal;
  const { isOpen } = statusOf(approval, frame.now);
  const hasExpiry = isOpen || (approval.decidedAt === null && approval.state !== "superseded");
  return (
    <dl class="facts">
      <dt>Host</dt>
      <dd>
        <Exact text={subject.hostName} /> <span class="soft small mono">{proposal.hostId.slice(0, 17)}…</span>
      </dd>
      <dt>Service</dt>
      <dd>{proposal.service}</dd>
      <dt>Reason</dt>
      <dd>
        <a href={`/incidents/${incident.incidentId}`}>{incident.reason}</a>, {incident.severity}
      </dd>
      {isOpen && <dt>Only if</dt>}
      {isOpen && (
        <dd>
          its unit is still{" "}
          <Exact text={`${unitState.activeState} (${unitState.result || unitState.subState})`} /> and nobody
          started it since
        </dd>
      )}
      <dt>Asked by</dt>
      <dd>
        <Exact text={askedByWords(approval)} />
      </dd>
      {!isOpen && <dt>Asked</dt>}
      {!isOpen && (
        <dd>
          <Age at={approval.requestedAt} now={frame.now} />
        </dd>
      )}
      {hasExpiry && <dt>{isOpen ? "Expires" : "Expired"}</dt>}
      {hasExpiry && (
        <dd>
          <Age at={approval.expiresAt} now={frame.now} />
        </dd>
      )}
      <dt>Level</dt>
      <dd>
        {proposal.level} of 5, action <span class="mono">{proposal.action}</span>
      </dd>
      <dt>Proposal</dt>
      <dd>
        <ShortHash hash={approval.proposalHash} />
      </dd>
    </dl>
  );
}

function Tried({ frame, finding, earlier }: ApprovalViewProps) {
  const restarts = finding?.restarts ?? null;
  return (
    <>
      {restarts !== null && (
        <p>
          {restarts.count} of {restarts.max} restarts in the last {formatDuration(restarts.windowMs)}, by
          anyone.
        </p>
      )}
      {earlier.length === 0 && <p>Nothing was tried on this service before.</p>}
      <ul class="list">
        {earlier.slice(0, EARLIER_SHOWN_MAX).map((other) => (
          <li>
            <a href={`/approvals/${other.approvalId}`}>{other.proposal.action}</a>:{" "}
            {statusOf(other, frame.now).label.toLowerCase()}
            <br />
            <Age at={other.requestedAt} now={frame.now} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Ended(props: ApprovalViewProps & { readonly status: ApprovalStatus }) {
  const { status, approval, frame, incident } = props;
  return (
    <div class="say" role="status">
      <p>
        <Exact text={status.sentence} />
      </p>
      {approval.decidedAt !== null && (
        <p class="soft small">
          Answered <Age at={approval.decidedAt} now={frame.now} />
        </p>
      )}
      {approval.outcome !== null && approval.outcome.detail !== "" && (
        <p class="soft small">
          <Exact text={approval.outcome.detail} />
        </p>
      )}
      <p>
        {status.isMoving && <a href={`/approvals/${approval.approvalId}`}>Look again</a>}
        {status.isMoving && " · "}
        <a href={`/incidents/${incident.incidentId}`}>The incident</a>
        {!status.isMoving && incident.state !== "resolved" && (
          <>
            {" · "}
            <a href={askAgainPathOf(approval)}>Ask for it again</a>
          </>
        )}
      </p>
    </div>
  );
}

function verbOf(action: string): string {
  return action.charAt(0).toUpperCase() + action.slice(1).replaceAll("-", " ");
}
