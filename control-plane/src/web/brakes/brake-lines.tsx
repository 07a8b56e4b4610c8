// A freeze, and a silence, wherever one is shown: what it lies over, who set it, since when, why, until when, and the way
// out of it. Lifting takes a reason, so it has a view of its own; ending a silence takes none, so it is a form here. Pure.
import type { Freeze } from "../../core/desk/records/freeze.ts";
import type { Silence, SilenceMatcher } from "../../core/desk/records/silence.ts";
import { nameOf } from "../../core/words/subject.ts";
import { reasonTitleOf } from "../../policy/reason-titles.ts";
import { May } from "../look/may.tsx";
import { Exact } from "../look/parts.tsx";
import { State } from "../look/state.tsx";
import { Age, Clock } from "../look/time.tsx";
import { liftPathOf } from "./brake-paths.ts";
import { type People, whoFirst, whoOf } from "./who.ts";

/** `Alice froze it 3 h ago: “reading its logs”. …`, and the way to lift it. */
export function FreezeLine(props: {
  readonly freeze: Freeze;
  /** what it is called here; absent: by its name */
  readonly what?: string;
  readonly people: People;
  readonly now: number;
}) {
  const { freeze, now, people, what } = props;
  const name = what ?? nameOf(freeze.scope);
  return (
    <div class="row" data-says="frozen">
      <div>
        <p class="small">
          <Exact text={whoFirst(freeze.by, people)} /> froze {what ?? <Exact text={name} />}{" "}
          <Age at={freeze.at} now={now} />
          {freeze.why.trim() === "" ? (
            "."
          ) : (
            <>
              : “<Exact text={freeze.why} />
              ”.
            </>
          )}{" "}
          Nothing runs by itself or by a yes there until somebody lifts that.
        </p>
      </div>
      <May needs="approve">
        <a class="btn plain" href={liftPathOf(freeze.scope)}>
          <span>
            Lift <Exact text={ownerOf(freeze.scope)} />
            's freeze …
          </span>
        </a>
      </May>
    </div>
  );
}

/** Whose freeze it is, as a button has room for: `the fleet`, `agents-1`, `bob`. */
export function ownerOf(scope: Freeze["scope"]): string {
  return scope.kind === "service" ? scope.service : nameOf(scope);
}

/** A silence with the form that ends it. */
export function SilenceLine(props: {
  readonly silence: Silence;
  /** name of its host; null: any */
  readonly host: string | null;
  readonly token: string;
  readonly people: People;
  readonly now: number;
}) {
  const { host, now, people, silence, token } = props;
  const isLater = silence.startsAt > now;
  return (
    <div class="row" data-says="silenced">
      <div>
        <p>
          <State kind="silenced">
            <Exact text={matcherText(silence.matcher, host)} />
          </State>
        </p>
        <p class="small">
          {isLater && (
            <>
              Begins <Age at={silence.startsAt} now={now} />, at <Clock at={silence.startsAt} now={now} />
              .{" "}
            </>
          )}
          Ends <Age at={silence.endsAt} now={now} />, at <Clock at={silence.endsAt} now={now} />.
        </p>
        <p class="small soft">
          By <Exact text={whoOf(silence.by, people)} />
          {silence.why.trim() === "" ? (
            ""
          ) : (
            <>
              : “<Exact text={silence.why} />”
            </>
          )}
        </p>
      </div>
      <May needs="answer">
        <form class="inline" method="post" action={`/silences/end/${encodeURIComponent(silence.silenceId)}`}>
          <input type="hidden" name="csrf" value={token} />
          <button class="btn plain">{isLater ? "Call it off" : "Page again from now on"}</button>
        </form>
      </May>
    </div>
  );
}

/** Whom and what a silence covers, as a sentence says it. */
export function matcherText(matcher: SilenceMatcher, host: string | null): string {
  const { reason, service, subject } = matcher;
  const what = reason === null ? "Everything" : `“${reasonTitleOf(reason)}”`;
  if (subject !== undefined) return `${what} about ${nameOf(subject)}`;
  const where = host === null ? "any host" : host;
  return service === null ? `${what} on ${where}` : `${what} of ${service} on ${where}`;
}
