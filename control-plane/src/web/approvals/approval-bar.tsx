// The two answers to an approval, at the thumb. Pure.
import type { Child } from "hono/jsx";
import { formatDuration } from "@countersign/shared/values/duration";
import type { Approval } from "../../core/desk/records/approval.ts";
import { Exact } from "../frame/parts.tsx";
import { WhyField } from "../frame/why-form.tsx";

/** Yes, or no with a reason for those who like to give one. */
export function ActBar(props: {
  readonly approval: Approval;
  readonly grantValidMs: number;
  readonly tokens: { readonly approve: string; readonly deny: string };
}) {
  const { approval, grantValidMs, tokens } = props;
  const { proposal, subject, approvalId } = approval;
  return (
    <div class="bar" role="region" aria-label="Your answer">
      <div class="wrap">
        <p class="small soft" id="meaning">
          Approve lets <Exact text={subject.hostName} /> run exactly this, once, within{" "}
          {formatDuration(grantValidMs)}. Deny runs nothing.
        </p>
        <div class="two">
          <AnswerForm
            path={`/approvals/${approvalId}/deny`}
            token={tokens.deny}
            hash={approval.proposalHash}
            word="Deny"
          >
            <details class="small">
              <summary>Say why not</summary>
              <WhyField isOptional />
            </details>
          </AnswerForm>
          <AnswerForm
            path={`/approvals/${approvalId}/approve`}
            token={tokens.approve}
            hash={approval.proposalHash}
            word={`Approve ${proposal.action}`}
            isMain
          />
        </div>
      </div>
    </div>
  );
}

function AnswerForm(props: {
  readonly path: string;
  readonly token: string;
  readonly hash: string;
  readonly word: string;
  readonly isMain?: boolean;
  /** further fields */
  readonly children?: Child;
}) {
  return (
    <form method="post" action={props.path}>
      <input type="hidden" name="csrf" value={props.token} />
      <input type="hidden" name="proposalHash" value={props.hash} />
      {props.children}
      <button class={props.isMain === true ? "btn yes" : "btn plain"} aria-describedby="meaning">
        {props.word}
      </button>
    </form>
  );
}
