// What was approved, and is not over: its steps, and that nobody has to wait for them. It is fetched anew while it runs.
// Pure.
import { Layout } from "../frame/layout.tsx";
import { OwnCard } from "../look/own-card.tsx";
import { Exact } from "../look/parts.tsx";
import { wholeSpanOf } from "../look/place-time.ts";
import { Age } from "../look/time.tsx";
import { Card, Command, Head, HostName, titleLine } from "./approval-parts.tsx";
import { DoneBeforeCard } from "./done-before-card.tsx";
import { RecordCard } from "./record-card.tsx";
import { Steps, verificationOf } from "./running-steps.tsx";
import type { ShownApproval } from "./shown-approval.ts";
import { Verdict } from "./signing/verdict.tsx";
import { approvedWords, whoFirst } from "./who.ts";

/** How often it is looked at anew: whether the host has it yet, what runs, and what is only waited for. */
const HANDING_SECONDS = 1;
const RUNNING_SECONDS = 2;
const WATCHED_SECONDS = 10;
/** A host that is there has taken a yes by then, and begun. */
const FRESH_MS = 30_000;

/** It was approved, and is not over. */
export function RunningView({ shown }: { readonly shown: ShownApproval }) {
  const { approval, frame } = shown;
  return (
    <Layout title={titleLine(shown)} frame={frame} moves={secondsOf(shown)}>
      <Head shown={shown}>
        {approval.decidedAt !== null && (
          <>
            {approvedWords(approval, shown.readers)}, <Age at={approval.decidedAt} now={frame.now} />
          </>
        )}
      </Head>
      <div class="split">
        <div>
          <CalledBack {...shown} />
          <Steps shown={shown} />
        </div>
        <div>
          <PhoneAway {...shown} />
          <Command approval={approval} verb={verbOf(approval)}>
            <Verdict {...shown} />
          </Command>
          <OwnCard what="What was done so far">
            <DoneBeforeCard shown={shown} />
          </OwnCard>
          <RecordCard shown={shown} />
        </div>
      </div>
    </Layout>
  );
}

/** Where the host is away for long, once a second tells nobody more. */
function secondsOf(shown: ShownApproval): number {
  const { approval, frame } = shown;
  const isWatched = (verificationOf(shown)?.settledAt ?? null) !== null;
  if (isWatched) return WATCHED_SECONDS;
  const isFresh = frame.now - (approval.decidedAt ?? 0) < FRESH_MS;
  return approval.state === "approved" && isFresh ? HANDING_SECONDS : RUNNING_SECONDS;
}

function verbOf({ outcome, recalledBy }: ShownApproval["approval"]): string {
  if (outcome !== null) return "Ran";
  return recalledBy === undefined ? "Runs" : "May run";
}

function CalledBack({ approval, readers }: ShownApproval) {
  if (approval.state !== "approved" || approval.recalledBy === undefined) return null;
  return (
    <section class="card wt" role="status">
      <p>
        <b>{whoFirst(approval.recalledBy, readers)} froze automation, so the yes is called back.</b> If{" "}
        <HostName name={approval.subject.hostName} /> had it already, it runs: its word decides.
      </p>
    </section>
  );
}

/** Whom the end is told: who was rung, and who said yes hears of a failure. */
function PhoneAway({ approval, frame, incident, stabilityMs }: ShownApproval) {
  const { responder } = frame.signIn;
  const isRung = incident.rung.includes(responder);
  const isYes = approval.decidedBy?.kind === "person" && approval.decidedBy.responder === responder;
  const failing = `if it fails, or does not stay well for ${wholeSpanOf(stabilityMs)}`;
  if (!isRung && !isYes)
    return (
      <Card id="away" heading="It goes on by itself">
        <p>Who was paged for this, and who said yes, is paged at once {failing}.</p>
      </Card>
    );
  return (
    <Card id="away" heading="You can put the phone away">
      <p>
        You are paged at once {failing}
        {isRung && (
          <>
            ; and told when <Exact text={approval.proposal.service} /> has stayed well
          </>
        )}
        .
      </p>
    </Card>
  );
}
