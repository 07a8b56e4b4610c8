// How the way to somebody was drilled last, in one line of their card. Pure. What a reader would get wrong: a drill
// that was not answered does not undo an older proof, so both are told.
import type { DrillReach } from "../../core/desk/paging/reach.ts";
import { Age } from "../look/time.tsx";

/** The line. */
export function DrillLine({ drill, now }: { readonly drill: DrillReach; readonly now: number }) {
  const { provenAt, provenBy, sentAt } = drill;
  const isOpen = sentAt !== null && sentAt > (provenAt ?? 0);
  return (
    <p class="small soft" data-drill={isOpen ? drill.stage : "proven"}>
      {isOpen && (
        <>
          Drill <Age at={sentAt} now={now} />: {isWaitedFor(drill) ? "not answered yet" : "not answered"}
          .{" "}
        </>
      )}
      {provenAt === null ? (
        isOpen || <>Never drilled yet.</>
      ) : (
        <>
          {isOpen ? "Before" : "Drill"}: proven <Age at={provenAt} now={now} /> by {provenBy}.
        </>
      )}
    </p>
  );
}

function isWaitedFor({ stage }: DrillReach): boolean {
  return stage === "sent" || stage === "repeated";
}
