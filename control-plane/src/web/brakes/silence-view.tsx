// Silences and planned work: which hold pages back now or later, and the form for one more. Pure.
import type { Silence } from "../../core/desk/records/silence.ts";
import { nameOf, type Subject, subjectKeyOf } from "../../core/words/subject.ts";
import { reasonTitleOf } from "../../policy/reason-titles.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { WhyField } from "../frame/why-form.tsx";
import { May, OnlyWho } from "../look/may.tsx";
import { OwnCard } from "../look/own-card.tsx";
import { Title } from "../look/parts.tsx";
import { clockIn, wholeSpanOf } from "../look/place-time.ts";
import { SilenceLine } from "./brake-lines.tsx";
import type { FoundScopes } from "./scope-lookup.ts";
import { ScopeSearch } from "./scope-search.tsx";
import type { People } from "./who.ts";

/** Thirty days: what is longer is a rule turned off. */
export const HOURS_MAX = 720;

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** So long it may be silent, and so far ahead it may begin, as the form offers it. */
const HOURS = [1, 2, 3, 4, 6, 8, 12, 24, 48, 72, 168, 336, HOURS_MAX];
const MINUTES_AHEAD = [5, 15, 30, 60, 120, 240, 480, 720, 1_440, 2_880];

/** A silence with what its line needs. */
export interface ShownSilence {
  readonly silence: Silence;
  /** name of its host; null: any host */
  readonly host: string | null;
  readonly token: string;
}

function Meaning() {
  return (
    <p class="soft small">
      A silence holds pages back, and nothing else: what is wrong is seen, recorded and shown all the same.
      What is still wrong when it ends pages then.
    </p>
  );
}

/** All silences: what is silenced now, what ends first on top, then what begins later. */
export function SilencesView(props: {
  readonly frame: Frame;
  readonly people: People;
  readonly silences: readonly ShownSilence[];
}) {
  const { frame, people, silences } = props;
  const { now } = frame;
  const holding = silences
    .filter(({ silence }) => silence.startsAt <= now)
    .toSorted((left, right) => left.silence.endsAt - right.silence.endsAt);
  const later = silences
    .filter(({ silence }) => silence.startsAt > now)
    .toSorted((left, right) => left.silence.startsAt - right.silence.startsAt);
  return (
    <Layout title="Silences" frame={frame} path="/silences">
      <h1>{titleOf(holding.length)}</h1>
      {silences.length === 0 && (
        <p class="lead">
          Before you work on something, silence it for as long: nobody is woken by what you expect.
        </p>
      )}
      <Cards shown={holding} people={people} now={now} />
      {later.length > 0 && <h2>Later</h2>}
      <Cards shown={later} people={people} now={now} />
      <May needs="answer">
        <p>
          <a class="btn plain" href="/silences/new">
            Silence something …
          </a>
        </p>
      </May>
      <Meaning />
    </Layout>
  );
}

function Cards(props: {
  readonly shown: readonly ShownSilence[];
  readonly people: People;
  readonly now: number;
}) {
  const { now, people, shown } = props;
  return (
    <>
      {shown.map((each) => (
        <OwnCard what={`Silence ${each.silence.silenceId}`}>
          <SilenceCard {...each} people={people} now={now} />
        </OwnCard>
      ))}
    </>
  );
}

function SilenceCard(props: Parameters<typeof SilenceLine>[0]) {
  return (
    <article class="card">
      <SilenceLine {...props} />
    </article>
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
      <section class="card narrow">
        <ScopeSearch {...props} action="/silences/new" linkStart="/silences/new/" verb="Silence" />
      </section>
      <p class="links">
        <a href="/silences/new/fleet">A service, or one kind of trouble, on any host</a>
        <a href="/silences">All silences</a>
      </p>
    </Layout>
  );
}

export interface NewSilenceViewProps {
  readonly frame: Frame;
  readonly scope: Subject;
  readonly reasons: readonly string[];
  /** the one that is chosen at first; empty: any */
  readonly reason: string;
  /** on any host: the service that stands in the form at first; empty: any */
  readonly service: string;
  readonly token: string;
  /** who may, by name; null, absent: the reader may */
  readonly whoMay?: readonly string[] | null;
}

/** The form of one silence. */
export function NewSilenceView(props: NewSilenceViewProps) {
  const { frame, scope, token } = props;
  const isAnyHost = scope.kind === "fleet" && scope.shard === null;
  const name = isAnyHost ? "something on any host" : nameOf(scope);
  return (
    <Layout title={`Silence ${name}`} frame={frame} path="/silences">
      <h1>
        Silence <Title text={name} />?
      </h1>
      <section class="card narrow">
        <Meaning />
        <OnlyWho whoMay={props.whoMay ?? null} to="silence it">
          <form method="post" action={`/silences/add/${encodeURIComponent(subjectKeyOf(scope))}`}>
            <input type="hidden" name="csrf" value={token} />
            <Fields {...props} isAnyHost={isAnyHost} />
            <WhyField />
            <button class="btn full">
              Silence it
              <small>
                nobody is paged for it until the end that you choose; what is still wrong pages then
              </small>
            </button>
          </form>
        </OnlyWho>
      </section>
      <p class="links">
        <a href="/silences">All silences</a>
      </p>
    </Layout>
  );
}

function Fields(props: NewSilenceViewProps & { readonly isAnyHost: boolean }) {
  const { frame, isAnyHost, reason, reasons, service } = props;
  const titled = reasons
    .map((each) => ({ reason: each, title: reasonTitleOf(each) }))
    .toSorted((left, right) => left.title.localeCompare(right.title));
  return (
    <>
      {isAnyHost && (
        <label>
          Service; empty: any, and then say which trouble below{" "}
          <input type="text" name="service" value={service} maxlength={64} autocomplete="off" />
        </label>
      )}
      <label>
        Which trouble{" "}
        <select name="reason">
          <option value="">any</option>
          {titled.map((each) => (
            <option value={each.reason} selected={each.reason === reason}>
              {each.title}
            </option>
          ))}
        </select>
      </label>
      <label>
        For how long{" "}
        <select name="hours" required>
          {HOURS.map((hours) => (
            <option value={hours} selected={hours === 1}>
              {wholeSpanOf(hours * HOUR_MS)}: until {minuteIn(frame.now + hours * HOUR_MS, frame)}
            </option>
          ))}
        </select>
      </label>
      <label>
        Begins{" "}
        <select name="beginsIn" required>
          <option value="0">now</option>
          {MINUTES_AHEAD.map((minutes) => (
            <option value={minutes}>
              in {wholeSpanOf(minutes * MINUTE_MS)}, at {minuteIn(frame.now + minutes * MINUTE_MS, frame)}:
              ends so much later
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

/** `04:12`, with its day where it is another; seconds of an end that a person chooses say nothing. */
function minuteIn(at: number, { now, timeZone }: Frame): string {
  return clockIn(at, now, timeZone).replace(/:\d\d$/, "");
}

function titleOf(count: number): string {
  if (count === 0) return "Nothing is silenced";
  return count === 1 ? "1 silence holds pages back" : `${count} silences hold pages back`;
}
