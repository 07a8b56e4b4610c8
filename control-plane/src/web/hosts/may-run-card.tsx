// What may run on a host: the host's own list, with who must say yes. Nothing else can run there. Pure.
import { Icon } from "../look/icons.tsx";
import { spanOf } from "../look/place-time.ts";
import { State } from "../look/state.tsx";
import { Age } from "../look/time.tsx";
import type { RunLine } from "./may-run.ts";

const SHOWN_MAX = 6;

/** Why it is not known what may run. */
type NotKnown = "not-connected" | "rules-unread";

const NOT_KNOWN: Readonly<Record<NotKnown, string>> = {
  "not-connected": "Nothing now: the host is not connected. Its list comes with its next connection.",
  "rules-unread": "The rules in force cannot be read just now, so it is not known who would be asked.",
};

/** The card. */
export function MayRunCard(props: { readonly lines: readonly RunLine[] | NotKnown; readonly now: number }) {
  const { lines, now } = props;
  return (
    <section class="card" aria-labelledby="may-run">
      <h2 id="may-run">What may run here</h2>
      {typeof lines === "string" ? (
        <p class="small soft">{NOT_KNOWN[lines]}</p>
      ) : (
        <>
          <p class="small soft">
            {lines.length === 0
              ? "Nothing: the host's own list names no action."
              : "Nothing else can. The list lies on the host and belongs to root."}
          </p>
          <Lines lines={lines} now={now} />
        </>
      )}
    </section>
  );
}

function Lines({ lines, now }: { readonly lines: readonly RunLine[]; readonly now: number }) {
  const rest = lines.slice(SHOWN_MAX);
  return (
    <>
      <ul class="list">
        {lines.slice(0, SHOWN_MAX).map((line) => (
          <Line line={line} now={now} />
        ))}
      </ul>
      {rest.length > 0 && (
        <details>
          <summary>{rest.length} more</summary>
          <ul class="list">
            {rest.map((line) => (
              <Line line={line} now={now} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Line({ line, now }: { readonly line: RunLine; readonly now: number }) {
  const { action, service } = line.runnable;
  return (
    <li data-may-run={line.mayRun}>
      <p class="row">
        <b>
          {action} {service}
        </b>
        <Verdict line={line} />
      </p>
      <p class="small soft">
        {detailsOf(line).join("; ")}
        {line.mayRun === "used-up" && line.runnable.budget.freeAt !== null && (
          <>
            ; again <Age at={line.runnable.budget.freeAt} now={now} />
          </>
        )}
        {line.standing !== null && (
          <>
            ; yes in advance for {line.standing.usesMax - line.standing.usesCount} more, until{" "}
            <Age at={line.standing.untilAt} now={now} />
          </>
        )}
      </p>
    </li>
  );
}

function Verdict({ line: { mayRun } }: { readonly line: RunLine }) {
  switch (mayRun) {
    case "asks-you":
      return (
        <State kind="asks" isSmall>
          asks you
        </State>
      );
    case "by-itself":
      return (
        <span class="st small">
          <Icon name="run" />
          by itself
        </span>
      );
    case "in-advance":
      return (
        <State kind="taken" isSmall>
          by a yes in advance
        </State>
      );
    case "frozen":
      return (
        <State kind="frozen" isSmall>
          frozen
        </State>
      );
    case "used-up":
      return (
        <State kind="warning" isSmall>
          no, used up
        </State>
      );
    case "not-permitted":
      return (
        <State kind="warning" isSmall>
          no, not permitted
        </State>
      );
    case "not-now":
      return (
        <State kind="unknown" isSmall>
          not while it is away
        </State>
      );
  }
}

function detailsOf({ asRoot, mayRun, runnable }: RunLine): readonly string[] {
  const { budget, isAsked, proposedFor, undo } = runnable;
  const isSaid = mayRun === "asks-you" || mayRun === "by-itself" || mayRun === "in-advance";
  return [
    ...(asRoot === null ? [] : [asRoot ? "as root" : "not as root"]),
    ...(isSaid ? [] : [isAsked ? "asks you" : "by itself"]),
    ...(proposedFor.length === 0 ? ["only when somebody asks for it"] : []),
    budget.usedCount === 0
      ? `at most ${budget.max} in ${hourText(budget.windowMs)}`
      : `${budget.usedCount} of ${budget.max} used in ${hourText(budget.windowMs)}, by anyone`,
    ...(undo === null ? [] : [`${undo} takes it back`]),
  ];
}

function hourText(windowMs: number): string {
  const span = spanOf(windowMs);
  return span === "60 min" ? "an hour" : span.replace(/^1 /, "a ");
}
