// The ways to wake people, the worst first: whether each works, how the last page by it went, and a test page for who wants
// to know. Pure. Those that are broken have their own card: it stands before the people, and the others after them.
import type { ChannelReach } from "../../core/desk/paging/reach.ts";
import { type RouteWarning, warningSentenceOf } from "../../core/desk/paging/route-warning.ts";
import type { Policy } from "../../policy/policy.ts";
import { Exact } from "../look/parts.tsx";
import { spanOf } from "../look/place-time.ts";
import { State } from "../look/state.tsx";
import { Age } from "../look/time.tsx";
import { personNameIn, stageText, type WayHere, wayName, wayTraitsText } from "./people-words.ts";

/** Of those, the worst are shown; the command tests any. */
export const WAYS_SHOWN_MAX = 40;

/** A way with the form by which a test page goes out on it. */
export interface ShownWay {
  readonly way: ChannelReach;
  /** null: the rules name no such way */
  readonly can: WayHere | null;
  readonly person: string;
  /** its person cannot be paged, and that is said here */
  readonly isLastHope: boolean;
  /** null: it cannot work, and a test page would tell no more */
  readonly test: TestForm | null;
}

/** What the form carries: its token, and the id of the page that it would send. */
export interface TestForm {
  readonly token: string;
  readonly testId: string;
}

/** So many of those that are not broken stand open; of more, the first few. */
const UNFOLDED_MAX = 6;
const FIRST_COUNT = 3;
const FOLDED_WORDS: ReadonlyArray<readonly [state: ChannelReach["state"], words: string]> = [
  ["never-tried", "never tried"],
  ["pending", "being tried"],
  ["works", "work"],
];

/** What takes no page, and what is wrong with the ways though people are paged: before everything but the steps. */
export function WaysToMend(props: {
  readonly ways: readonly ShownWay[];
  readonly policy: Policy;
  readonly hints: readonly RouteWarning[];
  readonly now: number;
}) {
  const { hints, now, policy } = props;
  const broken = props.ways.filter(({ way }) => way.state === "broken");
  if (broken.length === 0 && hints.length === 0) return null;
  return (
    <section class="card" aria-labelledby="mend">
      <h2 id="mend">Ways to mend</h2>
      {hints.map((hint) =>
        hint.reason === "nobody-is-woken" ? (
          <NobodyIsWoken />
        ) : (
          <p class="small">{warningSentenceOf(byName(hint, policy))}</p>
        ),
      )}
      <WayList ways={broken} wanting={null} now={now} />
    </section>
  );
}

/** All others: what was never tried first; where there are many, the rest is folded away. */
export function Ways(props: {
  readonly ways: readonly ShownWay[];
  readonly hiddenCount: number;
  readonly now: number;
}) {
  const { hiddenCount, now } = props;
  const ways = props.ways.filter(({ way }) => way.state !== "broken");
  if (ways.length === 0 && hiddenCount === 0) return null;
  const wanting = ways.find(({ way }) => way.state === "never-tried") ?? null;
  const openCount = ways.length > UNFOLDED_MAX ? FIRST_COUNT : ways.length;
  const folded = ways.slice(openCount);
  return (
    <section class="card" aria-labelledby="ways">
      <h2 id="ways">Ways to wake somebody</h2>
      <WayList ways={ways.slice(0, openCount)} wanting={wanting} now={now} />
      {folded.length > 0 && (
        <details>
          <summary>{foldedText(folded)}</summary>
          <WayList ways={folded} wanting={wanting} now={now} />
        </details>
      )}
      {hiddenCount > 0 && (
        <p class="small soft">
          {hiddenCount} more are not shown. <code>countersign test-page PERSON --channel WAY</code> tests any.
        </p>
      )}
      <p class="small soft">
        A test page is as loud as a real one, and says that nothing is wrong. Its link asks whether it came.
      </p>
    </section>
  );
}

/** `9 more work`; `10 more: 2 never tried, 8 work`. */
function foldedText(folded: readonly ShownWay[]): string {
  const parts = FOLDED_WORDS.flatMap(([state, words]) => {
    const count = folded.filter(({ way }) => way.state === state).length;
    return count === 0 ? [] : [{ count, words: count === 1 && state === "works" ? "works" : words }];
  });
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) return `${only.count} more ${only.words}`;
  return `${folded.length} more: ${parts.map(({ count, words }) => `${count} ${words}`).join(", ")}`;
}

/** The rest of the view calls people by their names. */
function byName(hint: RouteWarning, policy: Policy): RouteWarning {
  if (hint.reason !== "channel-shared") return hint;
  return { ...hint, responders: hint.responders.map((id) => personNameIn(policy, id)) };
}

function WayList(props: {
  readonly ways: readonly ShownWay[];
  /** whose test page is the next thing to do; null: none of these */
  readonly wanting: ShownWay | null;
  readonly now: number;
}) {
  const { now, wanting, ways } = props;
  if (ways.length === 0) return null;
  return (
    <ul class="list">
      {ways.map((shown) => (
        <li class="row">
          <div>
            <p class="chips">
              <b>
                {shown.person}, <span class="nb">{wayName(shown.way)}</span>
              </b>
              <WayState state={shown.way.state} />
            </p>
            <p class={shown.way.state === "broken" ? "small" : "small soft"}>
              <LastOf way={shown.way} now={now} />
              {shown.isLastHope && (
                <>
                  {" "}
                  <b>{shown.person} cannot be paged.</b>
                </>
              )}
            </p>
            {shown.can !== null && <p class="small soft">{wayTraitsText(shown.can)}</p>}
          </div>
          {shown.test !== null && <TestButton shown={shown} test={shown.test} isFilled={shown === wanting} />}
        </li>
      ))}
    </ul>
  );
}

function NobodyIsWoken() {
  return (
    <>
      <p>
        <State kind="warning">a phone on silent stays silent</State>
      </p>
      <p class="small">
        Nobody on call has a way that rings it. Pushover, PagerDuty and a phone call do:{" "}
        <code>countersign channel add</code>.
      </p>
    </>
  );
}

function WayState({ state }: { readonly state: ChannelReach["state"] }) {
  switch (state) {
    case "works":
      return <State kind="done">works</State>;
    case "broken":
      return <State kind="failed">broken</State>;
    case "never-tried":
      return <State kind="unproven">never tried</State>;
    case "pending":
      return <State kind="running">being tried</State>;
  }
}

function LastOf({ now, way }: { readonly way: ChannelReach; readonly now: number }) {
  const { brokenSinceAt, last, problem, state } = way;
  if (problem !== undefined)
    return brokenSinceAt === undefined ? (
      <>
        cannot work: <Exact text={problem} />.
      </>
    ) : (
      <>
        takes nothing, first <Age at={brokenSinceAt} now={now} />: <Exact text={problem} />.
      </>
    );
  if (last === null) return <>no page was ever sent this way</>;
  switch (state) {
    case "broken":
      return (
        <>
          not taken <Age at={last.at} now={now} />: “<Exact text={last.error ?? "no answer came"} />
          ”.
        </>
      );
    case "pending":
      return (
        <>
          sent <Age at={last.at} now={now} />, and not answered yet
        </>
      );
    case "never-tried":
    case "works":
      return (
        <>
          {last.isTest === true ? "test page" : "last page"} <Age at={last.at} now={now} />,{" "}
          {stageText(way.stage, last.seenAt === null ? null : spanOf(Math.max(0, last.seenAt - last.at)))}
        </>
      );
  }
}

function TestButton(props: {
  readonly shown: ShownWay;
  readonly test: TestForm;
  readonly isFilled: boolean;
}) {
  const { isFilled, test } = props;
  const { person, way } = props.shown;
  const action = `/people/${encodeURIComponent(way.responder)}/test/${encodeURIComponent(way.channel)}`;
  return (
    <form class="inline" method="post" action={action}>
      <input type="hidden" name="csrf" value={test.token} />
      <input type="hidden" name="test" value={test.testId} />
      <button
        class={isFilled ? "btn" : "btn plain"}
        aria-label={`Send a test page to ${person} by ${wayName(way)}`}
      >
        Send a test page
      </button>
    </form>
  );
}
