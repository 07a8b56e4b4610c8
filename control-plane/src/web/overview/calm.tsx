// A quiet desk: not empty, but proof that it would ring. The last page and who saw it, the pages of a week, what stands
// between a trouble and somebody who wakes. Pure.
import { type Child, useContext } from "hono/jsx";
import { listText } from "@countersign/shared/values/list-text";
import type { Reach } from "../../core/desk/paging/reach.ts";
import type { RingCount } from "../../read-side/queries/page-rows.ts";
import { lastDaysIn } from "../look/calendar-days.ts";
import { Icon } from "../look/icons.tsx";
import { Exact, Title } from "../look/parts.tsx";
import { instantIn, spanOf } from "../look/place-time.ts";
import { Age, ReaderZone } from "../look/time.tsx";
import { calledIn } from "./reach-facts.tsx";
import type { OnCallPerson, ReachSteps } from "./reach-steps.ts";

const DAYS = 7;
/** Blocks of a bar; more pages than this are told by the number alone. */
const BLOCKS_MAX = 5;

/** How long nobody was paged, and how often in a week. */
export function Quiet(props: {
  readonly reach: Reach;
  /** how often people were rung within a week; null: that cannot be read now */
  readonly rings: readonly RingCount[] | null;
  /** something is not well: that nobody was paged is no good news then */
  readonly isCalm: boolean;
  readonly now: number;
}) {
  const { isCalm, now, reach, rings } = props;
  const { lastPage } = reach;
  const isRung = rings !== null && rings.length > 0;
  return (
    <section class="card" aria-labelledby="quiet">
      <h2 id="quiet">
        {lastPage === null
          ? isRung
            ? "Last page not on record"
            : "No page yet"
          : `${isCalm ? "Quiet" : "Nobody was paged"} for ${spanOf(now - lastPage.at)}`}
      </h2>
      {lastPage === null ? (
        <p>{isRung ? "Which page was the last one is not on record." : "Nobody was paged so far."}</p>
      ) : (
        <p>
          The last page was <Age at={lastPage.at} now={now} />:{" "}
          <a href={lastPage.path}>
            <Title text={lastPage.title} />
          </a>
          . <Seen reach={reach} />
        </p>
      )}
      {rings === null ? (
        <p class="small soft">How often people were paged this week cannot be read just now.</p>
      ) : (
        <>
          <h3 class="small soft">Pages in the last 7 days</h3>
          <Week rings={rings} now={now} />
        </>
      )}
    </section>
  );
}

function Seen({ reach }: { readonly reach: Reach }) {
  const { lastPage } = reach;
  if (lastPage === null) return null;
  const { at, deliveredAt, responder, seenAt } = lastPage;
  const name = <Exact text={calledIn(reach, responder)} />;
  if (seenAt !== null)
    return (
      <>
        {name} saw it after <span class="nb">{spanOf(Math.max(0, seenAt - at))}.</span>
      </>
    );
  return deliveredAt === null ? (
    <>It did not reach {name}, as far as is known.</>
  ) : (
    <>It reached {name}, who has not opened it.</>
  );
}

/** One bar a day, by the days of the reader's place. */
function Week({ now, rings }: { readonly rings: readonly RingCount[]; readonly now: number }) {
  const zone = useContext(ReaderZone);
  const days = lastDaysIn(zone, now, DAYS);
  return (
    <ul class="bars">
      {days.map((day, index) => {
        const count = rings
          .filter(({ at }) => day.fromAt <= at && at < day.untilAt)
          .reduce((sum, each) => sum + each.count, 0);
        const noon = (day.fromAt + day.untilAt) / 2;
        const name = index === DAYS - 1 ? "today" : (instantIn(noon, zone).split(" ")[0] ?? "");
        return (
          <li>
            <Bar label={`${name}: ${count === 0 ? "none" : count}`} count={count} />
            {name}
            <br />
            <b>{count}</b>
          </li>
        );
      })}
    </ul>
  );
}

function Bar({ count, label }: { readonly count: number; readonly label: string }) {
  const blocks = Array.from(
    { length: Math.min(BLOCKS_MAX, count) },
    (_, index) => `M13 ${26 - index * 6.5}h10v5H13z`,
  );
  return (
    <svg viewBox="0 0 36 36" role="img" aria-label={label}>
      <path class="w" d="M2 33h32v3H2z" />
      {blocks.length > 0 && <path class="y" d={blocks.join("")} />}
    </svg>
  );
}

/** What stands between a trouble and somebody who wakes; what is not proven says how it becomes so. */
export function Reachable(props: { readonly steps: ReachSteps; readonly now: number }) {
  const { now, steps } = props;
  const { channels, others, seenTest } = steps;
  const isSure = channels.isProven && seenTest !== null;
  return (
    <section class="card" aria-labelledby="reach">
      <h2 id="reach">{isSure ? "You can be reached" : "Whether you can be reached is not proven"}</h2>
      <ul class="steps">
        <Ways ways={steps.ways} />
        <Step isDone={seenTest !== null}>
          {seenTest === null ? (
            <a href="/people#ways">Send yourself a test page</a>
          ) : (
            <>
              Test page seen, <Age at={seenTest.at} now={now} />
            </>
          )}
        </Step>
        <Others others={others} />
      </ul>
    </section>
  );
}

/** Only what has carried a page is ticked. */
function Ways({ ways: { broken, proven, unproven } }: Pick<ReachSteps, "ways">) {
  return (
    <>
      {proven.length > 0 && (
        <Step isDone>
          <Exact text={waysOf(proven)} />
        </Step>
      )}
      {unproven.map((name) => (
        <Step isDone={false}>
          <a href="/people#ways">
            <Exact text={name} /> is not proven: send a test page
          </a>
        </Step>
      ))}
      {broken.map((name) => (
        <Step isDone={false}>
          <a href="/people">
            <Exact text={name} /> is broken: its last page was not taken
          </a>
        </Step>
      ))}
      {proven.length + unproven.length + broken.length === 0 && (
        <Step isDone={false}>
          <a href="/people">No channel of yours reaches a phone</a>
        </Step>
      )}
    </>
  );
}

/** Who cannot wake or answer is not somebody beside you. */
function Others({ others }: Pick<ReachSteps, "others">) {
  const able = others.filter(({ wants }) => wants === null).map(({ name }) => name);
  return (
    <>
      {able.length > 0 && (
        <Step isDone>
          <Exact text={`Somebody after you: ${able.join(", then ")}`} />
        </Step>
      )}
      {others.length === 0 && (
        <Step isDone={false}>
          <a href="/people">Nobody is woken when you do not answer</a>
        </Step>
      )}
      {others.map(
        ({ name, wants }) =>
          wants !== null && (
            <Step isDone={false}>
              <a href="/people">
                <Exact text={`After you, ${name}: ${WANTS[wants]}`} />
              </a>
            </Step>
          ),
      )}
    </>
  );
}

const WANTS: Readonly<Record<NonNullable<OnCallPerson["wants"]>, string>> = {
  "no-way": "no way reaches a phone of theirs",
  broken: "no way to wake them works",
  "no-device": "signed in nowhere, so they could not answer here",
  unproven: "no way to wake them is proven",
};

const NUMBERS = ["No", "One", "Two", "Three", "Four", "Five"];

function waysOf(names: readonly string[]): string {
  const many = names.length === 1 ? "One way" : `${NUMBERS[names.length] ?? names.length} ways`;
  return `${many} to wake you: ${listText(names)}`;
}

function Step(props: { readonly isDone: boolean; readonly children?: Child }) {
  return (
    <li>
      <Icon name={props.isDone ? "done" : "todo"} tone={props.isDone ? "good" : "warn"} />
      <div>
        <span class="vh">{props.isDone ? "Done: " : "To do: "}</span>
        {props.children}
      </div>
    </li>
  );
}
