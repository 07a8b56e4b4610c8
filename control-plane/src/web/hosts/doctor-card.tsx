// What is to be mended on a host so that it can be watched and acted on, as far as this desk was told: what may not be run,
// what cannot be read, credentials' files that are others than they were, and what its own doctor found. Pure.
// What a reader would get wrong: a host's text under words that ask to run something is run as root. A command is shown only where it is
// word for word one of ours (shared/src/host/mend.ts); for any other the host's own doctor is named.
import { isMend, LOOK_AS_ROOT } from "@countersign/shared/host/mend";
import type { ExaminedFinding } from "@countersign/shared/wire/examined";
import type { Drifted } from "../../core/facts/rules/credential-drift.ts";
import type { Unread } from "../../core/facts/rules/evidence-unreadable.ts";
import { type Gap, isReadingGap, readRemedyOf } from "../../core/facts/rules/privilege-gap.ts";
import type { Examination } from "../../core/shard/host/shard-state.ts";
import { Exact } from "../look/parts.tsx";
import { State } from "../look/state.tsx";
import { Age } from "../look/time.tsx";

/** Of one service. */
export interface ToMend {
  readonly service: string;
  readonly gaps: readonly Gap[];
  readonly unread: readonly Unread[];
  readonly drifted: readonly Drifted[];
}

export interface DoctorCardProps {
  readonly toMend: readonly ToMend[];
  /** actions of its list that nothing speaks against, since the host told of them; null: it has not on this connection */
  readonly rightCount: number | null;
  readonly auditToldAt: number | null;
  /** what its own doctor found last; absent: it has told nothing */
  readonly examination?: Examination | undefined;
  readonly now: number;
}

/** What is right, what is to mend, and when that was told. */
export function DoctorCard({ auditToldAt, examination, now, rightCount, toMend }: DoctorCardProps) {
  const wrong = (examination?.findings ?? []).filter(({ status }) => status === "wrong");
  const count = toMend.reduce(
    (sum, { drifted, gaps, unread }) => sum + gaps.length + unread.length + drifted.length,
    wrong.length,
  );
  return (
    <section class={count > 0 ? "card wt" : "card"} aria-labelledby="doctor">
      <h2 id="doctor">Can it be watched and mended?</h2>
      {count > 0 && (
        <p class="small">
          <State kind="warning">{count} to mend</State>
        </p>
      )}
      <ul class="list small">
        {toMend.map((each) => (
          <Service of={each} now={now} />
        ))}
        <ExaminedList examination={examination} now={now} />
        <li>
          <Right count={rightCount} toldAt={auditToldAt} now={now} />
        </li>
      </ul>
      <p class="small soft">
        For all that can be looked at, run <code>countersign-agent doctor</code> there as root.
      </p>
    </section>
  );
}

function Right(props: {
  readonly count: number | null;
  readonly toldAt: number | null;
  readonly now: number;
}) {
  const { count, now, toldAt } = props;
  if (count === null || toldAt === null)
    return <State kind="unknown">on this connection it has not said which actions it could run</State>;
  if (count === 0) return <State kind="unknown">no action of its list could be run</State>;
  return (
    <>
      <State kind="done">{count === 1 ? "1 action could be run" : `${count} actions could be run`}</State>
      <p class="soft">
        As it said <Age at={Math.min(toldAt, now)} now={now} />. It tries each hour and tells what changes.
      </p>
    </>
  );
}

function Service({
  now,
  of: { drifted, gaps, service, unread },
}: {
  readonly of: ToMend;
  readonly now: number;
}) {
  return (
    <>
      {gaps.map((gap) => (
        <li>
          <GapLine gap={gap} service={service} now={now} />
        </li>
      ))}
      {unread.map(({ detail, name, sinceAt }) => (
        <li>
          <p>
            The <Exact text={name} /> of {service} cannot be read
            {detail === "" ? (
              ""
            ) : (
              <>
                : <Exact text={detail} />
              </>
            )}
          </p>
          <p class="soft">
            <Age at={Math.min(sinceAt, now)} now={now} />
          </p>
        </li>
      ))}
      {drifted.map(({ is, name, sinceAt, was }) => (
        <li>
          <p>
            The file of <Exact text={name} /> of {service} was <Exact text={was} />, and is{" "}
            <Exact text={is} />
          </p>
          <p class="soft">
            <Age at={Math.min(sinceAt, now)} now={now} />
          </p>
        </li>
      ))}
    </>
  );
}

function GapLine(props: { readonly gap: Gap; readonly service: string; readonly now: number }) {
  const { gap, now, service } = props;
  const { action, command, isWithheld, sinceAt, who } = gap;
  if (isReadingGap(gap)) return <ReadingGap {...props} />;
  return (
    <>
      <p>
        {who === "audit" ? (
          <>
            <b>
              {action} {service}
            </b>{" "}
            could not be run: it is not permitted, or its unit is not there.
          </>
        ) : (
          <>
            <Exact text={who} /> tried <Exact text={action} /> on {service} and was not allowed to.
          </>
        )}
      </p>
      {isWithheld !== true && command !== "" && (
        <p>
          What it would run, as the host says:{" "}
          <code>
            <Exact text={command} />
          </code>
        </p>
      )}
      <p class="soft">
        <Age at={Math.min(sinceAt, now)} now={now} />
      </p>
    </>
  );
}

// What is to be run as root is ours to say: the host's text stands there only where it is word for word a remedy of ours.
function ReadingGap(props: { readonly gap: Gap; readonly service: string; readonly now: number }) {
  const { gap, now, service } = props;
  const remedy = readRemedyOf(gap);
  return (
    <>
      {remedy === null ? (
        <p>
          Something of {service} may not be read. What to do says <code>countersign-agent doctor</code>, run
          on that host as root.
        </p>
      ) : (
        <>
          <p>Something of {service} may not be read. To mend it, as root:</p>
          <p>
            <code>
              <Exact text={remedy} />
            </code>
          </p>
          {remedy.includes("/") && (
            <p>Run it only if {service} keeps there what it is watched by: the path is the host's word.</p>
          )}
        </>
      )}
      <p class="soft">
        <Age at={Math.min(gap.sinceAt, now)} now={now} />
      </p>
    </>
  );
}

/** Its findings; where it told none, that is no health. */
function ExaminedList(props: { readonly examination: Examination | undefined; readonly now: number }) {
  const { examination, now } = props;
  if (examination === undefined)
    return (
      <li>
        <State kind="unknown">its own doctor has told nothing yet</State>
      </li>
    );
  const { at, findings, omittedCount } = examination;
  const wrong = findings.filter(({ status }) => status === "wrong");
  const unseen = findings.filter(({ status }) => status === "unknown");
  return (
    <>
      {wrong.map((finding) => (
        <li>
          <FindingLine finding={finding} />
        </li>
      ))}
      {unseen.length > 0 && (
        <li>
          <State kind="unknown">
            {unseen.length === 1 ? "1 thing could not be seen" : `${unseen.length} things could not be seen`}
          </State>
          <p>
            As root: <code>{LOOK_AS_ROOT}</code>
          </p>
        </li>
      )}
      {omittedCount > 0 && <li class="soft">{omittedCount} more were told, and are not kept here.</li>}
      <li>
        {wrong.length === 0 && unseen.length === 0 && omittedCount === 0 && (
          <State kind="done">its own doctor found nothing wrong</State>
        )}
        <p class="soft">
          Its doctor told this <Age at={Math.min(at, now)} now={now} />.
        </p>
      </li>
    </>
  );
}

function FindingLine({ finding }: { readonly finding: ExaminedFinding }) {
  const { check, detail, mend, service } = finding;
  return (
    <>
      <p>
        <b>
          <Exact text={check} />
        </b>
        {service !== null && ` of ${service}`}: <Exact text={detail} />
      </p>
      {mend !== null && isMend(mend) ? (
        <p>
          What mends it, as the host says, as root:{" "}
          <code>
            <Exact text={mend} />
          </code>
        </p>
      ) : (
        <p>
          What mends it says, as root on that host: <code>{LOOK_AS_ROOT}</code>
        </p>
      )}
    </>
  );
}
