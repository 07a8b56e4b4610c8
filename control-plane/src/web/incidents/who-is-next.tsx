// Who is told next, and when, in a line or two; and what that waits for. Pure: the desk says it (core/desk/paging/next-sending.ts), this only words it.
import type { NextSending } from "../../core/desk/paging/next-sending.ts";
import type { Incident } from "../../core/desk/records/incident.ts";
import { actorNameOf } from "../../core/words/actor.ts";
import { Exact } from "../frame/parts.tsx";
import { Age } from "../frame/time.tsx";

export interface WhoIsNextProps {
  readonly now: number;
  readonly incident: Incident;
  readonly next: readonly NextSending[];
}

/** Nothing for what is over. */
export function WhoIsNext({ incident, next, now }: WhoIsNextProps) {
  if (incident.state === "resolved" || incident.state === "merged") return null;
  return (
    <>
      <h2>Who is next</h2>
      <Taken incident={incident} now={now} />
      {next.map((sending) => (
        <Sending sending={sending} now={now} />
      ))}
      {next.length === 0 && incident.state === "open" && <p class="soft">{nobodyBecause(incident)}</p>}
      {next.some(({ kind }) => kind === "ring") && (
        <p class="soft small">It rings on until somebody takes it or answers, or until it stays well.</p>
      )}
    </>
  );
}

function Taken({ incident, now }: Pick<WhoIsNextProps, "incident" | "now">) {
  const { acknowledgedBy, acknowledgedUntilAt, state } = incident;
  if (state !== "acknowledged" || acknowledgedUntilAt === null) return null;
  const name = acknowledgedBy === null ? "somebody" : actorNameOf(acknowledgedBy);
  return (
    <p>
      <b>
        <Exact text={name} />
      </b>{" "}
      has it until <Age at={acknowledgedUntilAt} now={now} />: nobody is rung before that, unless it grows
      worse.
    </p>
  );
}

function Sending({ now, sending }: { readonly now: number; readonly sending: NextSending }) {
  const { at, kind, to } = sending;
  const names = to.length === 0 ? "nobody who can be told" : to.join(" and ");
  return (
    <p>
      {kind === "ring" ? "Rings " : "A quiet update to "}
      <b>
        <Exact text={names} />
      </b>
      , {at <= now ? "now" : <Age at={at} now={now} />}
    </p>
  );
}

function nobodyBecause({ clearedAt, nextStep, sentCount }: Incident): string {
  if (clearedAt !== null) return "Nobody: it is well again, and held for a while before it counts as over.";
  if (nextStep === null && sentCount > 0) return "Nobody: this is told once.";
  return "Nobody for now: somebody has answered, or an approved act is under way.";
}
