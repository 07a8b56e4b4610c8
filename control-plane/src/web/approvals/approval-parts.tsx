// Pieces that the states of an approval's view share: its head, the exact command, the waits as a line, steps to take. Pure.
import type { Child } from "hono/jsx";
import type { Approval } from "../../core/desk/records/approval.ts";
import { Lane, type LanePoint } from "../look/lane.tsx";
import { LastWords } from "../look/last-words.tsx";
import { OwnCard } from "../look/own-card.tsx";
import { Exact } from "../look/parts.tsx";
import { conditionOf } from "./act-words.ts";
import { ApprovalBadge } from "./approval-badge.tsx";
import { type ApprovalStatus, statusOf } from "./approval-words.ts";
import type { NextStep } from "./failure-words.ts";
import type { ShownApproval } from "./shown-approval.ts";
import { type Title, titleOf } from "./titles.ts";
import type { Waited } from "./waits.ts";

/** A longer name may break: it must fit the smallest phone. */
const UNBROKEN_CHARS_MAX = 20;

/** A host's name, as one word where there is room for it. */
export function HostName({ name }: { readonly name: string }) {
  return (
    <span class={name.length <= UNBROKEN_CHARS_MAX ? "nb" : undefined}>
      <Exact text={name} />
    </span>
  );
}

/** How it stands, a word beside it, and the title. */
export function Head(props: {
  readonly shown: ShownApproval;
  /** how it stands, where that is more than its record says */
  readonly status?: ApprovalStatus;
  /** a line below the title */
  readonly below?: Child;
  readonly children?: Child;
}) {
  const { approval, frame } = props.shown;
  const status = props.status ?? statusOf(approval, frame.now);
  const { after, before } = titleOf(approval, status.isOpen, props.shown);
  return (
    <div>
      <p class="row head small">
        <ApprovalBadge status={status} />
        <span class="soft">{props.children}</span>
      </p>
      <h1>
        {before}
        <HostName name={approval.subject.hostName} />
        {after}
      </h1>
      {props.below}
    </div>
  );
}

/** The same title as a line. */
export function titleLine(shown: ShownApproval): string {
  const { after, before }: Title = titleOf(shown.approval, isOpen(shown), shown);
  return `${before}${shown.approval.subject.hostName}${after}`;
}

/** An answer would still be taken. */
export function isOpen({ approval, frame }: ShownApproval): ApprovalStatus["isOpen"] {
  return statusOf(approval, frame.now).isOpen;
}

/** A card with its heading. */
export function Card(props: {
  readonly id: string;
  readonly heading: Child;
  readonly tone?: "no" | "wt" | "ok" | undefined;
  readonly isHeadingHidden?: boolean;
  readonly children?: Child;
}) {
  const { children, heading, id, isHeadingHidden = false, tone } = props;
  return (
    <section class={tone === undefined ? "card" : `card ${tone}`} aria-labelledby={id}>
      <h2 id={id} class={isHeadingHidden ? "vh" : tone === "no" ? "bad" : undefined}>
        {heading}
      </h2>
      {children}
    </section>
  );
}

/** What its log said last, near enough to the answer to be read before it. */
export function WordsCard({ approval, frame, lastWords }: ShownApproval) {
  if (lastWords === null) return null;
  const allAt = `/incidents/${encodeURIComponent(approval.incidentId)}#words`;
  return (
    <OwnCard what="Last words">
      <LastWords told={[lastWords]} now={frame.now} allAt={allAt} />
    </OwnCard>
  );
}

/** The exact command, each argument in its own box, so that a blank inside one cannot pass for two. */
export function Command(props: {
  readonly approval: Approval;
  /** such as `Runs` */
  readonly verb: string;
  readonly hasCondition?: boolean;
  /** nobody has to read it any more */
  readonly isFolded?: boolean;
  readonly children?: Child;
}) {
  const { approval, children, hasCondition = false, isFolded = false, verb } = props;
  const { argv, runAs } = approval.proposal;
  const condition = hasCondition ? conditionOf(approval.proposal) : null;
  const heading = (
    <>
      {verb} as <Exact text={runAs} /> on <HostName name={approval.subject.hostName} />
    </>
  );
  const command = (
    <ol class="argv" aria-label={`The exact command, ${argv.length} arguments, without a shell`}>
      {argv.map((argument) => (
        <li>
          <code>
            <Argument argument={argument} />
          </code>
        </li>
      ))}
    </ol>
  );
  if (isFolded)
    return (
      <section class="card" aria-label="The command">
        <details>
          <summary>The command that did not run</summary>
          {command}
        </details>
      </section>
    );
  return (
    <Card id="cmd" heading={heading}>
      {command}
      {condition !== null && <p class="small soft">{condition}</p>}
      {children}
    </Card>
  );
}

/** Blanks that nobody would see, or count. */
const ODD_BLANKS = /(^ +| {2,}| +$)/;

/** One argument: its blanks at an end, and two in a row, are written out like all that cannot be seen. */
function Argument({ argument }: { readonly argument: string }) {
  return (
    <>
      {argument.split(ODD_BLANKS).map((part, index) =>
        index % 2 === 0 ? (
          part !== "" && <Exact text={part} />
        ) : (
          <span class="exact">
            <mark>{`${part.length} × U+0020`}</mark>
          </span>
        ),
      )}
    </>
  );
}

/** How it is after a turn, where it is not down. */
const LEADS: Partial<Readonly<Record<Waited["name"], Pick<LanePoint, "leads">>>> = {
  ran: { leads: "returning" },
  well: { leads: "well" },
};

/** What each wait cost, as a line. */
export function WaitsLane({ now, waits }: { readonly waits: readonly Waited[]; readonly now: number }) {
  if (waits.length < 2) return null;
  const points = waits.map(({ at, name }) => ({
    name,
    at,
    ...(at === null ? { note: "not yet" } : {}),
    ...LEADS[name],
  }));
  return <Lane points={points} now={now} />;
}

/** Things to do, in their order. */
export function NextSteps({ steps }: { readonly steps: readonly NextStep[] }) {
  return (
    <ol class="steps">
      {steps.map(({ command, link, text }, index) => (
        <li>
          <b>{index + 1}</b>
          <div>
            {text}
            {link !== undefined && (
              <>
                {" "}
                <a href={link.path}>
                  <Exact text={link.words} />
                </a>
              </>
            )}
            {command !== undefined && (
              <>
                <br />
                <code>{command}</code>
              </>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}
