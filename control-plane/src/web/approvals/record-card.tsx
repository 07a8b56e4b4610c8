// What stands behind a question: older evidence, and for the record what nobody needs to decide. Folded. Pure.
import type { Child } from "hono/jsx";
import { ruleWords } from "@countersign/shared/wire/rule-words";
import { evidenceWith } from "../../core/words/proposal-refusal.ts";
import { EvidenceList, Exact, ShortHash } from "../look/parts.tsx";
import { Clock } from "../look/time.tsx";
import { Card } from "./approval-parts.tsx";
import { askedByWords } from "./approval-words.ts";
import type { ShownApproval } from "./shown-approval.ts";
import { nameFor } from "./who.ts";

/** More evidence than this stays on the incident's view: the view must load on a bad connection. */
const EVIDENCE_SHOWN_MAX = 8;

/** `children`: further links; `isBarred`: the way to the incident is in the bar already. */
export function RecordCard(props: {
  readonly shown: ShownApproval;
  readonly isBarred?: boolean;
  readonly children?: Child;
}) {
  const { children, isBarred = false, shown } = props;
  const { approval, finding, frame } = shown;
  const evidence = finding === null ? [] : evidenceWith(finding.evidence, finding.refused);
  return (
    <Card id="more" heading="More">
      {evidence.length > 0 && (
        <details>
          <summary>What was seen, in full</summary>
          <EvidenceList evidence={evidence} now={frame.now} countMax={EVIDENCE_SHOWN_MAX} />
        </details>
      )}
      <details>
        <summary>For the record</summary>
        <Facts {...shown} />
      </details>
      <p class="links">
        {!isBarred && <a href={`/incidents/${encodeURIComponent(approval.incidentId)}`}>The incident</a>}
        <a href={`/hosts/${encodeURIComponent(approval.subject.hostId)}`}>
          <Exact text={approval.subject.hostName} />
        </a>
        {children}
      </p>
    </Card>
  );
}

function Facts({ approval, frame, incident, readers }: ShownApproval) {
  const { proposal, signatures = [] } = approval;
  const { unitState } = proposal;
  const instants = [
    ["Asked", approval.requestedAt],
    ["Reached somebody", approval.deliveredAt],
    ["Opened", approval.seenAt],
    ["Answered", approval.decidedAt],
    ["Handed over", approval.handedOverAt ?? null],
    ["Had run", approval.ranAt ?? null],
    ["Well since", approval.wellAt ?? null],
    ["Ended", approval.endedAt ?? null],
  ] as const;
  return (
    <dl class="facts small">
      <dt>Asked by</dt>
      <dd>
        <Exact text={askedByWords(approval, readers)} />
      </dd>
      <dt>For</dt>
      <dd>
        {incident.reason}, {incident.severity}
      </dd>
      <dt>Kind</dt>
      <dd>
        level {proposal.level} of 5, action {proposal.action}
      </dd>
      <dt>Unit</dt>
      <dd>
        <Exact text={`${unitState.activeState} (${unitState.result || unitState.subState})`} />
      </dd>
      {instants.map(
        ([name, at]) =>
          at !== null && (
            <>
              <dt>{name}</dt>
              <dd>
                <Clock at={at} now={frame.now} />
              </dd>
            </>
          ),
      )}
      {signatures.map(({ at, by, credentialName, isSynced }) => (
        <>
          <dt>Signed</dt>
          <dd>
            <Exact text={`${nameFor(readers)(by.responder)} by ${credentialName}`} />
            {isSynced ? ", a passkey that is copied between devices" : ", a passkey that stays on its device"}
            , <Clock at={at} now={frame.now} />
          </dd>
        </>
      ))}
      <dt>Who must sign</dt>
      <dd>{ruleWords(proposal.requires)}</dd>
      <dt>Proposal</dt>
      <dd>
        <ShortHash hash={approval.proposalHash} />
      </dd>
      <dt>Host</dt>
      <dd>
        <span class="mono" title={proposal.hostId}>
          {proposal.hostId.slice(0, 17)}…
        </span>
      </dd>
    </dl>
  );
}
