// What an incident holds: each finding with how it stands and its evidence, those that go on first; then what lies beneath, and what is over. Of
// what many hosts share one is explained, for the others say the same. Pure.
import { isFlapping } from "../../core/desk/incidents/flapping.ts";
import type { Finding } from "../../core/desk/records/finding.ts";
import type { Incident } from "../../core/desk/records/incident.ts";
import { evidenceWith } from "../../core/words/proposal-refusal.ts";
import { nameOf } from "../../core/words/subject.ts";
import { EvidenceList, Exact } from "../frame/parts.tsx";
import { Age } from "../frame/time.tsx";

/** Findings shown with their evidence; of more only their titles. */
const EXPLAINED_MAX = 5;
const SHOWN_MAX = 100;
const EVIDENCE_SHOWN_MAX = 20;

export interface IncidentFindingsProps {
  readonly now: number;
  readonly incident: Incident;
  /** what goes on first */
  readonly findings: readonly Finding[];
  /** the one that a person wants to read; null: whichever is first */
  readonly chosenId: string | null;
}

/** The findings of one incident. */
export function IncidentFindings({ chosenId, findings, incident, now }: IncidentFindingsProps) {
  const chosen = findings.filter(({ findingId }) => findingId === chosenId);
  const over = findings.filter(({ endedAt }) => endedAt !== null);
  const beneath = findings.filter(({ endedAt, standing }) => endedAt === null && standing === "beneath");
  const own = findings.filter((finding) => !over.includes(finding) && !beneath.includes(finding));
  const isOfMany = incident.place.kind === "wide" || incident.place.kind === "fleet";
  const explained = isOfMany ? own.slice(0, 1) : own;
  return (
    <>
      {chosen.length > 0 && <h2>What you chose</h2>}
      {chosen.length > 0 && <Findings findings={chosen} now={now} isExplained />}
      {explained.length > 0 && (
        <h2>{isOfMany && own.length > 1 ? "What is wrong, on one of them" : "What is wrong"}</h2>
      )}
      <Findings findings={explained} now={now} isExplained={chosen.length === 0} />
      {beneath.length > 0 && incident.place.kind !== "fleet" && (
        <>
          <h2>Beneath it</h2>
          <p class="soft small">
            It shares a host that is down: it is listed, and nobody is paged for it. What still fails when the
            host is back rings then.
          </p>
          <Findings findings={beneath} now={now} />
        </>
      )}
      {over.length > 0 && !isOfMany && <Over findings={over} now={now} isAll={explained.length === 0} />}
    </>
  );
}

/** Folded while something goes on. */
function Over({ findings, isAll, now }: ShownProps & { readonly isAll: boolean }) {
  if (isAll)
    return (
      <>
        <h2>What was wrong</h2>
        <Findings findings={findings} now={now} isExplained />
      </>
    );
  return (
    <details>
      <summary>{findings.length} over</summary>
      <Findings findings={findings} now={now} />
    </details>
  );
}

interface ShownProps {
  readonly now: number;
  readonly findings: readonly Finding[];
}

function Findings({ findings, isExplained, now }: ShownProps & { readonly isExplained?: boolean }) {
  const isSaidWhere = new Set(findings.map(({ subject }) => nameOf(subject))).size > 1;
  return (
    <>
      <ul class="list">
        {findings.slice(0, SHOWN_MAX).map((finding, index) => (
          <li>
            <Title finding={finding} isExplained={isExplained === true && index < EXPLAINED_MAX} />
            {isSaidWhere && (
              <>
                , <Exact text={nameOf(finding.subject)} />
              </>
            )}{" "}
            <span class="soft small">
              (<a href={`/runbooks/${finding.reason}`}>{finding.reason}</a>, {finding.severity})
            </span>
            <br />
            <Standing now={now} finding={finding} />
            {isExplained === true && index < EXPLAINED_MAX && (
              <EvidenceList
                evidence={evidenceWith(finding.evidence, finding.refused)}
                now={now}
                countMax={EVIDENCE_SHOWN_MAX}
              />
            )}
          </li>
        ))}
      </ul>
      {findings.length > SHOWN_MAX && <p class="soft">And {findings.length - SHOWN_MAX} more.</p>}
    </>
  );
}

/** One that is not explained here is a tap away. */
function Title({ finding, isExplained }: { readonly finding: Finding; readonly isExplained: boolean }) {
  if (isExplained)
    return (
      <b>
        <Exact text={finding.title} />
      </b>
    );
  return (
    <a href={`/incidents/${finding.incidentId}?finding=${encodeURIComponent(finding.findingId)}`}>
      <Exact text={finding.title} />
    </a>
  );
}

function Standing({ finding, now }: { readonly now: number; readonly finding: Finding }) {
  const { clearedAt, endedAt, happenedAt } = finding;
  return (
    <span class="soft small">
      since <Age at={happenedAt} now={now} />
      {isFlapping(finding) && `, it began ${finding.beginningsAt.length} times within a day`}
      {endedAt !== null && (
        <>
          , over since <Age at={endedAt} now={now} />
        </>
      )}
      {endedAt === null && clearedAt !== null && (
        <>
          , well since <Age at={clearedAt} now={now} />
        </>
      )}
    </span>
  );
}
