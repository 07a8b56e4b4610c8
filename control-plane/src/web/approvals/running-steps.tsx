// The steps of what was approved, and who vouches for each: the person, the desk, the host, its checks. Pure.
// What a reader would get wrong: a host says one thing about a run, when it is over. Between the hand-over and that word
// nobody knows how far it is.
import type { Child } from "hono/jsx";
import type { ServiceState } from "../../core/shard/host/shard-state.ts";
import { type Hindrance, HindranceLine } from "../asks/cannot-run-line.tsx";
import { Icon } from "../look/icons.tsx";
import { spanOf, wholeSpanOf } from "../look/place-time.ts";
import { Age, Clock } from "../look/time.tsx";
import { upperFirst } from "../look/upper-first.ts";
import { HostName } from "./approval-parts.tsx";
import { hindranceOf } from "./cannot-run.tsx";
import type { ShownApproval } from "./shown-approval.ts";
import { approvedWords } from "./who.ts";

type Standing = "done" | "now" | "todo";

/** The five steps, each done, under way or to come. */
export function Steps({ shown }: { readonly shown: ShownApproval }) {
  const { approval, stabilityMs } = shown;
  const { isGrantDelivered, outcome, recalledBy } = approval;
  const verification = verificationOf(shown);
  const isWell = verification !== null && verification.settledAt !== null;
  const isHanded = outcome !== null || (isGrantDelivered && wayOf(shown) === null);
  const ran = outcome !== null ? "done" : isHanded && recalledBy === undefined ? "now" : "todo";
  return (
    <ol class="steps card" aria-label="Steps">
      <Approved {...shown} />
      <Step standing={isHanded ? "done" : recalledBy === undefined ? "now" : "todo"}>
        <HandedOver {...shown} />
      </Step>
      <Step standing={ran}>
        <Ran {...shown} standing={ran} />
      </Step>
      <Step standing={outcome === null ? "todo" : isWell ? "done" : "now"}>
        <Passing {...shown} />
      </Step>
      <Step standing={isWell ? "now" : "todo"}>
        It stays well for {wholeSpanOf(stabilityMs)}{" "}
        {isWell && (
          <span class="soft">
            over <Age at={verification.untilAt} now={shown.frame.now} />, if it does
          </span>
        )}
      </Step>
    </ol>
  );
}

function Approved({ approval, frame, readers }: ShownApproval) {
  return (
    <Step standing="done">
      <b>{upperFirst(approvedWords(approval, readers))}</b>{" "}
      {approval.decidedAt !== null && <Age at={approval.decidedAt} now={frame.now} />}
    </Step>
  );
}

function HandedOver(shown: ShownApproval) {
  const { approval, frame } = shown;
  const host = <HostName name={approval.subject.hostName} />;
  const isHanded = approval.outcome !== null || (approval.isGrantDelivered && wayOf(shown) === null);
  if (isHanded)
    return (
      <>
        <b>Handed over to {host}</b>{" "}
        {approval.handedOverAt !== undefined && <Age at={approval.handedOverAt} now={frame.now} />}
      </>
    );
  return isLate(shown) ? (
    <>
      <b>Not delivered yet</b>
      <Held {...shown} />
    </>
  ) : (
    <>
      On its way to {host}
      <Held {...shown} />
    </>
  );
}

/** A host that is there takes a yes within a second. */
const LATE_MS = 3_000;

/** It should be there by now. */
function isLate({ approval, frame }: ShownApproval): boolean {
  return approval.decidedAt !== null && frame.now - approval.decidedAt > LATE_MS;
}

/** What stands between the desk and its host just now; null: nothing that is known. */
function wayOf(shown: ShownApproval): Hindrance | null {
  const hindrance = hindranceOf({ ...shown, cannotRun: null });
  return hindrance?.reason === "finding-unreadable" ? null : hindrance;
}

/** What keeps it on its way, and until when it is good. */
function Held(shown: ShownApproval) {
  const { approval, frame } = shown;
  const hindrance = wayOf(shown);
  if (approval.grantExpiresAt === null || (hindrance === null && !isLate(shown))) return null;
  return (
    <p class="bad" data-says="not-delivered">
      {hindrance !== null && hindrance.reason !== "host-not-up" ? (
        <HindranceLine hindrance={hindrance} hostName={approval.subject.hostName} now={frame.now} />
      ) : (
        <Unanswered {...shown} />
      )}{" "}
      {frame.now < approval.grantExpiresAt && (
        <>
          It runs when <HostName name={approval.subject.hostName} /> takes it, until{" "}
          <Clock at={approval.grantExpiresAt} now={frame.now} />; else the yes ends.
        </>
      )}
    </p>
  );
}

function Unanswered({ approval, frame, health }: ShownApproval) {
  const since = Math.max(health.heardAt ?? 0, health.liveness === "up" ? (approval.decidedAt ?? 0) : 0);
  const host = <HostName name={approval.subject.hostName} />;
  if (since === 0) return <>{host} has not answered.</>;
  return (
    <>
      {host} has not answered for {spanOf(Math.max(0, frame.now - since))}.
    </>
  );
}

function Ran({ approval, frame, standing }: ShownApproval & { readonly standing: Standing }) {
  const { outcome, subject } = approval;
  const host = <HostName name={subject.hostName} />;
  if (outcome === null && standing === "todo") return <>{host} checks it, then runs it</>;
  if (outcome === null)
    return (
      <>
        <b>{host} checks it, then runs it</b>{" "}
        <span class="soft">
          {frame.now < (approval.grantExpiresAt ?? 0) ? "no word from it yet" : "its word is overdue"}
        </span>
      </>
    );
  return (
    <>
      <b>{host} checked it and ran it</b>{" "}
      <span class="soft">it took {spanOf(outcome.finishedAt - outcome.startedAt)}, as the host says</span>
    </>
  );
}

function Passing(shown: ShownApproval) {
  const { approval, frame, health } = shown;
  const verification = verificationOf(shown);
  if (approval.outcome === null) return <>All its checks pass</>;
  if (verification === null)
    return (
      <>
        All its checks pass{" "}
        <span class="soft">{health.service === null ? "not known just now" : "being looked at"}</span>
      </>
    );
  if (verification.settledAt === null)
    return (
      <>
        All its checks pass{" "}
        <span class="soft">waited for since {spanOf(frame.now - verification.startedAt)}</span>
      </>
    );
  return (
    <>
      <b>All its checks pass</b> <Age at={verification.settledAt} now={frame.now} />
    </>
  );
}

/** Of this very run, as its shard knows it; null: it does not say. */
export function verificationOf({ approval, health }: ShownApproval): ServiceState["verification"] {
  const verification = health.service?.verification ?? null;
  return verification?.grantId === approval.grantId ? verification : null;
}

const ICONS = { done: "done", now: "run", todo: "todo" } as const;

function Step({ children, standing }: { readonly standing: Standing; readonly children?: Child }) {
  return (
    <li
      class={standing === "todo" ? "soft" : undefined}
      aria-current={standing === "now" ? "step" : undefined}
    >
      <Icon
        name={ICONS[standing]}
        isTurning={standing === "now"}
        {...(standing === "done" ? { tone: "good" } : {})}
      />
      <div>{children}</div>
    </li>
  );
}
