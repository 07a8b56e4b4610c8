// The view of one approval, by how it stands: it waits, it runs, it helped, it failed, or nothing came of it. Pure.
import type { Approval } from "../../core/desk/records/approval.ts";
import type { AnswerTokens } from "./approval-bar.tsx";
import { isOpen } from "./approval-parts.tsx";
import { ClosedView } from "./closed-view.tsx";
import { FailedView, VerifiedView } from "./over-views.tsx";
import { RunningView } from "./running-view.tsx";
import type { ShownApproval } from "./shown-approval.ts";
import { WaitingView } from "./waiting/waiting-view.tsx";
import type { PagingNow } from "./who-is-paged.tsx";

/** As it stands now; an old link shows how it ended. */
export function ApprovalView(props: {
  readonly shown: ShownApproval;
  readonly tokens: AnswerTokens;
  /** null: it was not asked */
  readonly paging: PagingNow | null;
}) {
  const { paging, shown, tokens } = props;
  if (isOpen(shown)) return <WaitingView shown={shown} tokens={tokens} paging={paging} />;
  const { state } = shown.approval satisfies Approval;
  switch (state) {
    case "approved":
    case "executing":
      return <RunningView shown={shown} />;
    case "verified":
      return <VerifiedView shown={shown} paging={paging} />;
    case "failed":
      return <FailedView shown={shown} paging={paging} />;
    case "denied":
    case "superseded":
    case "requested":
    case "delivered":
    case "seen":
    case "expired":
      return <ClosedView shown={shown} paging={paging} />;
  }
}
