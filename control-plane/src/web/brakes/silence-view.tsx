// Silences and maintenance windows: which hold pages back now or later, and the form for one more. Pure.
import type { Silence } from "../../core/desk/records/silence.ts";
import { actorNameOf } from "../../core/words/actor.ts";
import { nameOf, type Subject, subjectKeyOf } from "../../core/words/subject.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { OwnCard } from "../frame/own-card.tsx";
import { Exact } from "../frame/parts.tsx";
import { Age } from "../frame/time.tsx";
import { WhyField } from "../frame/why-form.tsx";
import type { FoundScopes } from "./scope-lookup.ts";
import { ScopeSearch } from "./scope-search.tsx";

/** Thirty days: what is longer is a rule turned off. */
export const HOURS_MAX = 720;

const MEANING =
  "A silence holds pages back, and nothing else: what is wrong is detected, recorded and shown all the same. When it ends and the condition still holds, the page goes out.";

/** All silences, and the way to end each. */
export function SilencesView(props: {
  readonly frame: Frame;
  readonly silences: readonly {
    readonly silence: Silence;
    /** name of its host; null: any host */
    readonly host: string | null;
    readonly token: string;
  }[];
}) {
  const { frame, silences } = props;
  return (
    <Layout title="Silences" frame={frame} path="/silences">
      <h1>{silences.length === 0 ? "Nothing is silenced" : "Silences"}</h1>
      <p class="soft">{MEANING}</p>
      <p>
        <a class="btn plain" href="/silences/new">
          Silence something
        </a>
      </p>
      {silences.map(({ host, silence, token }) => (
        <OwnCard what={`Silence ${silence.silenceId}`}>
          <SilenceCard host={host} silence={silence} token={token} now={frame.now} />
        </OwnCard>
      ))}
    </Layout>
  );
}

/** Chooses whom the silence is for. */
export function SilenceScopeView(props: {
  readonly frame: Frame;
  readonly search: string;
  readonly result: FoundScopes;
}) {
  return (
    <Layout title="Silence something" frame={props.frame} path="/silences">
      <h1>Silence what?</h1>
      <p>
        <a href="/silences/new/fleet">A service or a reason on any host</a>
      </p>
      <ScopeSearch {...props} action="/silences/new" linkStart="/silences/new/" verb="Silence" />
    </Layout>
  );
}

/** The form of one silence. */
export function NewSilenceView(props: {
  readonly frame: Frame;
  readonly scope: Subject;
  readonly reasons: readonly string[];
  /** the one that is chosen at first; empty: any */
  readonly reason: string;
  /** on any host: the service that stands in the form at first; empty: any */
  readonly service: string;
  readonly token: string;
}) {
  const { reason, reasons, scope, service, token } = props;
  const isAnyHost = scope.kind === "fleet" && scope.shard === null;
  const name = isAnyHost ? "any host" : nameOf(scope);
  return (
    <Layout title={`Silence ${name}`} frame={props.frame} path="/silences">
      <h1>
        Silence <Exact text={name} />?
      </h1>
      <p class="soft">{MEANING}</p>
      <form method="post" action={`/silences/add/${encodeURIComponent(subjectKeyOf(scope))}`}>
        <input type="hidden" name="csrf" value={token} />
        {isAnyHost && (
          <label>
            Service (empty: any){" "}
            <input type="text" name="service" value={service} maxlength={64} autocomplete="off" />
          </label>
        )}
        <label>
          Reason{" "}
          <select name="reason">
            <option value="">any reason</option>
            {reasons.map((each) => (
              <option value={each} selected={each === reason}>
                {each}
              </option>
            ))}
          </select>
        </label>
        <label>
          For how many hours <input type="number" name="hours" value="1" min="1" max={HOURS_MAX} required />
        </label>
        <label>
          Beginning in how many minutes <input type="number" name="beginsIn" value="0" min="0" required />
        </label>
        <WhyField />
        <p>
          <button class="btn">Silence it</button>
        </p>
      </form>
    </Layout>
  );
}

function matcherText({ matcher }: Silence, host: string | null): string {
  const { subject } = matcher;
  const where =
    subject === undefined
      ? `${matcher.service ?? "everything"} on ${host ?? "any host"}`
      : `everything about ${nameOf(subject)}`;
  if (subject !== undefined && matcher.reason !== null) return `${matcher.reason} of ${nameOf(subject)}`;
  return matcher.reason === null ? where : `${matcher.reason} of ${where}`;
}

function SilenceCard(props: {
  readonly silence: Silence;
  readonly host: string | null;
  readonly token: string;
  readonly now: number;
}) {
  const { host, now, silence, token } = props;
  return (
    <article class="card">
      <h3>
        <Exact text={matcherText(silence, host)} />
      </h3>
      <p>
        <Exact text={silence.why} /> <span class="soft small">({actorNameOf(silence.by)})</span>
      </p>
      <p class="small">
        {silence.startsAt > now && (
          <>
            begins <Age at={silence.startsAt} now={now} />,{" "}
          </>
        )}
        ends <Age at={silence.endsAt} now={now} />
      </p>
      <form method="post" action={`/silences/end/${encodeURIComponent(silence.silenceId)}`}>
        <input type="hidden" name="csrf" value={token} />
        <button class="btn plain">End it now</button>
      </form>
    </article>
  );
}
