// The shadow report: what rules in shadow would have done, beside the false alarms that people marked, and taking one out of shadow. Pure.
import type { ShadowCount } from "../../core/desk/records/shadow-count.ts";
import type { ShadowFinding } from "../../core/desk/records/shadow-finding.ts";
import { actorNameOf } from "../../core/words/actor.ts";
import { evidenceWith } from "../../core/words/proposal-refusal.ts";
import { nameOf } from "../../core/words/subject.ts";
import { reasonTitleOf } from "../../policy/reason-titles.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { WhyForm } from "../frame/why-form.tsx";
import { May } from "../look/may.tsx";
import { OwnCard } from "../look/own-card.tsx";
import { EvidenceList, Exact } from "../look/parts.tsx";
import { State } from "../look/state.tsx";
import { Age } from "../look/time.tsx";

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
  const { counts, findings, frame, isWholePolicy } = props;
  return (
    <Layout title="Rules on trial" frame={frame} path="/policy">
      <div>
        <p class="small">
          <a class="tap" href="/policy">
            Rules
          </a>
        </p>
        <h1>{counts.length === 0 ? "No rule on trial has found anything" : "Rules on trial"}</h1>
        <p class="lead">
          A rule on trial (in the rules: <code>shadow</code>) decides and is written down; it pages nobody and
          proposes nothing. Mark what was nothing, then decide whether it shall page.
        </p>
      </div>
      {isWholePolicy && (
        <section class="card wt">
          <p>
            <b>All rules are on trial, so nobody is paged for anything.</b> They page once somebody says{" "}
            <code>countersign policy promote --all</code>.
          </p>
        </section>
      )}
      <div class={findings.length > 0 ? "split left" : undefined}>
        <div>
          {counts.map((count) => (
            <OwnCard what={count.reason}>
              <Count {...props} count={count} />
            </OwnCard>
          ))}
        </div>
        {findings.length > 0 && <Findings {...props} />}
      </div>
    </Layout>
  );
}

function Findings({ findings, findingsCount, frame }: ShadowViewProps) {
  return (
    <div>
      <h2>What it would have paged for</h2>
      {findings.map(({ finding, token }) => (
        <OwnCard what={`Finding ${finding.findingId}`}>
          <Finding finding={finding} token={token} now={frame.now} />
        </OwnCard>
      ))}
      {findingsCount > findings.length && (
        <p class="small soft">
          {findings.length} of {findingsCount}; the older ones are not shown.
        </p>
      )}
    </div>
  );
}

function Count({ count, frame, promoteTokens, version }: ShadowViewProps & { readonly count: ShadowCount }) {
  const { falseAlarms, reason, sinceAt, wouldHaveActed, wouldHavePaged } = count;
  const token = promoteTokens.get(reason);
  return (
    <article class="card">
      <h2>
        <a href={`/runbooks/${reason}`}>{reasonTitleOf(reason)}</a>
      </h2>
      <dl class="facts">
        <dt>Would have paged</dt>
        <dd>{timesText(wouldHavePaged)}</dd>
        <dt>Would have proposed</dt>
        <dd>{timesText(wouldHaveActed)}</dd>
        <dt>False alarms</dt>
        <dd>
          {falseAlarms} of {wouldHavePaged}
        </dd>
        <dt>Counted since</dt>
        <dd>
          <Age at={sinceAt} now={frame.now} />
        </dd>
      </dl>
      {token !== undefined && (
        <May needs="administer">
          <WhyForm action={`/shadow/promote/${reason}/${version}`} token={token}>
            End its trial
          </WhyForm>
          <p class="small soft">It pages from then on, at once for what fires now.</p>
        </May>
      )}
    </article>
  );
}

function timesText(count: number): string {
  return count === 1 ? "once" : count === 0 ? "never" : `${count} times`;
}

function Finding(props: { readonly finding: ShadowFinding; readonly token: string; readonly now: number }) {
  const { finding, now, token } = props;
  const { endedAt, falseAlarmBy, findingId, firedAt, signal, wouldPropose } = finding;
  const { evidence, noticedAt: at, refusal } = signal;
  return (
    <article class="card">
      <div class="row nw">
        <h3>
          <Exact text={signal.title} />
        </h3>
        {endedAt === null ? (
          <State kind="warning" isSmall>
            fires now
          </State>
        ) : (
          <State kind="done" isSmall isQuiet>
            over
          </State>
        )}
      </div>
      <p class="small soft">
        {reasonTitleOf(signal.reason)}, on <Exact text={nameOf(signal.subject)} />,{" "}
        <Age at={firedAt} now={now} />
        {wouldPropose !== null && `; it would have proposed ${wouldPropose}`}
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
        <May needs="answer">
          <form method="post" action={`/shadow/false-alarm/${encodeURIComponent(findingId)}`}>
            <input type="hidden" name="csrf" value={token} />
            <button class="btn plain">It was nothing</button>
          </form>
        </May>
      )}
    </article>
  );
}
