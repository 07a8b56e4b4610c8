// The answers to a question, at the thumb: no, I take it, and last of all yes. Each says what comes of it. Pure.
import type { Child } from "hono/jsx";
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

/** Yes comes last, and is filled only where it would run. */
export function AnswerBar({
  shown,
  tokens,
}: {
  readonly shown: ShownApproval;
  readonly tokens: AnswerTokens;
}) {
  const { approval, frame, grantValidMs, incident, signing, takenForMs } = shown;
  const { approvalId, proposalHash } = approval;
  const at = `/approvals/${encodeURIComponent(approvalId)}`;
  const hindrance = hindranceOf(shown);
  const within = wholeSpanOf(grantValidMs);
  // As one word: a number stands with its unit.
  const held = spanOf(takenForMs).replace(" ", "\u00A0");
  const noun = nounOf(approval.proposal);
  const ready = hindrance === null ? `runs once, within ${within} of your yes` : yesWords(hindrance, within);
  const isTaken = incident.acknowledgedBy?.responder === frame.signIn.responder;
  return (
    <section class="bar" aria-label="Your answer">
      <div class="wrap two">
        <AnswerForm path={`${at}/deny`} token={tokens.deny} hash={proposalHash}>
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
        {signing === null ? (
          <AnswerForm path={`${at}/approve`} token={tokens.approve} hash={proposalHash} isYes>
            <button class={hindrance === null ? "btn" : "btn plain"} aria-describedby={ANSWER_IDS.yes}>
              <span>{`Approve ${noun}`}</span>
              <small>{ready}</small>
            </button>
          </AnswerForm>
        ) : (
          <YesByPasskey
            {...{ approval, signing, ready }}
            nameOf={nameFor(shown.readers)}
            token={tokens.approve}
            isPlain={hindrance !== null}
          />
        )}
      </div>
    </section>
  );
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
