// What a replay sees of the desk's records: pages by what they tell, findings by what became of them, questions by their episode. The one file
// that knows how the desk keeps them; records, expectations and printed stories are made of what it gives. Pure, but for what it has told before.
import { type KeptUp, keptUp, type Placed, type Records } from "@countersign/shared/values/records";
import { groupedBy } from "@countersign/shared/values/records-index";
import type { Approval } from "../src/core/desk/records/approval.ts";
import type { Finding } from "../src/core/desk/records/finding.ts";
import type { Incident } from "../src/core/desk/records/incident.ts";
import type { Page, Told } from "../src/core/desk/records/pages/page.ts";
import { isUndecided } from "../src/core/desk/state/desk-change.ts";
import type { DeskState } from "../src/core/desk/state/desk-state.ts";
import { openFindingsOf } from "../src/core/desk/state/finding-index.ts";
import type { PageReason } from "../src/core/words/signal.ts";
import { placeNameOf, serviceOf, type Subject } from "../src/core/words/subject.ts";
import type { FindingTurn, RecordedPage, RecordedTell } from "./printed/replay-record.ts";

/** Incidents that merged into each other one after the other: more are not followed. */
const MERGES_MAX = 8;

/** The part of the desk that is looked at. */
export type DeskSeen = Pick<DeskState, "approvals" | "findings" | "incidents">;

/** A page that arrived, as it is recorded. */
export function pageSeen(
  page: Page,
  { incidents }: Pick<DeskSeen, "incidents">,
  arrived: { readonly at: number; readonly channel: string },
): RecordedPage {
  const { approvalId, body, incidentId, key, responder, severity, title } = page;
  const tells = page.tells.map(tellSeen);
  const about = page.tells.find(({ isTitle }) => isTitle) ?? page.tells[0] ?? incidents.get(incidentId);
  const { host, service } = about === undefined ? { host: "", service: null } : placeOf(about.subject);
  const { at, channel } = arrived;
  const [to, kind, channels] = [responder, kindOf(page), [channel]];
  const told = { tells, reason: about?.reason ?? null, severity, host, service, title, body };
  return { at, key, to, channel, channels, kind, ...told, incidentId, approvalId };
}

/** What tells only an end is "recovered", though its incident goes on. */
function kindOf({ kind, tells }: Page): RecordedPage["kind"] {
  return tells.length > 0 && tells.every(({ what }) => what === "ended") ? "recovered" : kind;
}

function tellSeen({ isFirst, isTitle, reason, subject, what }: Told): RecordedTell {
  return { reason, ...placeOf(subject), isFirst, isTitle, isEnd: what === "ended" };
}

/** What has become, since this was asked last, of each finding that is another than it was then. */
export function findingsTurned(state: Pick<DeskSeen, "findings" | "incidents">): readonly FindingTurn[] {
  const turned = incidentsTurned(state.incidents)
    .take()
    .flatMap((incidentId) => openFindingsOf(state, incidentId))
    .map(({ findingId }) => findingId);
  const ids = new Set([...findingsChanged(state.findings).take(), ...turned]);
  return [...ids].flatMap((findingId) => {
    const finding = state.findings.get(findingId);
    return finding === undefined ? [] : [turnOf(finding, state.incidents.get(finding.incidentId))];
  });
}

/** A finding is as far as its incident, until it has ended itself. */
function turnOf(finding: Finding, incident: Incident | undefined): FindingTurn {
  const { endedAt, findingId, incidentId, reason, severity, subject, title } = finding;
  const isTaken = incident?.state === "acknowledged";
  const state = endedAt !== null ? "resolved" : isTaken ? "acknowledged" : "open";
  return { findingId, incidentId, reason, ...placeOf(subject), severity, title, state };
}

const findingsChanged = changed<Finding>();

/** Incidents that are in another state than they were when this was asked last. */
const incidentsTurned = keptUp<Incident, TurnedIds>(() => new TurnedIds());

/** The approvals that are others than when this was asked last. */
export function approvalsChanged({ approvals }: Pick<DeskSeen, "approvals">): readonly Approval[] {
  return changedApprovals(approvals)
    .take()
    .flatMap((approvalId) => approvals.get(approvalId) ?? []);
}

const changedApprovals = changed<Approval>();

/** The episode in which a question is put once, however often its proposal is renewed. */
export function episodeOf({ findingId }: Approval): string {
  return findingId;
}

/** The incident that holds now what a page was about, whatever it was merged into; null: it is over. */
export function holderOf({ incidents }: Pick<DeskSeen, "incidents">, incidentId: string): Incident | null {
  let incident = incidents.get(incidentId);
  for (
    let steps = 0;
    steps < MERGES_MAX && incident !== undefined && incident.mergedInto !== null;
    steps += 1
  )
    incident = incidents.get(incident.mergedInto);
  return incident === undefined || !isGoing(incident) ? null : incident;
}

/** The incidents that are not over and hold something of this reason, if one is given, and of this place. */
export function holdersOf(
  { findings, incidents }: Pick<DeskSeen, "findings" | "incidents">,
  {
    isThere,
    reason,
  }: { readonly isThere: (subject: Subject) => boolean; readonly reason: PageReason | null },
): readonly Incident[] {
  const held = unended(findings, "all").filter(
    (finding) => (reason === null || finding.reason === reason) && isThere(finding.subject),
  );
  const ids = new Set(held.map(({ incidentId }) => incidentId));
  return [...ids].flatMap((incidentId) => incidents.get(incidentId) ?? []).filter(isGoing);
}

const unended = groupedBy<Finding>(({ endedAt }) => (endedAt === null ? "all" : null));

function isGoing({ state }: Incident): boolean {
  return state === "open" || state === "acknowledged";
}

/** The questions that wait for an answer, oldest first. */
export function openQuestions({ approvals }: Pick<DeskSeen, "approvals">): readonly Approval[] {
  return undecided(approvals, "all");
}

const undecided = groupedBy<Approval>((approval) => (isUndecided(approval) ? "all" : null));

function placeOf(subject: Subject): { readonly host: string; readonly service: string | null } {
  return { host: placeNameOf(subject), service: serviceOf(subject) };
}

/** Which records are others than they were when this was asked last, however many there are. */
export function changed<V>(): (records: Records<V>) => ChangedIds<V> {
  return keptUp<V, ChangedIds<V>>(() => new ChangedIds<V>());
}

class ChangedIds<V> implements KeptUp<V> {
  #ids: string[] = [];

  changed(id: string): void {
    this.#ids.push(id);
  }

  take(): readonly string[] {
    const ids = this.#ids;
    this.#ids = [];
    return ids;
  }
}

class TurnedIds implements KeptUp<Incident> {
  readonly #states = new Map<string, Incident["state"]>();
  #ids: string[] = [];

  changed(id: string, placed: Placed<Incident> | undefined): void {
    if (placed === undefined) {
      this.#states.delete(id);
      return;
    }
    if (this.#states.get(id) !== placed.value.state) this.#ids.push(id);
    this.#states.set(id, placed.value.state);
  }

  take(): readonly string[] {
    const ids = this.#ids;
    this.#ids = [];
    return ids;
  }
}
