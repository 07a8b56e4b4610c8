// The ways to wake people, the worst first: whether each works, how the last page by it went, and a test page for who wants
// to know. Pure.
import type { ChannelReach, SentPage } from "../../core/desk/paging/reach.ts";
import { Exact } from "../look/parts.tsx";
import { spanOf } from "../look/place-time.ts";
import { State } from "../look/state.tsx";
import { Age } from "../look/time.tsx";
import { wayName } from "./people-words.ts";

/** Of those, the worst are shown; the command tests any. */
export const WAYS_SHOWN_MAX = 40;

/** A way with the form by which a test page goes out on it. */
export interface ShownWay {
  readonly way: ChannelReach;
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

/** The card. */
export function Ways(props: {
  readonly ways: readonly ShownWay[];
  readonly hiddenCount: number;
  readonly now: number;
}) {
  const { hiddenCount, now, ways } = props;
  const wanting = ways.findIndex(({ way }) => way.state === "never-tried");
  return (
    <section class="card" aria-labelledby="ways">
      <h2 id="ways">Ways to wake somebody</h2>
      <ul class="list">
        {ways.map((shown, index) => (
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
            </div>
            {shown.test !== null && (
              <TestButton shown={shown} test={shown.test} isFilled={index === wanting} />
            )}
          </li>
        ))}
      </ul>
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
  const { last, problem, state } = way;
  if (problem !== undefined)
    return (
      <>
        cannot work: <Exact text={problem} />.
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
          {last.isTest === true ? "test page" : "last page"} <Age at={last.at} now={now} />, {seenText(last)}
        </>
      );
  }
}

function seenText({ at, seenAt }: SentPage): string {
  return seenAt === null ? "delivered, not seen yet" : `seen after ${spanOf(Math.max(0, seenAt - at))}`;
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
