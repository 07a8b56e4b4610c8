// Who was paged about an incident: by which channel, after how long it arrived and was seen, or why it did not. Pure.
import type { Page } from "../../core/desk/records/pages/page.ts";
import { Exact } from "../look/parts.tsx";
import { spanOf } from "../look/place-time.ts";
import { State, type StateKind } from "../look/state.tsx";
import { Age } from "../look/time.tsx";
import { Card } from "./card.tsx";
import { nameOfResponder, type People } from "./people-words.ts";
import type { ShownIncident } from "./shown-incident.ts";

/** Of more the older ones are folded. */
const UNFOLDED_MAX = 5;
const SHOWN_MAX = 200;

export function IncidentPages({ shown }: { readonly shown: ShownIncident }) {
  const { found, frame, people } = shown;
  const newestFirst = found.pages.toReversed().slice(0, SHOWN_MAX);
  const lines = newestFirst.map((page) => <PageLine page={page} now={frame.now} people={people} />);
  return (
    <Card id="pages" heading="Pages">
      {lines.length === 0 && <p class="soft">Nobody was paged yet.</p>}
      <ul class="list">{lines.slice(0, UNFOLDED_MAX)}</ul>
      {lines.length > UNFOLDED_MAX && (
        <details>
          <summary>{found.pages.length - UNFOLDED_MAX} before</summary>
          <ul class="list">{lines.slice(UNFOLDED_MAX)}</ul>
        </details>
      )}
    </Card>
  );
}

const KINDS: Readonly<Record<Page["kind"], string>> = {
  ring: "",
  update: ", a quiet update",
  recovered: ", the all-clear",
  test: ", a test page",
};

function PageLine(props: { readonly page: Page; readonly now: number; readonly people: People }) {
  const { now, page, people } = props;
  const by = page.deliveredBy ?? page.channels[page.channelIndex] ?? null;
  const { kind, words } = receiptOf(page);
  return (
    <li>
      <p class="row">
        <b>
          <Exact text={nameOfResponder(page.responder, people)} />
          {by !== null && (
            <>
              , by <Exact text={by} />
            </>
          )}
          {KINDS[page.kind]}
        </b>
        <Age at={page.createdAt} now={now} />
      </p>
      <p class="small">
        <State kind={kind}>{words}</State>
        {page.state !== "delivered" && page.lastError !== null && (
          <span class="soft">
            : <Exact text={page.lastError} />
          </span>
        )}
      </p>
      <p class="small soft">
        <Exact text={page.title} />
      </p>
    </li>
  );
}

/** Whether a page arrived, and was seen, and after how long. */
export function receiptOf({ attempts, createdAt, deliveredAt, seenAt, state }: Page): {
  readonly kind: StateKind;
  readonly words: string;
} {
  const seen = seenAt === undefined ? "" : `seen after ${spanOf(seenAt - createdAt)}`;
  switch (state) {
    case "delivered": {
      const arrived =
        deliveredAt === null ? "delivered" : `delivered after ${spanOf(deliveredAt - createdAt)}`;
      return { kind: "done", words: seen === "" ? `${arrived}, not seen yet` : `${arrived}, ${seen}` };
    }
    case "held":
      return { kind: "todo", words: "held: they got so much just now, it comes with a digest" };
    case "pending":
      if (seen !== "") return { kind: "done", words: seen };
      return attempts === 0
        ? { kind: "todo", words: "waits to be sent" }
        : { kind: "todo", words: `not delivered yet, tried ${times(attempts)}` };
    case "undeliverable":
      return { kind: "failed", words: `not delivered, tried ${times(attempts)}` };
  }
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
