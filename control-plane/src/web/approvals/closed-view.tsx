// Nobody said yes: it was denied, nobody answered, or what it was asked for has changed. Pure. What a reader would get
// wrong: no answer is nobody's no.
import { Layout } from "../frame/layout.tsx";
import { OwnCard } from "../look/own-card.tsx";
import { Exact } from "../look/parts.tsx";
import { Age } from "../look/time.tsx";
import { Card, Command, Head, titleLine } from "./approval-parts.tsx";
import { lapseWords, statusOf } from "./approval-words.ts";
import { DoneBeforeCard } from "./done-before-card.tsx";
import { Again, type OverProps } from "./over-views.tsx";
import { RecordCard } from "./record-card.tsx";
import type { ShownApproval } from "./shown-approval.ts";
import { isRecovered } from "./titles.ts";
import { WhoIsTold } from "./who-is-paged.tsx";
import { whoFirst } from "./who.ts";

/** Nobody said yes: it was denied, nobody answered, or what it was asked for has changed. */
export function ClosedView({ paging, shown }: OverProps) {
  const { approval, frame } = shown;
  const now = nowWords(shown);
  return (
    <Layout title={titleLine(shown)} frame={frame} bar={<Again shown={shown} />}>
      <Head shown={shown}>
        <Closed {...shown} />
      </Head>
      <div class="split">
        <div>
          <Card id="why" heading="Nothing ran">
            <p>
              <ClosedBecause {...shown} />
            </p>
            {now !== "" && <p>{now}</p>}
            <WhoIsTold paging={paging} shown={shown} />
          </Card>
          <Command approval={approval} verb="Did not run" isFolded />
        </div>
        <div>
          <OwnCard what="What was done so far">
            <DoneBeforeCard shown={shown} />
          </OwnCard>
          <RecordCard shown={shown} isBarred />
        </div>
      </div>
    </Layout>
  );
}

function Closed({ approval, frame }: ShownApproval) {
  const at = approval.state === "denied" ? approval.decidedAt : (approval.endedAt ?? null);
  const endedAt = at ?? (approval.state === "superseded" ? null : approval.expiresAt);
  if (endedAt === null) return null;
  return <Age at={endedAt} now={frame.now} />;
}

function ClosedBecause(shown: ShownApproval) {
  const { approval, readers } = shown;
  if (approval.state === "denied") {
    const who = whoFirst(approval.decidedBy, readers);
    if (approval.decidedWhy === undefined) return <>{who} gave no reason.</>;
    return (
      <>
        {who} said why: <Exact text={approval.decidedWhy} />
      </>
    );
  }
  if (approval.state === "superseded")
    return (
      <>
        {!isRecovered(approval) && "What this was asked for has changed. "}
        <Exact text={lapseWords(approval, readers)} />
      </>
    );
  return (
    <>
      The time for an answer is over. Nobody said yes, and nobody said no.
      {approval.deliveredAt === null && " As far as is known, nobody was reached with it."}
    </>
  );
}

// What the title says already is not said again.
function nowWords({ approval, frame, health, incident }: ShownApproval): string {
  const { service } = approval.subject;
  const isUnanswered = statusOf(approval, frame.now).label === "Nobody answered";
  const isInTitle = health.isWell !== null && (isUnanswered || (health.isWell && isRecovered(approval)));
  if (health.isWell === true) return isInTitle ? "" : `${service} is well now.`;
  if (incident.state === "resolved" || incident.state === "merged") return "The incident is over.";
  const how = health.isWell === false ? `${service} still fails.` : "The incident is still open.";
  const again =
    approval.state === "denied" ? "It is not asked again by itself while this trouble goes on." : "";
  return [isInTitle ? "" : how, again].filter((words) => words !== "").join(" ");
}
