// The answers to a question, at the thumb: no, I take it, and last of all yes. Each says what comes of it; one that its reader may not give, by
// the rules, is not there, and who may stands in its place. Pure.
import type { Child } from "hono/jsx";
import { listText } from "@countersign/shared/values/list-text";
import { Exact } from "../look/parts.tsx";
import { spanOf, wholeSpanOf } from "../look/place-time.ts";
import { nounOf } from "./act-words.ts";
import { hindranceOf, yesWords } from "./cannot-run.tsx";
import type { ShownApproval } from "./shown-approval.ts";
import { YesByPasskey } from "./signing/yes-by-passkey.tsx";
import { ANSWER_IDS } from "./waiting/answers-card.tsx";
import { nameFor } from "./who.ts";

/** The forms' tokens, each good for its one act; `take`: null where nobody can take the incident any more. */
export interface AnswerTokens {
  readonly approve: string;
  readonly deny: string;
  readonly take: string | null;
}

interface Answering {
  readonly shown: ShownApproval;
  readonly tokens: AnswerTokens;
}

/** Yes comes last, and is filled only where it would run. */
export function AnswerBar({ shown, tokens }: Answering) {
  const { roles } = shown.frame;
  return (
    <section class="bar" aria-label="Your answer">
      <div class="wrap two">
        {roles.includes("answer") && <NoAndMine shown={shown} tokens={tokens} />}
        <Yes shown={shown} token={tokens.approve} />
      </div>
    </section>
  );
}

function NoAndMine({ shown, tokens }: Answering) {
  const { approval, frame, incident, takenForMs } = shown;
  // As one word: a number stands with its unit.
  const held = spanOf(takenForMs).replace(" ", "\u00A0");
  const isTaken = incident.acknowledgedBy?.responder === frame.signIn.responder;
  return (
    <>
      <AnswerForm path={`${pathOf(shown)}/deny`} token={tokens.deny} hash={approval.proposalHash}>
        <button class="btn plain" aria-describedby={ANSWER_IDS.no}>
          <span>Deny</span>
          <small>{incident.state === "open" ? `ends it; pages wait ${held}` : "ends the question"}</small>
        </button>
      </AnswerForm>
      {tokens.take !== null && (
        <AnswerForm
          path={`/incidents/${encodeURIComponent(incident.incidentId)}/acknowledge`}
          token={tokens.take}
        >
          <button class="btn plain" aria-describedby={ANSWER_IDS.mine}>
            <span>{isTaken ? "Keep it" : "I take it"}</span>
            <small>stays open; no pages for {held}</small>
          </button>
        </AnswerForm>
      )}
    </>
  );
}

function Yes({ shown, token }: { readonly shown: ShownApproval; readonly token: string }) {
  const { approval, frame, grantValidMs, readers, signing } = shown;
  const { isProtected, service } = approval.proposal;
  const hindrance = hindranceOf(shown);
  const within = wholeSpanOf(grantValidMs);
  const ready = hindrance === null ? `runs once, within ${within} of your yes` : yesWords(hindrance, within);
  const look = hindrance === null ? "btn" : "btn plain";
  if (!frame.roles.includes("approve")) return <OthersMay {...shown} />;
  if (isProtected === true && (signing === null || signing.own.kind === "ready"))
    return (
      <div class="yes">
        <a class={look} href={`${pathOf(shown)}/confirm`} aria-describedby={ANSWER_IDS.yes}>
          <span>{`Approve ${nounOf(approval.proposal)} …`}</span>
          <small>
            you type “<Exact text={service} />” first: it is protected
          </small>
        </a>
      </div>
    );
  if (signing !== null)
    return (
      <YesByPasskey
        {...{ approval, signing, ready, token }}
        nameOf={nameFor(readers)}
        isPlain={hindrance !== null}
      />
    );
  return (
    <AnswerForm path={`${pathOf(shown)}/approve`} token={token} hash={approval.proposalHash} isYes>
      <button class={look} aria-describedby={ANSWER_IDS.yes}>
        <span>{`Approve ${nounOf(approval.proposal)}`}</span>
        <small>{ready}</small>
      </button>
    </AnswerForm>
  );
}

/** By the rules its reader says no yes. */
function OthersMay({ frame, mayApprove, readers, signing }: ShownApproval) {
  const able = signing === null ? mayApprove : signing.others;
  const others = able.filter((person) => person !== frame.signIn.responder).map(nameFor(readers));
  return (
    <p class="small" data-says="not-yours">
      <b>The rules do not let you approve this.</b>{" "}
      <Exact text={others.length === 0 ? "Nobody else can yet." : `${listText(others, "or")} can.`} />
    </p>
  );
}

function pathOf({ approval }: ShownApproval): string {
  return `/approvals/${encodeURIComponent(approval.approvalId)}`;
}

function AnswerForm(props: {
  readonly path: string;
  readonly token: string;
  /** of what is answered; absent: the act is about no proposal */
  readonly hash?: string;
  readonly isYes?: boolean;
  readonly children?: Child;
}) {
  const { children, hash, isYes = false, path, token } = props;
  return (
    <form method="post" action={path} class={isYes ? "yes" : undefined}>
      <input type="hidden" name="csrf" value={token} />
      {hash !== undefined && <input type="hidden" name="proposalHash" value={hash} />}
      {children}
    </form>
  );
}

/** Under what is over: nothing runs by itself; asking again is a view of its own. */
export function AgainBar(props: {
  readonly words: string;
  readonly incidentPath: string;
  /** null: nothing is open that could be asked about */
  readonly askPath: string | null;
  /** it is the thing to do now */
  readonly isNext?: boolean;
}) {
  const { askPath, incidentPath, isNext = false, words } = props;
  return (
    <section class="bar" aria-label="What you can do">
      <div class="wrap two">
        <p class="small soft">{words}</p>
        <a class="btn plain" href={incidentPath}>
          The incident
        </a>
        {askPath !== null && (
          <a class={isNext ? "btn" : "btn plain"} href={askPath}>
            <span>Ask again</span>
            <small>nothing runs by asking</small>
          </a>
        )}
      </div>
    </section>
  );
}
