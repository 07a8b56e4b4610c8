// The audit: who did what, to what, why, newest first, with the hash chain. Pure.
import type { ChainedAuditEntry } from "../../core/desk/audit/audit-chain.ts";
import { actorNameOf } from "../../core/words/actor.ts";
import type { AuditPart } from "../../http/desk-lists.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { OwnCard } from "../frame/own-card.tsx";
import { Exact, ShortHash } from "../frame/parts.tsx";
import { Age } from "../frame/time.tsx";

export interface AuditViewProps {
  readonly frame: Frame;
  /** newest first */
  readonly rows: readonly ChainedAuditEntry[];
  /** sequence before which older rows begin; null: none */
  readonly olderBefore: number | null;
  /** where the rows shown stop being a chain; null: they hold */
  readonly brokenAt: number | null;
  /** the rows are the desk's own, because D1 lacks some since then, or (true) does not answer; null: they are the lists' */
  readonly deskOwnSince: AuditPart["deskOwnSince"];
}

/** One view of audit rows. */
export function AuditView({ frame, rows, olderBefore, brokenAt, deskOwnSince }: AuditViewProps) {
  return (
    <Layout title="Audit" frame={frame} path="/audit">
      <h1>Audit</h1>
      <p class="soft">
        Rows are never changed: each is chained to the one before it by its hash. They leave after a time,
        from the front, and an <code>audit-cut</code> row says which.
        {brokenAt === null && " The chain of the rows below holds."}
      </p>
      {brokenAt !== null && (
        <p class="say no" role="alert">
          The chain is broken at row {brokenAt}: rows were changed or are missing.
        </p>
      )}
      {deskOwnSince !== null && (
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
      )}
      {rows.length === 0 && <p>There are no rows here.</p>}
      <ol class="list">
        {rows.map((row) => (
          <OwnCard as="li" what={`Row ${row.sequence}`}>
            <Row row={row} now={frame.now} />
          </OwnCard>
        ))}
      </ol>
      {olderBefore !== null && (
        <p>
          <a class="btn" href={`/audit?before=${olderBefore}`}>
            Older rows
          </a>
        </p>
      )}
    </Layout>
  );
}

function Row({ row, now }: { readonly row: ChainedAuditEntry; readonly now: number }) {
  return (
    <li>
      <div class="row">
        <strong>{row.act}</strong>
        <span class="soft small">
          #{row.sequence} <ShortHash hash={row.hash} />
        </span>
      </div>
      <Exact text={row.subject} /> <span class="soft">by {actorNameOf(row.actor)}</span>
      {row.why !== "" && (
        <p class="small">
          <Exact text={row.why} />
        </p>
      )}
      <Age at={row.at} now={now} />
    </li>
  );
}
