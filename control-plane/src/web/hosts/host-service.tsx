// One service of a host: how it is, what people set over it, its last 24 hours, its checks and how fast they answer. Pure.
import { namedAt } from "@countersign/shared/values/named";
import { HEALTHY, serviceConditionOf } from "../../core/shard/host/host-condition.ts";
import type { HostState } from "../../core/shard/host/shard-state.ts";
import type { HostWords } from "../../core/shard/kept/told-words.ts";
import { hostedSubject } from "../../core/words/subject.ts";
import { askPathOf } from "../asks/ask-path.ts";
import { FreezeLine } from "../brakes/brake-lines.tsx";
import { freezePathOf, silencePathOf } from "../brakes/brake-paths.ts";
import { type Brakes, freezeOf } from "../brakes/brakes-on.ts";
import type { People } from "../brakes/who.ts";
import { LastWords } from "../look/last-words.tsx";
import { May } from "../look/may.tsx";
import { Exact } from "../look/parts.tsx";
import { State } from "../look/state.tsx";
import { Strip, type StripSpan } from "../look/strip.tsx";
import { Age } from "../look/time.tsx";
import { AnswerPicture } from "./answer-picture.tsx";
import { type CheckLine, checkLinesOf } from "./check-lines.ts";
import { serviceLineOf } from "./host-card.tsx";
import { Lasting } from "./lasting.tsx";

/** Checks that pass are folded when there are more of them. */
const PASSING_SHOWN_MAX = 4;
const PICTURES_SHOWN_MAX = 3;

export interface HostServiceProps {
  readonly host: HostState;
  readonly service: string;
  /** of this host, now */
  readonly brakes: Brakes;
  readonly people: People;
  /** its last 24 hours; null: nothing is kept of them */
  readonly strip: readonly StripSpan[] | null;
  /** what its log said last */
  readonly words: HostWords;
  readonly now: number;
}

/** Its card. */
export function HostService(props: HostServiceProps) {
  const { brakes, host, now, people, service, strip, words } = props;
  const entry = host.connection?.catalogue.find((listed) => listed.service === service);
  const checks = checkLinesOf(host, service);
  const own = brakes.freezes.find(({ scope }) => scope.kind === "service" && scope.service === service);
  return (
    <article class="card">
      <Head {...props} title={entry?.title ?? service} />
      {own !== undefined && <FreezeLine freeze={own} what="it" people={people} now={now} />}
      {strip !== null && (
        <>
          <Strip name={service} spans={strip} now={now} />
          <p class="row small soft">
            <span>24 h ago</span>
            <span>now</span>
          </p>
        </>
      )}
      <Checks
        isListed={host.listed?.includes(service) === true}
        checks={checks}
        isUp={host.liveness === "up" || host.liveness === "late"}
        now={now}
      />
      <Pictures checks={checks} now={now} />
      <Words words={words} now={now} />
      <May needs="answer">
        <p class="links small">
          {entry !== undefined && entry.actions.length > 0 && (
            <a href={askPathOf(host.hostId, { service })}>Ask for an action …</a>
          )}
          {freezeOf(brakes, service) === null && (
            <a href={freezePathOf(hostedSubject(subjectOf(host), service))}>Freeze</a>
          )}
          <a href={silencePathOf(hostedSubject(subjectOf(host), service))}>Silence</a>
        </p>
      </May>
    </article>
  );
}

function Words({ now, words }: Pick<HostServiceProps, "now" | "words">) {
  if (words.words === null || words.words.length === 0) return null;
  return (
    <details>
      <summary>Last words</summary>
      <LastWords told={[words]} now={now} isInner />
    </details>
  );
}

function Head(props: HostServiceProps & { readonly title: string }) {
  const { brakes, host, service, title } = props;
  const state = namedAt(host.services, service);
  const condition = state === undefined ? HEALTHY : serviceConditionOf(state);
  const line = serviceLineOf({ service, title: "", ...condition }, host);
  const isSilenced = brakes.silences.some(
    ({ matcher }) => matcher.reason === null && matcher.service === service,
  );
  return (
    <div class="row">
      <h2>
        {title.toLowerCase() === service ? (
          <Exact text={title} />
        ) : (
          <Titled title={title} service={service} />
        )}
      </h2>
      <span class="chips">
        <State kind={line.kind}>{line.text}</State>
        {freezeOf(brakes, service) !== null && <State kind="frozen">frozen</State>}
        {isSilenced && <State kind="silenced">silenced</State>}
      </span>
    </div>
  );
}

function Titled({ service, title }: { readonly title: string; readonly service: string }) {
  return (
    <>
      <Exact text={title} /> <span class="soft">({service})</span>
    </>
  );
}

function Checks(props: {
  readonly checks: readonly CheckLine[];
  /** the host's own list names its service */
  readonly isListed: boolean;
  readonly isUp: boolean;
  readonly now: number;
}) {
  const { isListed, isUp, now } = props;
  const checks = isUp ? props.checks : props.checks.map(asItWas);
  if (checks.length === 0) return <p class="small soft">{noChecksText(isListed, isUp)}</p>;
  const isFolding = ({ kind }: CheckLine) => kind === "well" || kind === "unknown";
  const ill = checks.filter((check) => !isFolding(check));
  const well = checks.filter(isFolding);
  const isFolded = well.length > PASSING_SHOWN_MAX;
  return (
    <>
      {!isUp && <p class="small soft">As it was told last:</p>}
      <ul class="list small">
        {[...ill, ...(isFolded ? [] : well)].map((check) => (
          <Check check={check} now={now} />
        ))}
      </ul>
      {isFolded && (
        <details>
          <summary>{isUp ? `${well.length} checks pass` : `${well.length} checks`}</summary>
          <ul class="list small">
            {well.map((check) => (
              <Check check={check} now={now} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function noChecksText(isListed: boolean, isUp: boolean): string {
  if (!isListed)
    return "The host's own list does not name it, so nothing is checked: it is known by what is told of it.";
  return isUp ? "Its checks have not been told yet." : "Nothing is known of its checks.";
}

/** Of a host that is not heard: what was well may be down by now, and for how long it was so says nothing. */
function asItWas(line: CheckLine): CheckLine {
  return { ...line, kind: "unknown", since: null, overdueSinceAt: null };
}

function Check({ check: line, now }: { readonly check: CheckLine; readonly now: number }) {
  const { check, isPassing, kind, overdueSinceAt, says, since } = line;
  return (
    <li class="row nw">
      <State kind={kind} isQuiet={kind === "well" || kind === "unknown"}>
        {check}: <Exact text={says ?? (isPassing ? "passes" : "fails")} />
        {overdueSinceAt !== null && (
          <>
            {" "}
            (no newer result; one was due <Age at={Math.min(overdueSinceAt, now)} now={now} />)
          </>
        )}
      </State>
      {since !== null && overdueSinceAt === null && <Lasting since={since} now={now} />}
    </li>
  );
}

function Pictures({ checks, now }: { readonly checks: readonly CheckLine[]; readonly now: number }) {
  const pictured = checks.flatMap(({ answers, check }) => (answers === null ? [] : [{ answers, check }]));
  const isOneOfSeveral = pictured.length > 1;
  const pictures = pictured.map((each) => (
    <AnswerPicture {...each} isOneOfSeveral={isOneOfSeveral} now={now} />
  ));
  return (
    <>
      {pictures.slice(0, PICTURES_SHOWN_MAX)}
      {pictures.length > PICTURES_SHOWN_MAX && (
        <details>
          <summary>{pictures.length - PICTURES_SHOWN_MAX} more answer times</summary>
          {pictures.slice(PICTURES_SHOWN_MAX)}
        </details>
      )}
    </>
  );
}

function subjectOf({ hostId, name }: Pick<HostState, "hostId" | "name">) {
  return { hostId, hostName: name };
}
