// The shadow report: what rules in shadow would have done, beside the false alarms that people marked, and taking one out of shadow. Pure.
import type { ShadowCount } from "../../core/desk/records/shadow-count.ts";
import type { ShadowFinding } from "../../core/desk/records/shadow-finding.ts";
import { actorNameOf } from "../../core/words/actor.ts";
import { evidenceWith } from "../../core/words/proposal-refusal.ts";
import { nameOf } from "../../core/words/subject.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { OwnCard } from "../frame/own-card.tsx";
import { EvidenceList, Exact } from "../frame/parts.tsx";
import { Age } from "../frame/time.tsx";
import { WhyForm } from "../frame/why-form.tsx";

export const FINDINGS_SHOWN_MAX = 50;
const EVIDENCE_SHOWN_MAX = 3;

export interface ShadowViewProps {
  readonly frame: Frame;
  readonly counts: readonly ShadowCount[];
  /** newest first */
  readonly findings: readonly { readonly finding: ShadowFinding; readonly token: string }[];
  readonly findingsCount: number;
  readonly isWholePolicy: boolean;
  /** the version of the policy that the tokens are bound to */
  readonly version: number;
  /** by reason; only those that a person may take out of shadow here */
  readonly promoteTokens: ReadonlyMap<string, string>;
}

/** What fires first, then the newest. */
export function findingsByNews(findings: readonly ShadowFinding[]): readonly ShadowFinding[] {
  return findings.toSorted(
    (left, right) =>
      Number(left.endedAt !== null) - Number(right.endedAt !== null) || right.firedAt - left.firedAt,
  );
}

/** Counts by reason, and the findings. */
export function ShadowView(props: ShadowViewProps) {
  const { counts, findings, findingsCount, frame, isWholePolicy } = props;
  return (
    <Layout title="Shadow report" frame={frame} path="/shadow">
      <h1>{counts.length === 0 ? "No rule in shadow has found anything" : "Shadow report"}</h1>
      <p class="soft">
        A rule in shadow decides and is recorded; it pages nobody and nothing is proposed. Mark what was
        nothing, then decide whether to take the rule out of shadow.
      </p>
      {isWholePolicy && (
        <p class="say">
          The whole policy is in shadow. It is promoted with <code>countersign policy promote --all</code>.
        </p>
      )}
      {counts.map((count) => (
        <OwnCard what={count.reason}>
          <Count {...props} count={count} />
        </OwnCard>
      ))}
      {findings.length > 0 && <h2>What it would have paged for</h2>}
      {findings.map(({ finding, token }) => (
        <OwnCard what={`Finding ${finding.findingId}`}>
          <Finding finding={finding} token={token} now={frame.now} />
        </OwnCard>
      ))}
      {findingsCount > findings.length && (
        <p class="soft">{findingsCount - findings.length} older ones are not shown.</p>
      )}
    </Layout>
  );
}

function Count({ count, frame, promoteTokens, version }: ShadowViewProps & { readonly count: ShadowCount }) {
  const { falseAlarms, reason, sinceAt, wouldHaveActed, wouldHavePaged } = count;
  const token = promoteTokens.get(reason);
  return (
    <article class="card">
      <h3>
        <a href={`/runbooks/${reason}`}>{reason}</a>
      </h3>
      <p>
        would have paged {wouldHavePaged}×, would have acted {wouldHaveActed}×; {falseAlarms} marked as false
        alarms
      </p>
      <p class="soft small">
        since <Age at={sinceAt} now={frame.now} />
      </p>
      {token !== undefined && (
        <WhyForm action={`/shadow/promote/${reason}/${version}`} token={token}>
          Take {reason} out of shadow
        </WhyForm>
      )}
    </article>
  );
}

function Finding(props: { readonly finding: ShadowFinding; readonly token: string; readonly now: number }) {
  const { finding, now, token } = props;
  const { endedAt, falseAlarmBy, findingId, firedAt, signal, wouldPropose } = finding;
  const { evidence, noticedAt: at, refusal } = signal;
  return (
    <article class="card">
      <div class="row">
        <strong>{endedAt === null ? "Fires" : "Over"}</strong>
        <span class="soft small">
          {signal.reason}, {signal.severity}
        </span>
      </div>
      <h3>
        <Exact text={signal.title} />
      </h3>
      <p class="small">
        <Exact text={nameOf(signal.subject)} />, <Age at={firedAt} now={now} />
        {wouldPropose !== null && `; ${wouldPropose} would have been proposed`}
      </p>
      <EvidenceList
        evidence={evidenceWith(evidence, refusal === undefined ? null : { at, refusal })}
        now={now}
        countMax={EVIDENCE_SHOWN_MAX}
      />
      {falseAlarmBy !== null && (
        <p>
          Marked as a false alarm by <Exact text={actorNameOf(falseAlarmBy)} />.
        </p>
      )}
      {falseAlarmBy === null && (
        <form method="post" action={`/shadow/false-alarm/${encodeURIComponent(findingId)}`}>
          <input type="hidden" name="csrf" value={token} />
          <button class="btn plain">It was nothing</button>
        </form>
      )}
    </article>
  );
}
