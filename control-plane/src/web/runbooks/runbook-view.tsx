// One runbook, and the list of all by what people look for: what a page reason means, what to look at, how to tell a false
// alarm. Pure.
import type { Incident } from "../../core/desk/records/incident.ts";
import { REASON_GROUPS, reasonsOf, reasonTitleOf } from "../../policy/reason-titles.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { Exact } from "../look/parts.tsx";
import { State } from "../look/state.tsx";
import { Age } from "../look/time.tsx";
import { generalText } from "./meaning.ts";
import { filledIn, isLeftOpen, type Known } from "./placeholders.ts";
import { blocksOf, spansOf, stepsFirst, type Block } from "./runbook-blocks.ts";

const OPEN_SHOWN_MAX = 20;

/** What a view needs of an incident that is open. */
export type OpenIncident = Pick<Incident, "incidentId" | "reason" | "state" | "title" | "openedAt">;

/** One runbook. */
export function RunbookView(props: {
  readonly frame: Frame;
  readonly reason: string;
  readonly markdown: string;
  /** of this reason */
  readonly open: readonly OpenIncident[];
  /** what its commands leave open, as far as it is known */
  readonly known: Known;
}) {
  const { frame, known, open, reason } = props;
  const text = generalText(props.markdown);
  return (
    <Layout title={reasonTitleOf(reason)} frame={frame} path="/runbooks">
      <div>
        <p class="small">
          <a class="tap" href="/runbooks">
            Runbooks
          </a>
        </p>
        <h1>{reasonTitleOf(reason)}</h1>
        <p class="lead">
          What to do about it. Rules and commands call it <code>{reason}</code>.
        </p>
      </div>
      <Open open={open} now={frame.now} />
      {isLeftOpen(text, known) && (
        <p class="small soft">What stands in ‹ › in a command is to be filled in.</p>
      )}
      <section class="card prose">
        {stepsFirst(blocksOf(text)).map((block) => (
          <BlockOf block={block} known={known} />
        ))}
      </section>
    </Layout>
  );
}

function Open({ now, open }: { readonly open: readonly OpenIncident[]; readonly now: number }) {
  if (open.length === 0) return <p class="small soft">Nothing is open for this reason now.</p>;
  const shown = open.slice(0, OPEN_SHOWN_MAX);
  return (
    <section class="card" aria-labelledby="open">
      <h2 id="open">Open now</h2>
      <ul class="list">
        {shown.map((incident) => (
          <li class="row nw">
            <div>
              <a class="tap" href={`/incidents/${encodeURIComponent(incident.incidentId)}`}>
                <Exact text={incident.title} />
              </a>
            </div>
            <span class="small">
              <Age at={incident.openedAt} now={now} />
            </span>
          </li>
        ))}
      </ul>
      {open.length > shown.length && (
        <p class="small soft">
          {shown.length} of {open.length}. <a href="/">All that is open</a>
        </p>
      )}
    </section>
  );
}

/** All runbooks, grouped; where something is open it says so. */
export function RunbookListView(props: { readonly frame: Frame; readonly open: readonly OpenIncident[] }) {
  const { frame, open } = props;
  const openOf = Map.groupBy(open, ({ reason }) => reason as string);
  return (
    <Layout title="Runbooks" frame={frame} path="/runbooks">
      <div>
        <h1>Runbooks</h1>
        <p class="lead">What each page means, what to look at, and how to tell a false alarm.</p>
        <p class="links">
          <a href="/runbooks/words">Words of this desk</a>
        </p>
      </div>
      <div class="split">
        {[REASON_GROUPS.slice(0, 2), REASON_GROUPS.slice(2)].map((groups) => (
          <div>
            {groups.map(({ id, title }) => (
              <section class="card" aria-labelledby={`group-${id}`}>
                <h2 id={`group-${id}`}>{title}</h2>
                <ul class="list">
                  {reasonsOf(id).map((reason) => (
                    <li class="row nw">
                      <div>
                        <a class="tap" href={`/runbooks/${reason}`}>
                          {reasonTitleOf(reason)}
                        </a>
                      </div>
                      <OpenCount count={openOf.get(reason)?.length ?? 0} />
                    </li>
                  ))}
                </ul>
              </section>
            ))}
          </div>
        ))}
      </div>
    </Layout>
  );
}

function OpenCount({ count }: { readonly count: number }) {
  if (count === 0) return null;
  return (
    <State kind="warning" isSmall>
      {count} open
    </State>
  );
}

/** A line with code, bold and links to other runbooks. */
export function Spans({ known, text }: { readonly text: string; readonly known?: Known }) {
  return (
    <>
      {spansOf(text).map((span) => {
        switch (span.kind) {
          case "text":
            return span.text;
          case "code":
            return <code>{known === undefined ? span.text : filledIn(span.text, known)}</code>;
          case "strong":
            return <strong>{span.text}</strong>;
          case "stressed":
            return <em>{span.text}</em>;
          case "runbook":
            return <a href={`/runbooks/${span.reason ?? ""}`}>{span.text}</a>;
        }
      })}
    </>
  );
}

function BlockOf({ block, known }: { readonly block: Block; readonly known: Known }) {
  switch (block.kind) {
    case "heading":
      return <h2>{block.text}</h2>;
    case "paragraph":
      return (
        <p>
          <Spans text={block.text} known={known} />
        </p>
      );
    case "code":
      return (
        <pre class="mono" tabindex={0}>
          {filledIn(block.text, known)}
        </pre>
      );
    case "list":
      return <Items block={block} known={known} />;
    case "table":
      return <Table block={block} known={known} />;
  }
}

function Items({
  block,
  known,
}: {
  readonly block: Extract<Block, { kind: "list" }>;
  readonly known: Known;
}) {
  const items = block.items.map((item) => (
    <li>
      <Spans text={item} known={known} />
    </li>
  ));
  return block.isNumbered ? <ol>{items}</ol> : <ul>{items}</ul>;
}

/**
 * Columns do not fit a phone, so each row is told on its own: what stands in its first cell, then the others by their heads.
 */
function Table({
  block,
  known,
}: {
  readonly block: Extract<Block, { kind: "table" }>;
  readonly known: Known;
}) {
  const [, ...heads] = block.head;
  return (
    <ul>
      {block.rows.map(([first = "", ...cells]) => (
        <li>
          <b>
            <Spans text={first} known={known} />
          </b>
          {cells.map((cell, index) => (
            <div>
              <span class="soft">
                <Spans text={heads[index] ?? ""} known={known} />:{" "}
              </span>
              <Spans text={cell} known={known} />
            </div>
          ))}
        </li>
      ))}
    </ul>
  );
}
