// Yes in advance (in code: standing approvals): the list, choosing a service, composing, and the review whose form is the
// gesture. Pure.
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { STANDING_USES_MAX, type StandingContent } from "@countersign/shared/wire/standing";
import type { StandingApproval } from "../../core/desk/records/standing-approval.ts";
import { nameOf, type Subject, subjectKeyOf } from "../../core/words/subject.ts";
import type { FoundScopes } from "../brakes/scope-lookup.ts";
import { ScopeSearch } from "../brakes/scope-search.tsx";
import { HOURS_MAX } from "../brakes/silence-view.tsx";
import { type People, whoOf } from "../brakes/who.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { WhyField } from "../frame/why-form.tsx";
import { OwnCard } from "../look/own-card.tsx";
import { Exact, ShortHash } from "../look/parts.tsx";
import { State } from "../look/state.tsx";
import { Age, Clock } from "../look/time.tsx";
import { type OwnPasskeys, signingOptions } from "../passkeys/own-passkeys.ts";
import { PasskeyForm } from "../passkeys/passkey-form.tsx";

function Meaning() {
  return (
    <p class="soft small">
      One action of one service then runs without asking: so many times, until an instant. The host itself
      checks your signature and counts the runs, by its own list and its own limit; a freeze still holds it,
      and each run is recorded in the name of who gave it. What changes a configuration is always asked.
    </p>
  );
}

/** A yes in advance with the token of the form that takes it back. */
export interface ShownStanding {
  readonly standing: StandingApproval;
  readonly token: string;
}

/** All that are given, the newest first and those that are used up last, and the way to take each back. */
export function StandingView(props: {
  readonly frame: Frame;
  readonly people: People;
  readonly all: readonly ShownStanding[];
}) {
  const { frame, people } = props;
  const all = props.all.toSorted(
    (left, right) =>
      Number(isUsedUp(left.standing)) - Number(isUsedUp(right.standing)) ||
      right.standing.givenAt - left.standing.givenAt,
  );
  const count = all.filter(({ standing }) => !isUsedUp(standing)).length;
  return (
    <Layout title="Yes in advance" frame={frame} path="/standing">
      <h1>{titleOf(count)}</h1>
      {all.length === 0 && (
        <p class="lead">
          When you know that you would say yes to the same restart tonight, say it now, for so many times and
          so long.
        </p>
      )}
      {all.map((each) => (
        <OwnCard what={`Yes in advance ${each.standing.standingId}`}>
          <StandingCard {...each} people={people} now={frame.now} />
        </OwnCard>
      ))}
      <p>
        <a class="btn plain" href="/standing/new">
          Say yes in advance …
        </a>
      </p>
      <Meaning />
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
    <Layout title="Yes in advance" frame={props.frame} path="/standing">
      <h1>Yes in advance for which service?</h1>
      <section class="card narrow">
        <ScopeSearch {...props} action="/standing/new" linkStart="/standing/new/" verb="For" />
      </section>
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
    <Layout title="Yes in advance" frame={frame} path="/standing">
      <h1>
        Say yes in advance for <Exact text={nameOf(scope)} />
      </h1>
      <section class="card narrow">
        <Meaning />
        {actions.length === 0 ? (
          <p>Its host names no action that could run without asking, or is not connected.</p>
        ) : (
          <form method="get" action={`/standing/review/${encodeURIComponent(subjectKeyOf(scope))}`}>
            <label>
              What may run{" "}
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
              For how many hours{" "}
              <input type="number" name="hours" value="24" min="1" max={HOURS_MAX} required />
            </label>
            <WhyField />
            <button class="btn plain full">
              Read it first
              <small>nothing is given yet</small>
            </button>
          </form>
        )}
      </section>
    </Layout>
  );
}

export interface ReviewStandingViewProps {
  readonly frame: Frame;
  readonly content: StandingContent;
  readonly hostName: string;
  readonly text: string;
  readonly hash: string;
  readonly token: string;
  /** the giver's passkeys */
  readonly own: OwnPasskeys;
  /** of the view itself, to be opened where passkeys work */
  readonly path: string;
}

/** Exactly what is given; the form is the gesture. */
export function ReviewStandingView(props: ReviewStandingViewProps) {
  const { content, frame, hash, hostName, text } = props;
  const subject = { kind: "service", hostId: content.hostId, hostName, service: content.service } as const;
  return (
    <Layout title="Yes in advance" frame={frame} path="/standing" bar={<GiveBar {...props} />}>
      <h1>
        Let {content.action} run for <Exact text={nameOf(subject)} /> without asking, at most{" "}
        {timesText(content.usesMax)}?
      </h1>
      <section class="card narrow">
        <dl class="facts">
          <dt>Ends</dt>
          <dd>
            <Age at={content.untilAt} now={frame.now} />, at <Clock at={content.untilAt} now={frame.now} />
          </dd>
          <dt>Why</dt>
          <dd>
            <Exact text={content.why} />
          </dd>
          <dt>In whose name</dt>
          <dd>
            <Exact text={frame.name} />, who signs it by passkey
          </dd>
        </dl>
        <Meaning />
      </section>
      <details>
        <summary>The text that is signed, word for word</summary>
        <pre class="mono" tabindex={0}>
          {text}
        </pre>
        <p class="small soft">
          SHA-256 <ShortHash hash={hash} />
        </p>
      </details>
    </Layout>
  );
}

function GiveBar(props: ReviewStandingViewProps) {
  const { hash, hostName, own, path, text, token } = props;
  return (
    <div class="bar" role="region" aria-label="Your answer">
      <div class="wrap">
        {own.kind === "ready" ? (
          <PasskeyForm
            action="/standing/give"
            kind="get"
            token={token}
            options={signingOptions("standing", encodeUtf8(text), own)}
            says="Say yes in advance"
            ready="your passkey signs this text"
            looks={{ form: "two", button: "btn yes" }}
          >
            <input type="hidden" name="proposalHash" value={hash} />
            <input type="hidden" name="hostName" value={hostName} />
            <input type="hidden" name="content" value={text} />
            <p class="small soft">Anybody who is on call here can take it back at any time.</p>
            <a class="btn plain" href="/standing">
              No, leave it
            </a>
          </PasskeyForm>
        ) : (
          <div class="two">
            <p class="small" data-says="cannot-sign">
              {CANNOT_GIVE[own.kind]}
            </p>
            <a class="btn plain" href="/standing">
              Leave it
            </a>
            <a class="btn plain" href={wayOf(own, path)}>
              {own.kind === "no-trust" ? "Create your passkey" : "See why"}
            </a>
          </div>
        )}
      </div>
    </div>
  );
}

const CANNOT_GIVE = {
  "no-trust": "A yes in advance is signed by passkey, and nobody has one yet.",
  "no-passkey": "A yes in advance is signed by passkey, and none of yours is in the list of who may approve.",
  elsewhere: "A yes in advance is signed by passkey, and passkeys do not work at this address.",
} as const;

function wayOf(own: Exclude<OwnPasskeys, { readonly kind: "ready" }>, path: string): string {
  return own.kind === "elsewhere" && own.where.kind === "elsewhere"
    ? `${own.where.origin}${path}`
    : "/passkey";
}

function StandingCard(props: ShownStanding & { readonly people: People; readonly now: number }) {
  const { now, people, standing, token } = props;
  const { action, by, givenAt, signed, subject, untilAt, usesCount, usesMax, why } = standing;
  return (
    <article class="card">
      <div class="row">
        <h2>
          {action} <Exact text={nameOf(subject)} />
        </h2>
        <State kind={isUsedUp(standing) ? "done" : "taken"}>
          {isUsedUp(standing) ? "used up" : `${usesMax - usesCount} of ${usesMax} left`}
        </State>
      </div>
      <p class="small">
        <Exact text={`${whoOf(by, people)} said yes by ${signed.credentialName}`} />,{" "}
        <Age at={givenAt} now={now} />
        {why.trim() === "" ? (
          ""
        ) : (
          <>
            : “<Exact text={why} />”
          </>
        )}
      </p>
      <p class="small soft">
        {isUsedUp(standing) ? "From now on it is asked again. " : ""}Ends <Age at={untilAt} now={now} />, at{" "}
        <Clock at={untilAt} now={now} />. Signed text <ShortHash hash={signed.hash} />
      </p>
      <form method="post" action={`/standing/revoke/${encodeURIComponent(standing.standingId)}`}>
        <input type="hidden" name="csrf" value={token} />
        <button class="btn plain">
          {isUsedUp(standing) ? "Take it away" : "Take it back"}
          <small>
            {isUsedUp(standing) ? "else it goes by itself at its end" : "from then on it is asked each time"}
          </small>
        </button>
      </form>
    </article>
  );
}

function isUsedUp({ usesCount, usesMax }: StandingApproval): boolean {
  return usesCount >= usesMax;
}

function titleOf(count: number): string {
  if (count === 0) return "Nothing runs by a yes in advance";
  return count === 1
    ? "1 action may run by a yes in advance"
    : `${count} actions may run by a yes in advance`;
}

function timesText(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
