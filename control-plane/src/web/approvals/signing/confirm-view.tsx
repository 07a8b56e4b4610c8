// The yes to a service that its host protects, on a view of its own: its name is typed, and then it is signed as any other. The question's view has
// no field, so that it can be fetched anew. Pure. What a reader would get wrong: that the field is not empty is asked for here; that it holds the
// name is looked at by the desk.
import type { Child } from "hono/jsx";
import { Layout } from "../../frame/layout.tsx";
import { Exact } from "../../look/parts.tsx";
import { wholeSpanOf } from "../../look/place-time.ts";
import { Age } from "../../look/time.tsx";
import { askOf, nounOf } from "../act-words.ts";
import { Command, Head, HostName } from "../approval-parts.tsx";
import { CannotRunCard, hindranceOf, yesWords } from "../cannot-run.tsx";
import type { ShownApproval } from "../shown-approval.ts";
import { nameFor } from "../who.ts";
import { SignaturesCard } from "./signatures-card.tsx";
import { YesByPasskey } from "./yes-by-passkey.tsx";

/** Type its name, then say yes. */
export function ConfirmView({ shown, token }: { readonly shown: ShownApproval; readonly token: string }) {
  const { approval, frame, grantValidMs, readers, signing } = shown;
  const { proposal, proposalHash, subject } = approval;
  const at = `/approvals/${encodeURIComponent(approval.approvalId)}`;
  const hindrance = hindranceOf(shown);
  const within = wholeSpanOf(grantValidMs);
  const ready = hindrance === null ? `runs once, within ${within} of your yes` : yesWords(hindrance, within);
  return (
    <Layout title={`Approve to ${askOf(proposal)} on ${subject.hostName}`} frame={frame}>
      <Head shown={shown}>
        question ends <Age at={approval.expiresAt} now={frame.now} />
      </Head>
      {hindrance !== null && <CannotRunCard hindrance={hindrance} shown={shown} />}
      <Command approval={approval} verb="Runs" hasCondition />
      <SignaturesCard {...shown} />
      <section class="card" aria-label="Your yes">
        <p>
          <HostName name={subject.hostName} /> protects{" "}
          <b>
            <Exact text={proposal.service} />
          </b>
          : nobody says yes to it in passing, and nothing of it runs by a yes in advance.
        </p>
        {signing === null ? (
          <form method="post" action={`${at}/approve`} class="yes">
            <input type="hidden" name="csrf" value={token} />
            <input type="hidden" name="proposalHash" value={proposalHash} />
            <NameField service={proposal.service} />
            <button class={hindrance === null ? "btn" : "btn plain"}>
              <span>{`Approve ${nounOf(proposal)}`}</span>
              <small>{ready}</small>
            </button>
          </form>
        ) : (
          <YesByPasskey
            {...{ approval, signing, token, ready }}
            nameOf={nameFor(readers)}
            isPlain={hindrance !== null}
          >
            <NameField service={proposal.service} />
          </YesByPasskey>
        )}
        <p class="links">
          <a href={at}>Back to the question</a>
        </p>
      </section>
    </Layout>
  );
}

function NameField({ service }: { readonly service: string }): Child {
  return (
    <label>
      Type “<Exact text={service} />”{" "}
      <input
        name="typed"
        required
        autocomplete="off"
        autocapitalize="none"
        autocorrect="off"
        spellcheck={false}
        maxlength={200}
      />
    </label>
  );
}
