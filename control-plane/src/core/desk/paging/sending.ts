// What goes out about incidents when it is due: rings to who is on the step and to who was rung, updates to who was rung and to who has it. Each
// page says what it is the first to tell, and whoever is told of a finding is told of it as grave as it is. Pure.
import { UTC } from "../../words/clock-text.ts";
import { endOutgrown } from "../incidents/acknowledgements.ts";
import { gathersMany, isAskedOfNone, membersOf } from "../incidents/gathering.ts";
import { graverOf } from "../incidents/graver.ts";
import { queuePage } from "../outbox/page-queue.ts";
import type { Approval } from "../records/approval.ts";
import type { Finding } from "../records/finding.ts";
import type { Incident } from "../records/incident.ts";
import type { PageKind, Told } from "../records/pages/page.ts";
import { approvalOf, type DeskChange, isUndecided, putFinding, putIncident } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { approvalsOf } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";
import { askedOf } from "../state/finding-index.ts";
import { dueIncidents } from "../state/incident-due.ts";
import { sumOf } from "../state/incident-sums.ts";
import { sentText } from "../texts/page-texts.ts";
import { followingStep, pausedStep } from "./next-step.ts";
import { audibleNews, isQuiet, knowersOf, mayBeTold, ringingOf, unique } from "./ringing.ts";
import { isUpdate, nextSendAt, ringDueAt, updateDueAt } from "./stream.ts";
import { resultOf, tellsOf, withUnsent } from "./tells.ts";

const due = dueIncidents((state, incident) => nextSendAt(state, incident, 0));

/** From this repeat on a ring goes to all channels of a person at once. */
const EVERYWHERE_FROM_REPEAT = 2;

/** When the next ring or update about any incident goes out; null: none does. */
export function nextPageAt(state: DeskState, context: DeskContext): number | null {
  const held = due.dueAt(state, context).map((incident) => nextSendAt(state, incident, context.now));
  const dueAt = [...held, due.nextAfter(state, context)].filter((at) => at !== null);
  return dueAt.length === 0 ? null : dueAt.reduce((left, right) => Math.min(left, right));
}

/** Queues every ring and update that is due. */
export function sendDue(change: DeskChange, context: DeskContext): DeskChange {
  let current = change;
  for (const { incidentId } of due.dueAt(change.state, context)) {
    let incident = current.state.incidents.get(incidentId);
    while (incident !== undefined && isDue(nextSendAt(current.state, incident, context.now), context)) {
      current = sendOne(current, context, incident);
      incident = current.state.incidents.get(incidentId);
    }
  }
  return current;
}

function isDue(at: number | null, { now }: DeskContext): boolean {
  return at !== null && at <= now;
}

function sendOne(change: DeskChange, context: DeskContext, incident: Incident): DeskChange {
  const { state } = change;
  if (isDue(ringDueAt(state, incident, context.now), context)) return ring(change, context, incident);
  if (isDue(updateDueAt(state, incident, context.now), context)) return update(change, context, incident);
  return change;
}

/** A ring: a step that is due, or something that people must know now, or both in one. */
function ring(change: DeskChange, context: DeskContext, incident: Incident): DeskChange {
  const { isResult, isStep, news, responders, worse } = ringingOf(change.state, context, incident);
  // That an act did not help is told to whoever has the incident, and leaves it with them.
  const opened = endOutgrown(change, context, { incident, worse });
  const open = opened.state.incidents.get(incident.incidentId) ?? incident;
  const { nextStep } = open;
  const following =
    isStep && nextStep !== null ? followingStep(context, open, nextStep) : pausedStep(context, open);
  const moved: Incident = {
    ...open,
    nextStep: isPagedOnce(incident) ? null : following,
    resultAt: isResult ? null : incident.resultAt,
  };
  return send(opened, context, {
    incident: moved,
    kind: isQuiet(incident) ? "update" : "ring",
    responders,
    besides: news.some((finding) => isUpdate(change.state, incident, finding)) ? knowersOf(incident) : [],
    news,
    isResult,
    repeats: nextStep?.repeats ?? 0,
    rounds: nextStep?.round ?? 0,
  });
}

function update(change: DeskChange, context: DeskContext, incident: Incident): DeskChange {
  return send(change, context, {
    incident,
    kind: "update",
    responders: knowersOf(incident),
    besides: [],
    news: audibleNews(change.state, context, incident),
    isResult: false,
    repeats: 0,
    rounds: 0,
  });
}

interface Sending {
  readonly incident: Incident;
  readonly kind: Exclude<PageKind, "recovered" | "test">;
  readonly responders: readonly string[];
  /** who know of it already, and are told quietly what it tells that is new */
  readonly besides: readonly string[];
  readonly news: readonly Finding[];
  readonly isResult: boolean;
  readonly repeats: number;
  /** that have begun before this one, of repeats or of acknowledgements */
  readonly rounds: number;
}

function send(change: DeskChange, context: DeskContext, sending: Sending): DeskChange {
  const { besides, incident, kind, news } = sending;
  const { state } = change;
  const mayBe = (id: string) => mayBeTold(state, context, { id, incident });
  const responders = sending.responders.filter(mayBe);
  const others = besides.filter((id) => !responders.includes(id) && mayBe(id));
  const sent: Incident = {
    ...incident,
    lastSentAt: context.now,
    sentCount: incident.sentCount + 1,
    rung: kind === "ring" ? unique([...incident.rung, ...responders]) : incident.rung,
    membersTold: Math.max(incident.membersTold, membersOf(incident, sumOf(state, incident.incidentId))),
    reasonsTold: gathersMany(incident.place)
      ? [...new Set([...incident.reasonsTold, ...news.map(({ reason }) => reason)])]
      : incident.reasonsTold,
  };
  const put = putIncident(change, sent);
  const paged = queueTo(put, context, { ...sending, incident: sent, responders });
  const quiet = { ...sending, kind: "update", isResult: false, repeats: 0, rounds: 0 } as const;
  const told = queueTo(paged, context, { ...quiet, incident: sent, responders: others });
  const result = sending.isResult ? resultOf(state, incident) : undefined;
  return [...news, ...(result === undefined ? [] : [result])].reduce(tellFinding, told);
}

/** One text for all to whom it tells the same and who live by one clock. */
function queueTo(change: DeskChange, context: DeskContext, sending: Sending): DeskChange {
  const { incident, kind, repeats, responders, rounds } = sending;
  if (responders.length === 0) return change;
  const { state } = change;
  const all = tellsOf(state, { ...sending, now: context.now });
  const asked = questionsOf(state, incident);
  const textOf = textOnce((timeZone, tells) =>
    sentText(state, { incident, tells, asked, now: context.now, rounds, kind, timeZone }),
  );
  const [question] = asked;
  const path =
    question === undefined || asked.length > 1
      ? `/incidents/${incident.incidentId}`
      : `/approvals/${question.approvalId}`;
  return responders.reduce((before, responder) => {
    const tells = withUnsent(state, { incident, kind, responder, now: context.now }, all);
    const text = textOf(zoneOf(context, responder), tells);
    return queuePage(before, context, {
      incidentId: incident.incidentId,
      approvalId: question?.approvalId ?? null,
      kind,
      number: incident.sentCount,
      responder,
      severity: text.severity,
      text,
      tells,
      path,
      firstChannel: repeats,
      isEverywhere: kind === "ring" && repeats >= EVERYWHERE_FROM_REPEAT,
    });
  }, change);
}

type TextOf<Text> = (timeZone: string, tells: readonly Told[]) => Text;

/** Writes each text once. */
function textOnce<Text>(write: TextOf<Text>): TextOf<Text> {
  const written = new Map<string, Text>();
  return (timeZone, tells) => {
    const key = [timeZone, ...tells.map(({ findingId, what }) => `${findingId} ${what}`)].join(" ");
    const text = written.get(key) ?? write(timeZone, tells);
    written.set(key, text);
    return text;
  };
}

function zoneOf({ policy }: DeskContext, responder: string): string {
  return policy.responders.find(({ id }) => id === responder)?.timeZone ?? UTC;
}

/** What people know of a finding once they are told of it as it is now. */
function tellFinding(change: DeskChange, { findingId }: Finding): DeskChange {
  const finding = change.state.findings.get(findingId);
  if (finding === undefined) return change;
  const told = graverOf(finding.severity, finding.told);
  return putFinding(change, { ...finding, told, newsAt: null });
}

/** The questions that wait for an answer, and that a page offers: where nothing is asked, one that was put before has its own link. */
function questionsOf(state: DeskState, incident: Incident): readonly Approval[] {
  if (isAskedOfNone(incident, sumOf(state, incident.incidentId))) return [];
  const own = askedOf(state, incident.incidentId).flatMap((finding) => approvalOf(state, finding) ?? []);
  const ofPeople = approvalsOf(state, incident.incidentId).filter(({ askedBy }) => askedBy.kind === "person");
  return [...own, ...ofPeople].filter(isUndecided);
}

/** Good to know, and nothing to answer: one step, and no repeats. */
function isPagedOnce({ reason, subject }: Incident): boolean {
  return subject.kind === "channel" || reason === "automation-frozen" || reason === "control-plane-gap";
}
