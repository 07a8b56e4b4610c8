// A no with a reason, on a view of its own: the question's view has no field, so that it can be fetched anew. Pure.
import { Layout } from "../../frame/layout.tsx";
import { WhyField } from "../../frame/why-form.tsx";
import { wholeSpanOf } from "../../look/place-time.ts";
import { askOf } from "../act-words.ts";
import { Command, HostName } from "../approval-parts.tsx";
import type { ShownApproval } from "../shown-approval.ts";

/** Why not, if they like. */
export function DenyView({ shown, token }: { readonly shown: ShownApproval; readonly token: string }) {
  const { approval, frame, incident, takenForMs } = shown;
  const { approvalId, proposal, subject } = approval;
  const at = `/approvals/${encodeURIComponent(approvalId)}`;
  return (
    <Layout title={`Do not ${askOf(proposal)} on ${subject.hostName}`} frame={frame}>
      <h1>
        Do not {askOf(proposal)} on <HostName name={subject.hostName} />
      </h1>
      <section class="card" aria-label="Your no">
        <p>
          Nothing runs. It is not asked again while this trouble goes on, unless you ask.
          {incident.state === "open" && ` Pages wait for ${wholeSpanOf(takenForMs)}, then they go on.`}
        </p>
        <form method="post" action={`${at}/deny`}>
          <input type="hidden" name="csrf" value={token} />
          <input type="hidden" name="proposalHash" value={approval.proposalHash} />
          <WhyField isOptional />
          <button class="btn">Deny</button>
        </form>
        <p class="links">
          <a href={at}>Back to the question</a>
        </p>
      </section>
      <Command approval={approval} verb="Does not run" />
    </Layout>
  );
}
