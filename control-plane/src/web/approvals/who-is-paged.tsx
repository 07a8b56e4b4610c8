// Who was paged, who is next, and until when nobody is: one sentence, so that nobody thinks that somebody else was. Pure:
// the desk says it (core/desk/paging/next-sending.ts), this only words it. What a reader would get wrong: whoever has an
// incident, that an act did not help rings.
import { listText } from "@countersign/shared/values/list-text";
import type { NextSending } from "../../core/desk/paging/next-sending.ts";
import type { Incident } from "../../core/desk/records/incident.ts";
import { Exact } from "../look/parts.tsx";
import { Age, Clock } from "../look/time.tsx";
import type { ShownApproval } from "./shown-approval.ts";
import { type Readers, whoFirst, whoOf } from "./who.ts";

/** What goes out about the incident, and what the reader got of it. */
export interface PagingNow {
  /** if nothing changes before; empty: nothing does */
  readonly next: readonly NextSending[];
  /** when the last page reached the reader; null: none did, as far as is known */
  readonly pagedAt: number | null;
}

interface Paged {
  readonly shown: ShownApproval;
  /** null: it was not asked */
  readonly paging: PagingNow | null;
}

/** While the question waits: when the reader was paged, and who is next. */
export function PagedLine({ paging, shown }: Paged) {
  if (paging === null) return null;
  const { frame, incident, readers } = shown;
  const ring = ringOf(paging);
  if (ring === null && isTaken(incident)) return <HasIt shown={shown} isShort />;
  return (
    <p class="small soft" data-says="paged">
      {paging.pagedAt === null ? (
        "Paged: "
      ) : (
        <>
          Paged: you <Age at={paging.pagedAt} now={frame.now} />;{" "}
        </>
      )}
      {ring === null ? (
        "nobody is next"
      ) : (
        <>
          next <Exact text={namesOf(ring, readers)} />{" "}
          <Age at={Math.max(ring.at, frame.now)} now={frame.now} />
        </>
      )}
      .
    </p>
  );
}

/** After it is over and nothing has helped: who is paged next, or who has it. */
export function WhoIsTold({ paging, shown }: Paged) {
  if (paging === null) return null;
  const { frame, incident, readers } = shown;
  const ring = ringOf(paging);
  if (ring === null) return isTaken(incident) ? <HasIt shown={shown} /> : null;
  return (
    <p class="small soft" data-says="paged">
      Paged next: <Exact text={namesOf(ring, readers)} />,{" "}
      <Age at={Math.max(ring.at, frame.now)} now={frame.now} />
      {untilWords(incident)}
    </p>
  );
}

function untilWords(incident: Incident): string {
  if (incident.resultAt !== null) return ", for it did not help: that is told whoever has the incident.";
  return isTaken(incident) ? ", for it grew worse." : ", unless it is well or taken before.";
}

/** A result has been told, or there is none: by its pauses it does not ring while somebody has it. */
function HasIt({ isShort = false, shown }: { readonly shown: ShownApproval; readonly isShort?: boolean }) {
  const { frame, incident, readers } = shown;
  const { acknowledgedBy, acknowledgedUntilAt } = incident;
  if (acknowledgedUntilAt === null) return null;
  const has = acknowledgedBy?.responder === readers.reader ? "have" : "has";
  const until = <Clock at={acknowledgedUntilAt} now={frame.now} />;
  return (
    <p class="small soft" data-says="paged">
      <Exact text={whoFirst(acknowledgedBy, readers)} /> {has} it
      {isShort ? (
        <>; nobody is next before {until}.</>
      ) : (
        <> until {until}: nobody is paged before, unless it grows worse.</>
      )}
    </p>
  );
}

function isTaken({ state }: Incident): boolean {
  return state === "acknowledged";
}

function ringOf({ next }: PagingNow): NextSending | null {
  return next.find(({ kind }) => kind === "ring") ?? null;
}

function namesOf({ to }: NextSending, readers: Readers): string {
  const names = to.map((responder) => whoOf({ kind: "person", responder }, readers));
  return names.length === 0 ? "nobody who can be told" : listText(names);
}
