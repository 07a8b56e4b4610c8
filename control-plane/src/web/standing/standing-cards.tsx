// One yes in advance: who gave it, how much of it is left, each use with what came of it, and the way to take it back; of one that is over, why. Pure.
import type { StandingUse } from "../../core/desk/approvals/standing-uses.ts";
import type { StandingApproval } from "../../core/desk/records/standing-approval.ts";
import type { Actor } from "../../core/words/actor.ts";
import { nameOf } from "../../core/words/subject.ts";
import { type People, whoFirst, whoOf } from "../brakes/who.ts";
import { answeredOf } from "../incidents/incident-tried.tsx";
import { May } from "../look/may.tsx";
import { Exact, ShortHash } from "../look/parts.tsx";
import { State } from "../look/state.tsx";
import { Age } from "../look/time.tsx";
import { upperFirst } from "../look/upper-first.ts";
import { boundsText } from "./until-when.ts";

/** A yes in advance with the token of the form that takes it back. */
export interface ShownStanding {
  readonly standing: StandingApproval;
  readonly token: string;
  /** the newest first */
  readonly uses: readonly StandingUse[];
}

/** One that is over. */
export interface OverStanding {
  readonly standing: StandingApproval;
  readonly endedAt: number;
  /** as the record has it; null: it does not say, or cannot be read now */
  readonly ended: { readonly act: string; readonly by: Actor } | null;
  /** the newest first */
  readonly uses: readonly StandingUse[];
}

interface Reading {
  readonly people: People;
  readonly now: number;
  readonly timeZone: string;
}

/** One that is given. */
export function StandingCard(props: ShownStanding & Reading) {
  const { now, people, standing, timeZone, token, uses } = props;
  const { action, by, givenAt, signed, standingId, subject, untilAt, usesCount, usesMax, why } = standing;
  return (
    <article class="card" data-standing={standingId}>
      <div class="row">
        <h2>
          <Exact text={action} /> <Exact text={nameOf(subject)} />
        </h2>
        <State kind={isUsedUp(standing) ? "done" : "taken"}>
          {isUsedUp(standing) ? "used up" : `${usesMax - usesCount} of ${usesMax} left`}
        </State>
      </div>
      <p>
        {upperFirst(boundsText({ usesMax, untilAt }, { now, timeZone }))}, <Age at={untilAt} now={now} />
        {isUsedUp(standing) ? ". From now on it is asked again." : "."}
      </p>
      <p class="small">
        <Exact text={`${whoOf(by, people)} said yes by ${signed.credentialName}`} />,{" "}
        <Age at={givenAt} now={now} />
        {why.trim() !== "" && (
          <>
            : “<Exact text={why} />”
          </>
        )}
      </p>
      <Uses standing={standing} uses={uses} now={now} />
      <p class="small soft">
        Signed text <ShortHash hash={signed.hash} />
      </p>
      <May needs="answer">
        <form method="post" action={`/standing/revoke/${encodeURIComponent(standingId)}`}>
          <input type="hidden" name="csrf" value={token} />
          <button class="btn plain">
            {isUsedUp(standing) ? "Take it away" : "Take it back"}
            <small>
              {isUsedUp(standing)
                ? "else it goes by itself at its end"
                : "from then on it is asked each time"}
            </small>
          </button>
        </form>
      </May>
    </article>
  );
}

/** One that is over, and why. */
export function OverCard({ now, over, people, timeZone }: Reading & { readonly over: OverStanding }) {
  const { endedAt, standing, uses } = over;
  const { action, by, standingId, subject, untilAt, usesCount, usesMax } = standing;
  return (
    <article class="card" data-standing={standingId}>
      <div class="row">
        <h3>
          <Exact text={action} /> <Exact text={nameOf(subject)} />
        </h3>
        <State kind="done" isSmall isQuiet>
          {usesCount} of {usesMax} used
        </State>
      </div>
      <p data-says="over">
        <Exact text={endText(over, people)} />, <Age at={endedAt} now={now} />.
      </p>
      <p class="small soft">
        <Exact text={whoFirst(by, people)} /> had said yes{" "}
        {boundsText({ usesMax, untilAt }, { now, timeZone })}.
      </p>
      <Uses standing={standing} uses={uses} now={now} />
    </article>
  );
}

function Uses(props: Pick<ShownStanding, "standing" | "uses"> & { readonly now: number }) {
  const { now, standing, uses } = props;
  const untold = standing.usesCount - uses.length;
  return (
    <>
      {uses.length > 0 && (
        <ul class="list" aria-label="What was used">
          {uses.map((use) => (
            <Use use={use} now={now} />
          ))}
        </ul>
      )}
      {untold > 0 && (
        <p class="small soft">
          {untold} {untold === 1 ? "use is" : "uses are"} no longer kept here; the record has{" "}
          {untold === 1 ? "it" : "them"}.
        </p>
      )}
    </>
  );
}

function Use({ now, use }: { readonly use: StandingUse; readonly now: number }) {
  const { kind, words } = answeredOf(use);
  return (
    <li>
      <p class="row">
        <a class="tap" href={`/approvals/${encodeURIComponent(use.approvalId)}`}>
          <span>
            Used <Age at={use.usedAt} now={now} />
          </span>
        </a>
        <State kind={kind} isSmall>
          {words}
        </State>
      </p>
    </li>
  );
}

/** Why it is over, as a sentence begins. */
function endText({ ended, endedAt, standing }: OverStanding, people: People): string {
  const giver = whoFirst(standing.by, people);
  const said = ended === null ? undefined : ENDS.get(ended.act)?.(giver, whoFirst(ended.by, people));
  if (said !== undefined) return said;
  if (endedAt < standing.untilAt) return "It was ended before its time";
  return isUsedUp(standing) ? "It was used up, and its time is over" : "Its time is over";
}

type EndWords = (giver: string, by: string) => string;

/** Ends that are no end of time, by what the record calls them. */
const ENDS = new Map<string, EndWords>([
  ["standing-revoked", (_giver, by) => `${by} took it back`],
  ["standing-giver-left", (giver) => `${giver} left the rules`],
  ["standing-role-left", (giver) => `${giver} may approve no more`],
  ["standing-passkey-left", () => "The passkey that signed it may approve no more"],
]);

/** Says whether nothing of it is left. */
export function isUsedUp({ usesCount, usesMax }: StandingApproval): boolean {
  return usesCount >= usesMax;
}
