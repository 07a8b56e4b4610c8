// Standing approvals: a person's yes in advance. The list, choosing a service, composing, and the review whose form is the gesture. Pure.
import type { StandingContent } from "@countersign/shared/wire/standing";
import { STANDING_USES_MAX } from "../../core/desk/acts/give-standing.ts";
import type { StandingApproval } from "../../core/desk/records/standing-approval.ts";
import { actorNameOf } from "../../core/words/actor.ts";
import { nameOf, type Subject, subjectKeyOf } from "../../core/words/subject.ts";
import type { FoundScopes } from "../brakes/scope-lookup.ts";
import { ScopeSearch } from "../brakes/scope-search.tsx";
import { HOURS_MAX } from "../brakes/silence-view.tsx";
import { Layout, type Frame } from "../frame/layout.tsx";
import { OwnCard } from "../frame/own-card.tsx";
import { Exact, ShortHash } from "../frame/parts.tsx";
import { Age } from "../frame/time.tsx";
import { WhyField } from "../frame/why-form.tsx";

const MEANING =
  "With a standing approval one action of one service runs without asking you each time: so many times, until an instant. The host still checks every act by its own catalogue and budget, a freeze still holds it, and each use is recorded in your name. Level 5 is never covered.";

/** All that are given, and the way to take each back. */
export function StandingView(props: {
  readonly frame: Frame;
  readonly all: readonly { readonly standing: StandingApproval; readonly token: string }[];
}) {
  const { all, frame } = props;
  return (
    <Layout title="Standing approvals" frame={frame} path="/standing">
      <h1>{all.length === 0 ? "No standing approval" : "Standing approvals"}</h1>
      <p class="soft">{MEANING}</p>
      <p>
        <a class="btn plain" href="/standing/new">
          Give one
        </a>
      </p>
      {all.map(({ standing, token }) => (
        <OwnCard what={`Standing approval ${standing.standingId}`}>
          <StandingCard standing={standing} token={token} now={frame.now} />
        </OwnCard>
      ))}
    </Layout>
  );
}

/** Chooses the service. */
export function StandingScopeView(props: {
  readonly frame: Frame;
  readonly search: string;
  readonly result: FoundScopes;
}) {
  return (
    <Layout title="Standing approval" frame={props.frame} path="/standing">
      <h1>A standing approval for which service?</h1>
      <ScopeSearch {...props} action="/standing/new" linkStart="/standing/new/" verb="For" />
    </Layout>
  );
}

/** Composes one; nothing is given yet. */
export function ComposeStandingView(props: {
  readonly frame: Frame;
  readonly scope: Subject;
  readonly actions: readonly string[];
}) {
  const { actions, frame, scope } = props;
  return (
    <Layout title="Standing approval" frame={frame} path="/standing">
      <h1>
        Approve in advance for <Exact text={nameOf(scope)} />
      </h1>
      <p class="soft">{MEANING}</p>
      <form method="get" action={`/standing/review/${encodeURIComponent(subjectKeyOf(scope))}`}>
        <label>
          Action{" "}
          <select name="action">
            {actions.map((action) => (
              <option value={action}>{action}</option>
            ))}
          </select>
        </label>
        <label>
          How many times{" "}
          <input type="number" name="uses" value="1" min="1" max={STANDING_USES_MAX} required />
        </label>
        <label>
          For how many hours <input type="number" name="hours" value="24" min="1" max={HOURS_MAX} required />
        </label>
        <WhyField />
        <p>
          <button class="btn plain">Read it before you give it</button>
        </p>
      </form>
    </Layout>
  );
}

/** Exactly what is given; the form is the gesture. */
export function ReviewStandingView(props: {
  readonly frame: Frame;
  readonly content: StandingContent;
  readonly hostName: string;
  readonly text: string;
  readonly hash: string;
  readonly token: string;
}) {
  const { content, frame, hash, hostName, text, token } = props;
  const subject = { kind: "service", hostId: content.hostId, hostName, service: content.service } as const;
  return (
    <Layout
      title="Standing approval"
      frame={frame}
      path="/standing"
      bar={<GiveBar {...{ hash, hostName, text, token }} />}
    >
      <h1>
        Let {content.action} run for <Exact text={nameOf(subject)} />, at most {content.usesMax}×?
      </h1>
      <dl class="facts">
        <dt>Ends</dt>
        <dd>
          <Age at={content.untilAt} now={frame.now} />
        </dd>
        <dt>Why</dt>
        <dd>
          <Exact text={content.why} />
        </dd>
        <dt>In whose name</dt>
        <dd>
          {content.givenBy}, on {frame.signIn.deviceName}
        </dd>
        <dt>Text</dt>
        <dd>
          <ShortHash hash={hash} />
        </dd>
      </dl>
      <h2>The text that is signed, word for word</h2>
      <pre class="mono" tabindex={0}>
        {text}
      </pre>
      <p class="soft">{MEANING}</p>
    </Layout>
  );
}

function GiveBar(props: {
  readonly hash: string;
  readonly hostName: string;
  readonly text: string;
  readonly token: string;
}) {
  return (
    <div class="bar" role="region" aria-label="Your answer">
      <div class="wrap">
        <p class="small soft" id="meaning">
          Nothing is given until you tap. You or any other responder can take it back at any time.
        </p>
        <form method="post" action="/standing/give">
          <input type="hidden" name="csrf" value={props.token} />
          <input type="hidden" name="proposalHash" value={props.hash} />
          <input type="hidden" name="hostName" value={props.hostName} />
          <input type="hidden" name="content" value={props.text} />
          <button aria-describedby="meaning">Give this standing approval</button>
        </form>
      </div>
    </div>
  );
}

function StandingCard(props: {
  readonly standing: StandingApproval;
  readonly token: string;
  readonly now: number;
}) {
  const { now, standing, token } = props;
  return (
    <article class="card">
      <h3>
        {standing.action} <Exact text={nameOf(standing.subject)} />
      </h3>
      <p>
        <Exact text={standing.why} /> <span class="soft small">({actorNameOf(standing.by)})</span>
      </p>
      <p class="small">
        used {standing.usesCount} of {standing.usesMax} times, ends <Age at={standing.untilAt} now={now} />
      </p>
      <p class="small soft">
        signed text <ShortHash hash={standing.seal.hash} />
      </p>
      <form method="post" action={`/standing/revoke/${encodeURIComponent(standing.standingId)}`}>
        <input type="hidden" name="csrf" value={token} />
        <button class="btn plain">Take it back</button>
      </form>
    </article>
  );
}
