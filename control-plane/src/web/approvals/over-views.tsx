// What ran and is over: it failed, in whichever way, or it helped. None of these is fetched anew. Nothing bad stands in the
// colour of good news, and no success without how long it was down. Pure.
import { Layout } from "../frame/layout.tsx";
import { OwnCard } from "../look/own-card.tsx";
import { Exact } from "../look/parts.tsx";
import { fullSpanOf } from "../look/place-time.ts";
import { wholeSpanOf } from "../look/place-time.ts";
import { Age } from "../look/time.tsx";
import { upperFirst } from "../look/upper-first.ts";
import { isDown, nounOf } from "./act-words.ts";
import { AgainBar } from "./approval-bar.tsx";
import { Card, Command, Head, NextSteps, titleLine, WaitsLane, WordsCard } from "./approval-parts.tsx";
import { askAgainPathOf, statusOf } from "./approval-words.ts";
import { DoneBeforeCard } from "./done-before-card.tsx";
import { failureKindOf } from "./failure-kind.ts";
import { failureOf } from "./failure-words.ts";
import { RecordCard } from "./record-card.tsx";
import { isRun } from "./restart-history.ts";
import type { ShownApproval } from "./shown-approval.ts";
import { Verdict } from "./signing/verdict.tsx";
import { costWords, downMsOf, type Waited, waitsOf } from "./waits.ts";
import { type PagingNow, WhoIsTold } from "./who-is-paged.tsx";
import { approvedWords } from "./who.ts";

export interface OverProps {
  readonly shown: ShownApproval;
  /** who is told about the incident; null: it was not asked */
  readonly paging: PagingNow | null;
}

/** It failed, was refused, did not help, or nobody knows. */
export function FailedView({ paging, shown }: OverProps) {
  const { approval, frame, readers } = shown;
  const { heading, meaning, next: steps } = failureOf(approval, readers);
  const detail = approval.outcome?.detail ?? "";
  const kind = failureKindOf(approval);
  const isTold = detail !== "" && (kind === "failed" || kind === "timed-out");
  return (
    <Layout title={titleLine(shown)} frame={frame} bar={<Again shown={shown} />}>
      <Head shown={shown}>
        <Approved {...shown} />
      </Head>
      <div class="split">
        <div>
          <Card id="why" tone="no" heading={<Exact text={heading} />}>
            <p>
              <Exact text={meaning} />
            </p>
            {isTold && (
              <p class="log">
                <Exact text={detail} />
              </p>
            )}
          </Card>
          <WordsCard {...shown} />
          <Card id="next" heading="What to do next">
            <NextSteps steps={steps} />
            <p class="small soft">{heldWords(shown)}</p>
            <WhoIsTold paging={paging} shown={shown} />
          </Card>
        </div>
        <div>
          <Waits shown={shown} />
          <OwnCard what="What was done so far">
            <DoneBeforeCard shown={shown} />
          </OwnCard>
          <Command approval={approval} verb={ranWords(shown)}>
            <Verdict {...shown} />
          </Command>
          <RecordCard shown={shown} isBarred />
        </div>
      </div>
    </Layout>
  );
}

const FAILS_AGAIN = { label: "Fails again", kind: "failing", isOpen: false, isMoving: false } as const;

/** It helped. */
export function VerifiedView({ shown }: OverProps) {
  const { approval, finding, frame, readers, stabilityMs } = shown;
  const downMs = downMsOf({ approval, finding });
  const waits = sinceItBroke(waitsOf({ approval, finding }));
  const costs = costWords(waits);
  const isIll = shown.health.isWell === false;
  return (
    <Layout title={titleLine(shown)} frame={frame}>
      <Head shown={shown} {...(isIll ? { status: FAILS_AGAIN } : {})}>
        {approvedWords(approval, readers)}
        {approval.decidedAt !== null && (
          <>
            , <Age at={approval.decidedAt} now={frame.now} />
          </>
        )}
      </Head>
      <div class="split">
        <div>
          {isIll && (
            <section class="card no" role="alert">
              <p>
                <b class="bad">It fails again.</b> The {nounOf(approval.proposal)} helped, and did not last.
              </p>
            </section>
          )}
          <figure class={isIll ? "card" : "card ok"}>
            <figcaption>
              <b class={isIll || downMs === null ? undefined : "good"}>
                {downMs === null
                  ? "For how long it failed is not known."
                  : `${isDown(approval.proposal) ? "Down" : "Failed for"} ${fullSpanOf(downMs)}.`}
              </b>{" "}
              The {nounOf(approval.proposal)} helped: it stayed well for {wholeSpanOf(stabilityMs)}.
            </figcaption>
            <WaitsLane waits={waits} now={frame.now} />
            {costs !== "" && <p class="small soft">{upperFirst(costs)}.</p>}
          </figure>
          {!isIll && <NotForGood {...shown} />}
        </div>
        <div>
          <OwnCard what="What was done so far">
            <DoneBeforeCard shown={shown} />
          </OwnCard>
          <Command approval={approval} verb="Ran">
            <Verdict {...shown} />
          </Command>
          <RecordCard shown={shown} />
        </div>
      </div>
    </Layout>
  );
}

function NotForGood({ finding }: ShownApproval) {
  const begun = finding?.beginningsAt.length ?? 0;
  const restarts = finding?.restarts ?? null;
  const count = restarts?.count ?? 0;
  if (begun < 2 && count < 2) return null;
  const what =
    restarts !== null && count > 1
      ? `It was restarted ${count} times within ${wholeSpanOf(restarts.windowMs)} before this.`
      : `It began to fail ${begun} times.`;
  return (
    <Card id="still" heading="Not over for good">
      <p>{what} Nothing says that its cause is gone: if it fails again, people are paged again.</p>
    </Card>
  );
}

function Approved({ approval, frame, readers }: ShownApproval) {
  return (
    <>
      {approvedWords(approval, readers)}
      {approval.decidedAt !== null && (
        <>
          , <Age at={approval.decidedAt} now={frame.now} />
        </>
      )}
    </>
  );
}

/** A line that does not begin where it broke says how long nothing was. */
function sinceItBroke(waits: readonly Waited[]): readonly Waited[] {
  return waits[0]?.name === "broke" ? waits : [];
}

function Waits({ shown }: { readonly shown: ShownApproval }) {
  const { approval, finding, frame, health } = shown;
  const known = sinceItBroke(waitsOf({ approval, finding }));
  const waits = health.isWell === true ? known.filter(({ at }) => at !== null) : known;
  if (waits.length < 2) return null;
  const isStill =
    finding !== null &&
    finding.clearedAt === null &&
    approval.wellAt === undefined &&
    health.isWell === false;
  const caption = isStill
    ? `${isDown(approval.proposal) ? "Down" : "Failing"} for ${fullSpanOf(frame.now - finding.happenedAt)} so far`
    : "How it went";
  return (
    <figure class="card">
      <figcaption>
        <b>{caption}</b>
      </figcaption>
      <WaitsLane waits={waits} now={frame.now} />
    </figure>
  );
}

function ranWords({ approval }: ShownApproval): string {
  const kind = failureKindOf(approval);
  if (kind === "unheard" || kind === "retired") return "May have run";
  return isRun(approval) || kind === "timed-out" || kind === "ineffective" || kind === "unverified"
    ? "Ran"
    : "Did not run";
}

function heldWords({ approval, health }: ShownApproval): string {
  const again = "Nothing is run again by itself.";
  return health.isWell === true ? `${approval.subject.service} is well now. ${again}` : again;
}

/** What can be done when it is over. */
export function Again({ shown }: { readonly shown: ShownApproval }) {
  const { approval, frame, health, incident } = shown;
  const isOpen = incident.state !== "resolved" && incident.state !== "merged";
  const isNext = statusOf(approval, frame.now).label === "Nobody answered" && health.isWell !== true;
  return (
    <AgainBar
      words={
        isOpen ? "Nothing more runs unless you ask." : "The incident is over: there is nothing to ask for."
      }
      incidentPath={`/incidents/${encodeURIComponent(incident.incidentId)}`}
      askPath={isOpen ? askAgainPathOf(approval) : null}
      isNext={isNext}
    />
  );
}
