// Giving a yes in advance: choosing the service, composing, and the review whose form is the gesture. Pure; nothing is given before the gesture.
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { STANDING_USES_MAX, type StandingContent } from "@countersign/shared/wire/standing";
import { nameOf, type Subject, subjectKeyOf } from "../../core/words/subject.ts";
import type { FoundScopes } from "../brakes/scope-lookup.ts";
import { ScopeSearch } from "../brakes/scope-search.tsx";
import { Layout, type Frame } from "../frame/layout.tsx";
import { WhyField } from "../frame/why-form.tsx";
import { OnlyWho } from "../look/may.tsx";
import { Exact, ShortHash, Title } from "../look/parts.tsx";
import { Age, Clock } from "../look/time.tsx";
import { upperFirst } from "../look/upper-first.ts";
import { type OwnPasskeys, signingOptions } from "../signing/own-passkeys.ts";
import { PasskeyForm } from "../signing/passkey-form.tsx";
import { Meaning } from "./standing-meaning.tsx";
import { boundsText, HOURS_MAX, untilChoices } from "./until-when.ts";

/** As often as a night needs it, and no habit. */
const USES_USUAL = 3;

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

export interface ComposeStandingViewProps {
  readonly frame: Frame;
  readonly scope: Subject;
  readonly actions: readonly string[];
  /** what was proposed, where somebody comes from an incident; null: nothing is chosen yet */
  readonly action?: string | null;
  /** who may approve, by name; null, absent: the reader may */
  readonly whoMay?: readonly string[] | null;
}

/** Composes one; nothing is given yet. */
export function ComposeStandingView(props: ComposeStandingViewProps) {
  const { action = null, actions, frame, scope } = props;
  return (
    <Layout title="Yes in advance" frame={frame} path="/standing">
      <h1>
        Say yes in advance for <Title text={nameOf(scope)} />
      </h1>
      <section class="card narrow">
        {actions.length === 0 && (
          <p>Its host names no action that could run without asking, or is not connected.</p>
        )}
        {actions.length > 0 && action !== null && !actions.includes(action) && (
          <p data-says="always-asked">
            <Exact text={action} /> is always asked, by the host's own list. These may run without asking:
          </p>
        )}
        {actions.length > 0 && (
          <OnlyWho whoMay={props.whoMay ?? null} to="say yes in advance">
            <ComposeForm {...props} />
          </OnlyWho>
        )}
      </section>
      <Meaning />
      <p class="links">
        <a href="/standing">All that is said in advance</a>
      </p>
    </Layout>
  );
}

function ComposeForm({ action = null, actions, frame, scope }: ComposeStandingViewProps) {
  return (
    <form method="get" action={`/standing/review/${encodeURIComponent(subjectKeyOf(scope))}`}>
      <label>
        What may run{" "}
        <select name="action">
          {actions.map((each) => (
            <option value={each} selected={each === action}>
              {each}
            </option>
          ))}
        </select>
      </label>
      <label>
        How many times, 1 to {STANDING_USES_MAX}{" "}
        <input type="number" name="uses" value={USES_USUAL} min="1" max={STANDING_USES_MAX} required />
      </label>
      <label>
        Until when{" "}
        <select name="until">
          {untilChoices(frame).map(({ at, words }) => (
            <option value={at}>{words}</option>
          ))}
        </select>
      </label>
      <label>
        Or for how many hours <input type="number" name="hours" min="1" max={HOURS_MAX} />
      </label>
      <WhyField />
      <button class="btn plain full">
        Read it first
        <small>nothing is given yet</small>
      </button>
    </form>
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
  /** who may approve, by name; null, absent: the reader may */
  readonly whoMay?: readonly string[] | null;
}

/** Exactly what is given; the form is the gesture. */
export function ReviewStandingView(props: ReviewStandingViewProps) {
  const { content, frame, hash, hostName, text } = props;
  const subject = { kind: "service", hostId: content.hostId, hostName, service: content.service } as const;
  return (
    <Layout title="Yes in advance" frame={frame} path="/standing" bar={<GiveBar {...props} />}>
      <h1>
        <Exact text={upperFirst(content.action)} /> <Title text={nameOf(subject)} /> without asking?
      </h1>
      <p class="lead" data-says="bounds">
        {upperFirst(boundsText(content, frame))}.
      </p>
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
  const { whoMay = null } = props;
  return (
    <div class="bar" role="region" aria-label="Your answer">
      <div class="wrap">
        <OnlyWho whoMay={whoMay} to="say yes in advance" />
        {whoMay !== null ? null : own.kind === "ready" ? (
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
