// A person has a host asked for an act of its catalogue: the way after a no, and where many hosts suffer and nothing is offered. Pure. It runs
// nothing: the host's proposal becomes a question like any other, which a person answers.
// What a reader would get wrong: whether the host knows the action is not decided here. Its shard has its catalogue, and says so.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { Person } from "../../words/actor.ts";
import { nameOf, type ServiceSubject } from "../../words/subject.ts";
import { ASK_DELIVERY_MAX_MS, askRefusal, findingOfAsk, mayConcern, putAsk } from "../approvals/asks.ts";
import type { Ask } from "../records/ask.ts";
import type { Incident } from "../records/incident.ts";
import { refsOfIncident } from "../state/audit-refs.ts";
import { cannotRunOn } from "../state/cannot-run.ts";
import { addAudit, addEffect, addTimeline, type DeskChange } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";
import { heldIn } from "../state/held-in.ts";
import type { ActNo, DeskAct, Done } from "./desk-act.ts";

/** As a person asks. */
export interface AskForAsked {
  readonly kind: "ask-for";
  readonly hostId: string;
  readonly service: string;
  readonly action: string;
  readonly why: string;
  /** the incident in which they ask; absent: the desk finds the one that is open about it */
  readonly incidentId?: string;
}

/** As it is decided: the shell has found the host. */
export interface AskFor extends AskForAsked {
  readonly hostName: string;
}

export const askFor: DeskAct<AskFor, Person, AskForAsked> = {
  kind: "ask-for",
  who: "person",
  needs: "answer",
  refused: "asking-refused",
  about: (_state, act) => [{ kind: "subject", subject: subjectOf(act) }],
  decide(change, context, done) {
    const incident = incidentFor(change.state, context, done);
    return incident.ok ? ok(ask(change, context, { ...done, incident: incident.value })) : incident;
  },
};

function ask(
  change: DeskChange,
  context: DeskContext,
  { act, by, incident }: Done<AskFor> & { readonly incident: Incident },
): DeskChange {
  const { action } = act;
  const { incidentId } = incident;
  const why = act.why.trim();
  const subject = subjectOf(act);
  const requestId = context.newId("prq");
  const asked: Ask = { requestId, incidentId, subject, action, why, by, askedAt: context.now, answer: null };
  const text = `Asked for "${action}" of ${nameOf(subject)}: ${why}`;
  const audited = addAudit(putAsk(change, asked), context, {
    actor: by,
    act: "asked-for",
    refs: [{ kind: "subject", subject }, ...refsOfIncident(incident)],
    why: text,
  });
  const { hostId, service } = subject;
  const asking = { kind: "person", responder: by.responder, why, incidentId } as const;
  const untilAt = context.now + ASK_DELIVERY_MAX_MS;
  return addEffect(addTimeline(audited, incidentId, { at: context.now, by, text }), {
    kind: "ask-host",
    ask: { requestId, hostId, service, action, by: asking, untilAt },
  });
}

/** The incident that it goes to, or why it is not asked. */
function incidentFor(
  state: DeskState,
  context: DeskContext,
  { act, by }: Done<AskFor>,
): Result<Incident, ActNo> {
  const { action, incidentId = null } = act;
  const subject = subjectOf(act);
  if (act.why.trim() === "") return refuse({ reason: "reason-missing" });
  const named = incidentId === null ? undefined : heldIn(state, incidentId);
  if (incidentId !== null && (named === undefined || !mayConcern(state, named, subject)))
    return refuse({ reason: "incident-unknown" });
  if (named?.state === "resolved") return refuse({ reason: "incident-resolved" });
  const finding = findingOfAsk(state, { incidentId: named?.incidentId ?? null, subject });
  const incident = finding === undefined ? undefined : state.incidents.get(finding.incidentId);
  if (incident === undefined) return refuse({ reason: "ask-nothing-open" });
  const cannot = cannotRunOn(state, subject);
  if (cannot !== null)
    return refuse({ reason: cannot.reason === "frozen" ? "automation-frozen" : "ask-host-down" });
  const reason = askRefusal(state, context, { action, by, subject });
  return reason === null ? ok(incident) : refuse({ reason });
}

function subjectOf({ hostId, hostName, service }: AskFor): ServiceSubject {
  return { kind: "service", hostId, hostName, service };
}
