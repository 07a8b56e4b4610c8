// Drills of the way to people: each is due by the policy, goes out by day and never into an incident, is repeated once,
// and is proven by its person. Pure. It follows the policy after every event: what is declared has a record, what is
// not has none. What a reader would get wrong: nobody comes here to say that a page came. The receipts of test pages
// are compared, whichever way they came.
import { BY_DESK } from "../../words/actor.ts";
import { kindOf } from "../../words/reason-kinds.ts";
import { workingTimeFrom } from "../../words/working-hours.ts";
import { isQuiet } from "../paging/ringing.ts";
import type { Drill } from "../records/pages/drill.ts";
import type { Page } from "../records/pages/page.ts";
import { refOfPerson } from "../state/audit-refs.ts";
import { addAudit, type DeskChange } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";
import { heldIn } from "../state/held-in.ts";
import {
  type DeclaredDrill,
  declaredDrills,
  DRILL_HELD_MS,
  drillDueAt,
  RUNG_LATELY_MS,
} from "./declared-drills.ts";
import { proveByTestPages } from "./drill-proof.ts";
import { putDrill } from "./put-drill.ts";
import { sendDrill } from "./send-drill.ts";

/** When the next thing about any of them is due; null: none is declared. */
export function drillsDueAt({ drills }: DeskState, { policy }: DeskContext): number | null {
  const dueAt = declaredDrills(policy).flatMap(({ drillKey, everyMs }) => {
    const drill = drills.get(drillKey);
    return drill === undefined ? [] : [drillDueAt(drill, everyMs)];
  });
  return dueAt.length === 0 ? null : Math.min(...dueAt);
}

/** Everything about drills whose time has come. */
export function followDrills(change: DeskChange, context: DeskContext): DeskChange {
  const declared = declaredDrills(context.policy);
  if (declared.length === 0 && change.state.drills.size === 0) return change;
  const kept = declared.reduce(
    (before, one) => begin(before, context, one),
    forgetOthers(change, new Set(declared.map(({ drillKey }) => drillKey))),
  );
  const proven = proveByTestPages(kept, context);
  return declared.reduce((before, one) => followDrill(before, context, one), proven);
}

function forgetOthers(change: DeskChange, declared: ReadonlySet<string>): DeskChange {
  const others = [...change.state.drills.ids()].filter((drillKey) => !declared.has(drillKey));
  if (others.length === 0) return change;
  const drills = others.reduce((kept, drillKey) => kept.without(drillKey), change.state.drills);
  return { ...change, state: { ...change.state, drills } };
}

function begin(change: DeskChange, { now }: DeskContext, declared: DeclaredDrill): DeskChange {
  const { drillKey, path, responder } = declared;
  if (change.state.drills.has(drillKey)) return change;
  return putDrill(change, {
    drillKey,
    path,
    responder,
    sinceAt: now,
    stage: "waits",
    heldUntilAt: null,
    sentAt: null,
    testId: null,
    deliveredBy: null,
    error: null,
    failedAt: null,
    provenAt: null,
    provenBy: null,
  });
}

function followDrill(change: DeskChange, context: DeskContext, declared: DeclaredDrill): DeskChange {
  const ended = endUnanswered(change, context, declared);
  const drill = ended.state.drills.get(declared.drillKey);
  if (drill === undefined || drillDueAt(drill, declared.everyMs) > context.now) return ended;
  const freeAt = freeAtOf(ended.state, context, drill);
  return freeAt > context.now
    ? putDrill(ended, { ...drill, heldUntilAt: freeAt })
    : sendDrill(ended, context, { drill, everyMs: declared.everyMs });
}

/** A day is over in which its person said nothing. */
function endUnanswered(change: DeskChange, context: DeskContext, declared: DeclaredDrill): DeskChange {
  const drill = change.state.drills.get(declared.drillKey);
  if (drill === undefined || (drill.stage !== "sent" && drill.stage !== "repeated")) return change;
  if (drillDueAt(drill, declared.everyMs) > context.now) return change;
  const isLast = drill.stage === "repeated";
  const test = change.state.testPages.get(drill.testId ?? "");
  const { deliveredBy = null, error = null } = test ?? {};
  const put = putDrill(change, {
    ...drill,
    stage: isLast ? "waits" : "to-repeat",
    heldUntilAt: null,
    failedAt: isLast ? (drill.failedAt ?? context.now) : drill.failedAt,
    deliveredBy,
    error,
  });
  const came =
    deliveredBy === null
      ? `no channel took it${error === null ? "" : ` (${error})`}`
      : `${deliveredBy} took it`;
  return addAudit(put, context, {
    actor: BY_DESK,
    act: "drill-unanswered",
    refs: [refOfPerson(drill.responder)],
    why: `${came}, and nobody said that it came; ${isLast ? "that was its repeat" : "it is repeated once"}`,
  });
}

/** When it may go out: by day, where they are, and while nothing wanted them just now. */
function freeAtOf(state: DeskState, { now, policy }: DeskContext, { responder }: Drill): number {
  const person = policy.responders.find(({ id }) => id === responder);
  const byDayAt = workingTimeFrom(now, person?.timeZone);
  if (byDayAt > now) return byDayAt;
  // In shadow nobody is paged.
  return policy.shadow || isWanted(state, now, responder) ? now + DRILL_HELD_MS : now;
}

/**
 * They were rung within the last hours about something that goes on, or a page to them is on its way. A notice is no
 * reason.
 */
function isWanted(state: DeskState, now: number, responder: string): boolean {
  return state.pages
    .values()
    .some(
      (page) =>
        page.responder === responder &&
        (page.state === "pending" ||
          (page.kind === "ring" && page.createdAt > now - RUNG_LATELY_MS && isOfWhatGoesOn(state, page))),
    );
}

function isOfWhatGoesOn(state: DeskState, { incidentId }: Page): boolean {
  const incident = heldIn(state, incidentId);
  if (incident === undefined || incident.state === "resolved") return false;
  return kindOf(incident.reason) !== "notice" && !isQuiet(incident);
}
