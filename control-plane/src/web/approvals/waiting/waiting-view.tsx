// A question that waits: what happened, what would run, what was done so far, when it counts as fixed. It stands whole above
// the thumb on a small phone, and has no field, so that it is fetched anew meanwhile. Pure.
import type { Evidence } from "../../../core/words/signal.ts";
import { Layout } from "../../frame/layout.tsx";
import { OwnCard } from "../../look/own-card.tsx";
import { Exact } from "../../look/parts.tsx";
import { wholeSpanOf } from "../../look/place-time.ts";
import { repeatsOf } from "../../look/repeats.ts";
import { Age, Clock } from "../../look/time.tsx";
import { AnswerBar, type AnswerTokens } from "../approval-bar.tsx";
import { Card, Command, Head, HostName, titleLine, WordsCard } from "../approval-parts.tsx";
import { type ApprovalStatus, askerAsks, lookedAtWords, renewedWords } from "../approval-words.ts";
import { CANNOT_RUN, CannotRunCard, hindranceOf, isUnheard } from "../cannot-run.tsx";
import { DoneBeforeCard } from "../done-before-card.tsx";
import { RecordCard } from "../record-card.tsx";
import type { ShownApproval } from "../shown-approval.ts";
import { SignaturesCard } from "../signing/signatures-card.tsx";
import { isOthersTurn } from "../signing/signing-words.ts";
import { PagedLine, type PagingNow } from "../who-is-paged.tsx";
import { doubtOf, happenedWords } from "../why-lines.ts";
import { AnswersCard } from "./answers-card.tsx";

/** How often a waiting question is fetched anew. */
const WAITING_SECONDS = 30;
/** Lines of evidence above the command, and how much of each: the whole stands folded below. */
const LINES_MAX = 2;
const LINE_CHARS_MAX = 64;
/** What a line ends with says most: so much of its end stays when it is cut. */
const LINE_END_CHARS = 34;

/** Its reader has signed it, or cannot. */
const OTHERS: ApprovalStatus = { label: "Waits for others", kind: "asks", isOpen: true, isMoving: false };

/** May this run? */
export function WaitingView(props: {
  readonly shown: ShownApproval;
  readonly tokens: AnswerTokens;
  readonly paging: PagingNow | null;
}) {
  const { paging, shown, tokens } = props;
  const { approval, frame, older, signing } = shown;
  const hindrance = hindranceOf(shown);
  const isOthers = signing !== null && isOthersTurn(signing);
  const cannotRun = hindrance !== null && hindrance.reason !== "finding-unreadable";
  return (
    <Layout
      title={titleLine(shown)}
      frame={frame}
      moves={WAITING_SECONDS}
      bar={<AnswerBar shown={shown} tokens={tokens} />}
    >
      <Head
        shown={shown}
        {...(cannotRun ? { status: CANNOT_RUN } : isOthers ? { status: OTHERS } : {})}
        below={<PagedLine shown={shown} paging={paging} />}
      >
        question ends <Age at={approval.expiresAt} now={frame.now} />
      </Head>
      {older !== null && (
        <p class="say" role="status" data-says="renewed">
          <Exact text={renewedWords(older.proposal, approval.proposal)} />
        </p>
      )}
      {hindrance !== null && <CannotRunCard hindrance={hindrance} shown={shown} />}
      <div class="split">
        <div>
          <Why {...shown} />
          <Command approval={approval} verb={cannotRun ? "Would run" : "Runs"} hasCondition />
          <WordsCard {...shown} />
          <SignaturesCard {...shown} />
          <AnswersCard shown={shown} canTake={tokens.take !== null} />
        </div>
        <div>
          <OwnCard what="What was done so far">
            <DoneBeforeCard shown={shown} />
          </OwnCard>
          <Fixed {...shown} />
          <RecordCard shown={shown} />
        </div>
      </div>
    </Layout>
  );
}

function Why(shown: ShownApproval) {
  const { approval, earlier, finding, frame, readers } = shown;
  const { askedBy, reason } = approval.proposal;
  const doubt = doubtOf({ finding, earlier, approval, readers, now: frame.now });
  return (
    <Card id="why" heading="Why" tone="no" isHeadingHidden>
      <p>
        <Happened {...shown} />
        {askedBy.kind !== "rule" && (
          <>
            <br />
            <Exact text={askerAsks(askedBy, approval.subject.hostName, readers)} />: <Exact text={reason} />
          </>
        )}
        {askedBy.kind === "rule" && doubt !== null && (
          <>
            <br />
            {doubt}
          </>
        )}
      </p>
      {isUnheard(hindranceOf(shown)) && <LastHeard {...shown} />}
      <Lines evidence={finding?.evidence ?? []} now={frame.now} />
    </Card>
  );
}

/** Of a host that does not speak nothing below is of now. */
function LastHeard({ approval, finding, frame }: ShownApproval) {
  const at = finding?.evidence.at(0)?.at ?? null;
  if (at === null) return null;
  return (
    <p class="small" data-says="last-heard">
      Last heard from <HostName name={approval.subject.hostName} /> about it, <Age at={at} now={frame.now} />:
    </p>
  );
}

function Happened({ approval, finding, frame, incident }: ShownApproval) {
  if (finding === null)
    return (
      <>
        <Exact text={incident.title} />.
      </>
    );
  if (finding.reason !== "check-failing")
    return (
      <>
        <Exact text={finding.title} />, first seen <Age at={finding.happenedAt} now={frame.now} />.
      </>
    );
  return (
    <>
      It <b>{happenedWords(approval)}</b>, first seen <Age at={finding.happenedAt} now={frame.now} />.
    </>
  );
}

function Lines({ evidence, now }: { readonly evidence: readonly Evidence[]; readonly now: number }) {
  const lines = repeatsOf(evidence).slice(0, LINES_MAX);
  if (lines.length === 0) return null;
  return (
    <ol class="log" aria-label="What was seen last">
      {lines.map(({ lastAt, text }) => (
        <li>
          <Clock at={lastAt} now={now} /> <Exact text={shortened(text)} />
        </li>
      ))}
    </ol>
  );
}

function shortened(text: string): string {
  const characters = Array.from(text);
  if (characters.length <= LINE_CHARS_MAX) return text;
  const begin = characters.slice(0, LINE_CHARS_MAX - LINE_END_CHARS - 1).join("");
  return `${begin}…${characters.slice(-LINE_END_CHARS).join("")}`;
}

function Fixed({ approval, finding, stabilityMs }: ShownApproval) {
  const isChecks = finding === null || finding.reason === "check-failing";
  const within = wholeSpanOf(approval.settleMs);
  return (
    <Card id="judge" heading="When it counts as fixed">
      <p>
        {isChecks ? `All its checks pass within ${within}` : `What is wrong is over within ${within}`}, and it
        stays well for {wholeSpanOf(stabilityMs)}. If not, people are paged again; it is not repeated by
        itself.
      </p>
      <p class="small soft" data-says="verification">
        <HostName name={approval.subject.hostName} /> looks at{" "}
        <Exact text={lookedAtWords(approval.proposal)} />.
      </p>
    </Card>
  );
}
