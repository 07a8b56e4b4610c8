// The record: who did what, to what, why, newest first, with the hash chain; and what is looked for in it. Pure.
import type { ChainedAuditEntry } from "../../core/desk/audit/audit-chain.ts";
import type { AuditPart } from "../../http/desk-lists.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { OwnCard } from "../look/own-card.tsx";
import { Exact, ShortHash } from "../look/parts.tsx";
import { Age } from "../look/time.tsx";
import { actText } from "./act-words.ts";
import { Look, type LookProps } from "./record-look.tsx";
import { recordPath } from "./record-query.ts";
import { Doer, type IncidentNames, incidentNamesIn, Refs } from "./record-refs.tsx";

/** Rows, and what is known of them. */
export interface ShownRows {
  /** newest first */
  readonly rows: readonly ChainedAuditEntry[];
  /** sequence before which older rows begin; null: none */
  readonly olderBefore: number | null;
  /** where the rows shown stop being a chain, or the first that does not agree with its own hash; null: they hold */
  readonly brokenAt: number | null;
  /** the rows are the desk's own, because D1 lacks some since then, or (true) does not answer; null: they are the lists' */
  readonly deskOwnSince: AuditPart["deskOwnSince"];
  /** they were looked for, so that they need not continue each other */
  readonly isFound: boolean;
}

export interface AuditViewProps extends ShownRows, LookProps {
  readonly frame: Frame;
}

/** One view of rows. */
export function AuditView(props: AuditViewProps) {
  const { frame, isFound, olderBefore, query, rows } = props;
  const names = incidentNamesIn(rows);
  return (
    <Layout title="Record" frame={frame} path="/audit">
      <div>
        <h1>{isFound ? "Found in the record" : "The record"}</h1>
        <p class="lead">
          Who did what, and why. Rows are never changed: each is chained to the one before it.
        </p>
      </div>
      <Chain {...props} />
      <DeskOwn {...props} />
      <Look {...props} />
      <section class="card" aria-label="Rows">
        {rows.length === 0 && <Nothing {...props} />}
        <ol class="list">
          {rows.map((row) => (
            <OwnCard as="li" what={`Row ${row.sequence}`}>
              <Row row={row} names={names} now={frame.now} />
            </OwnCard>
          ))}
        </ol>
        {olderBefore !== null && rows.length > 0 && (
          <a class="btn plain" href={recordPath(query, olderBefore)}>
            Older rows
          </a>
        )}
      </section>
    </Layout>
  );
}

function Nothing({ isFound, olderBefore, query }: AuditViewProps) {
  if (!isFound) return <p>There are no rows here.</p>;
  if (olderBefore === null) return <p>Nothing that is kept matches.</p>;
  return (
    <>
      <p>Nothing matches among the rows that were looked through, down to row {olderBefore}.</p>
      <a class="btn plain" href={recordPath(query, olderBefore)}>
        Look further back
      </a>
    </>
  );
}

function Chain({ brokenAt, isFound, rows }: AuditViewProps) {
  if (brokenAt !== null)
    return (
      <section class="card no" role="alert">
        <p>
          <b>
            {isFound
              ? `Row ${brokenAt} does not agree with its own hash`
              : `The chain is broken at row ${brokenAt}`}
          </b>
          : rows were changed or are missing. <code>countersign audit verify</code> reads the whole chain, and
          compares it with its copies.
        </p>
      </section>
    );
  if (rows.length === 0) return null;
  return (
    <p class="small soft">
      {isFound ? "Each row below agrees with its own hash. " : "The chain of the rows below holds. "}
      The whole of it is read and compared with its copies by <code>countersign audit verify</code>.
    </p>
  );
}

function DeskOwn({ deskOwnSince, frame }: AuditViewProps) {
  if (deskOwnSince === null) return null;
  return (
    <p class="say" role="status" data-says="desk-own">
      These are the rows that the desk itself holds: the lists{" "}
      {deskOwnSince === true ? (
        "cannot be read just now"
      ) : (
        <>
          lack what came since <Age at={deskOwnSince} now={frame.now} />
        </>
      )}
      . Older rows may be missing at the end.
    </p>
  );
}

function Row(props: {
  readonly row: ChainedAuditEntry;
  readonly names: IncidentNames;
  readonly now: number;
}) {
  const { names, now, row } = props;
  const { act, actor, at, hash, refs, sequence, subject, why } = row;
  return (
    <li>
      <div class="row nw">
        <div>
          <b>{actText(act)}</b>
        </div>
        <span class="small">
          <Age at={at} now={now} />
        </span>
      </div>
      <p>
        <Refs refs={refs} subject={subject} names={names} />{" "}
        <span class="soft">
          by <Doer actor={actor} />
        </span>
      </p>
      {why !== "" && (
        <p class="small">
          <Exact text={why} />
        </p>
      )}
      <details class="small soft">
        <summary>Row {sequence}</summary>
        <span class="mono">{act}</span>, <Exact text={subject} />, <ShortHash hash={hash} />
      </details>
    </li>
  );
}
