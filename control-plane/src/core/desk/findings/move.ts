// Findings move, incidents do not. What is put into an incident takes its questions with it, and an incident that is emptied ends as merged: its
// link leads on, and who was rung about it is told the end of the other. Pure.
import { actorNameOf, BY_DESK, byRule } from "../../words/actor.ts";
import { kindOf } from "../../words/reason-kinds.ts";
import { isHosted, nameOf } from "../../words/subject.ts";
import { gathersMany } from "../incidents/gathering.ts";
import { isGraver } from "../incidents/graver.ts";
import { firstStep, incidentOf } from "../incidents/opening.ts";
import { summarise } from "../incidents/summary.ts";
import { withdrawPagesOf } from "../outbox/page-outbox.ts";
import type { Finding, FindingStanding } from "../records/finding.ts";
import type { Incident, Place } from "../records/incident.ts";
import { refsOfIncident } from "../state/audit-refs.ts";
import {
  addAudit,
  type DeskChange,
  putApproval,
  putFinding,
  putIncident,
  withTimeline,
} from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { approvalsFor, openIncidentsAt } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";
import {
  beneathOn,
  downFindingsOn,
  isOver,
  openFindingsBy,
  openFindingsOn,
  saysHostDown,
} from "../state/finding-index.ts";
import { sumOf } from "../state/incident-sums.ts";
import { placeKeyOf } from "../state/place-key.ts";
import { ownPlaceOf, type Placing, placingOf, silentFleetOver } from "./place.ts";

/** How long after its host was seen again what still fires beneath it is placed anew. */
export const RELEASE_AFTER_MS = 30_000;

/** Puts a finding where it belongs; it may be one that lay beneath its host until now. Its incident is known afterwards. */
export function placeFinding(change: DeskChange, context: DeskContext, finding: Finding): DeskChange {
  const placing = placingOf(change.state, context, finding);
  const placed = putPlaced(change, context, { finding, placing });
  const put = placed.state.findings.get(finding.findingId);
  return put === undefined ? placed : sinkBelow(placed, context, put);
}

interface ToPlace {
  readonly finding: Finding;
  readonly placing: Placing;
}

function putPlaced(change: DeskChange, context: DeskContext, { finding, placing }: ToPlace): DeskChange {
  switch (placing.kind) {
    case "join":
      return joinIncident(change, context, { ...placing, finding });
    case "open":
      return openIncident(change, context, { place: placing.place, finding });
    case "gather":
      return gather(change, context, { ...placing, finding });
  }
}

function openIncident(
  change: DeskChange,
  context: DeskContext,
  { finding, place }: { readonly finding: Finding; readonly place: Place },
): DeskChange {
  const opened = incidentOf(context, place, finding);
  const text = `Opened: ${finding.title}`;
  const incident = withTimeline(opened, { at: context.now, by: byRule(finding.reason), text });
  const put = putFinding(putIncident(change, incident), {
    ...finding,
    incidentId: incident.incidentId,
    standing: "own",
  });
  return addAudit(put, context, {
    actor: byRule(finding.reason),
    act: "incident-opened",
    refs: refsOfIncident(incident),
    why: `${nameOf(finding.subject)}: ${finding.title}`,
  });
}

function joinIncident(
  change: DeskChange,
  context: DeskContext,
  join: { readonly finding: Finding; readonly incidentId: string; readonly standing: FindingStanding },
): DeskChange {
  const { finding, incidentId, standing } = join;
  const incident = change.state.incidents.get(incidentId);
  if (incident === undefined) return openIncident(change, context, { finding, place: ownPlaceOf(finding) });
  const isCounted = standing !== "beneath" && gathersMany(incident.place);
  const text = standing === "beneath" ? `Beneath it: ${finding.title}` : `Joined: ${finding.title}`;
  const joined = withTimeline(
    { ...incident, joinedAt: isCounted ? context.now : incident.joinedAt },
    { at: context.now, by: byRule(finding.reason), text },
  );
  const put = putFinding(putIncident(change, joined), {
    ...finding,
    incidentId,
    standing,
    newsAt: standing === "beneath" ? null : finding.newsAt,
  });
  const audited = addAudit(put, context, {
    actor: byRule(finding.reason),
    act: "finding-joined",
    refs: [...refsOfIncident(incident), { kind: "subject", subject: finding.subject }],
    why: `${nameOf(finding.subject)}: ${finding.title}`,
  });
  return summarise(audited, incidentId);
}

/** Opens what is wide, or adds to it, and moves into it all that belongs there. */
function gather(
  change: DeskChange,
  context: DeskContext,
  {
    finding,
    others,
    place,
  }: { readonly finding: Finding; readonly place: Place; readonly others: readonly Finding[] },
): DeskChange {
  const key = placeKeyOf(place);
  const [known] = key === null ? [] : openIncidentsAt(change.state, key);
  const standing = place.kind === "host" ? "own" : "wide";
  const target = known?.incidentId;
  const opened =
    target === undefined
      ? openIncident(change, context, { place, finding })
      : joinIncident(change, context, { finding, incidentId: target, standing });
  const incidentId = opened.state.findings.get(finding.findingId)?.incidentId;
  if (incidentId === undefined) return opened;
  const stood = putStanding(opened, finding.findingId, standing);
  const moved = moveFindings(stood, context, { findings: others, incidentId, standing });
  if (target !== undefined) return moved;
  const sources = [...new Set(others.flatMap((other) => change.state.incidents.get(other.incidentId) ?? []))];
  return takeOver(moved, context, { sources, incidentId }) ?? ringAtOnce(moved, context, incidentId);
}

/** All that moved in was in somebody's hands, as grave as it is: so is what took it in, for as long as the first of it was. null: it was not. */
function takeOver(
  change: DeskChange,
  context: DeskContext,
  { incidentId, sources }: { readonly incidentId: string; readonly sources: readonly Incident[] },
): DeskChange | null {
  const incident = change.state.incidents.get(incidentId);
  const { told } = sumOf(change.state, incidentId);
  const [first] = sources.toSorted(
    (left, right) => (left.acknowledgedUntilAt ?? 0) - (right.acknowledgedUntilAt ?? 0),
  );
  const untilAt = first?.acknowledgedUntilAt ?? null;
  if (incident === undefined || first === undefined || untilAt === null) return null;
  if (isGraver(incident.severity, told)) return null;
  const { acknowledgedBy } = first;
  const by = acknowledgedBy === null ? "somebody" : actorNameOf(acknowledgedBy);
  const text = `All that moved in was acknowledged: ${by} has it.`;
  const nextStep = { ...firstStep(context), dueAt: untilAt };
  const taken: Incident = {
    ...incident,
    state: "acknowledged",
    acknowledgedBy,
    acknowledgedUntilAt: untilAt,
    nextStep,
  };
  const put = putIncident(change, withTimeline(taken, { at: context.now, by: BY_DESK, text }));
  return addAudit(put, context, {
    actor: BY_DESK,
    act: "acknowledgement-taken-over",
    refs: refsOfIncident(incident),
    why: text,
  });
}

function putStanding(change: DeskChange, findingId: string, standing: FindingStanding): DeskChange {
  const finding = change.state.findings.get(findingId);
  return finding === undefined ? change : putFinding(change, { ...finding, standing });
}

/** Who was rung about what moved in is rung now, and not only when the steps come to them. */
function ringAtOnce(change: DeskChange, context: DeskContext, incidentId: string): DeskChange {
  const incident = change.state.incidents.get(incidentId);
  if (incident === undefined || incident.rung.length === 0) return change;
  return putIncident(change, { ...incident, nextStep: { ...firstStep(context), dueAt: context.now } });
}

/** Moves findings with their questions; what is emptied by it ends as merged. */
export function moveFindings(
  change: DeskChange,
  context: DeskContext,
  move: {
    readonly findings: readonly Finding[];
    readonly incidentId: string;
    readonly standing: FindingStanding;
  },
): DeskChange {
  const { findings, incidentId, standing } = move;
  const moving = findings.filter(
    (finding) => finding.incidentId !== incidentId || finding.standing !== standing,
  );
  const below = moving.flatMap((finding) => lyingBeneath(change.state, finding));
  const moved = moving.reduce(
    (before, finding) => moveOne(before, finding, { incidentId, standing }),
    below.reduce((before, finding) => moveOne(before, finding, { incidentId, standing: "beneath" }), change),
  );
  const sources = new Set(moving.map((finding) => finding.incidentId));
  sources.delete(incidentId);
  const left = [...sources].reduce(
    (before, sourceId) => leaveIncident(before, context, { sourceId, targetId: incidentId }),
    moved,
  );
  return summarise(left, incidentId);
}

/** What a host that is down takes along wherever that is told. */
function lyingBeneath(state: DeskState, down: Finding): readonly Finding[] {
  if (!saysHostDown(down) || !isHosted(down.subject)) return [];
  return beneathOn(state, down.subject.hostId).filter(
    (finding) => finding.incidentId === down.incidentId && !saysHostDown(finding),
  );
}

function moveOne(
  change: DeskChange,
  finding: Finding,
  { incidentId, standing }: { readonly incidentId: string; readonly standing: FindingStanding },
): DeskChange {
  const newsAt = standing === "beneath" ? null : finding.newsAt;
  const put = putFinding(change, { ...finding, incidentId, standing, newsAt });
  return approvalsFor(put.state, finding.findingId).reduce(
    (before, approval) => putApproval(before, { ...approval, incidentId }),
    put,
  );
}

function leaveIncident(
  change: DeskChange,
  context: DeskContext,
  { sourceId, targetId }: { readonly sourceId: string; readonly targetId: string },
): DeskChange {
  const source = change.state.incidents.get(sourceId);
  const target = change.state.incidents.get(targetId);
  if (source === undefined || target === undefined || isClosed(source)) return change;
  if (sumOf(change.state, sourceId).openCount > 0) return summarise(change, sourceId);
  return mergeIncident(change, context, { source, target });
}

/** Ends an incident of which nothing is left: what was sent about it counts for the one that took it in. */
function mergeIncident(
  change: DeskChange,
  context: DeskContext,
  { source, target }: { readonly source: Incident; readonly target: Incident },
): DeskChange {
  const quiet = withdrawPagesOf(change, context, source.incidentId);
  // What may have rung somebody counts as well.
  const left = quiet.state.incidents.get(source.incidentId) ?? source;
  const merged: Incident = {
    ...left,
    state: "merged",
    mergedInto: target.incidentId,
    resolvedAt: context.now,
    acknowledgedUntilAt: null,
    nextStep: null,
    resultAt: null,
  };
  const text = `Merged into "${target.title}".`;
  const taking: Incident = {
    ...target,
    rung: union(target.rung, source.rung),
    reached: union(target.reached, left.reached),
    answerers: union(target.answerers, source.answerers),
    resultAt: earliest(target.resultAt, source.resultAt),
  };
  const put = putIncident(
    putIncident(quiet, withTimeline(merged, { at: context.now, by: BY_DESK, text })),
    withTimeline(taking, { at: context.now, by: BY_DESK, text: `Took in "${source.title}".` }),
  );
  return addAudit(put, context, {
    actor: BY_DESK,
    act: "incident-merged",
    refs: [...refsOfIncident(source), { kind: "incident", incidentId: target.incidentId }],
    why: text,
  });
}

/** What fires on a host that is down lies beneath that; hosts that fell silent lie beneath a silent fleet. */
function sinkBelow(change: DeskChange, context: DeskContext, finding: Finding): DeskChange {
  const { incidentId, subject } = finding;
  if (finding.reason === "fleet-silent") return sinkHosts(change, context, finding);
  if (!saysHostDown(finding) || !isHosted(subject)) return change;
  const findings = openFindingsOn(change.state, subject.hostId).filter((other) => mayLieBeneath(other));
  return moveFindings(change, context, { findings, incidentId, standing: "beneath" });
}

function mayLieBeneath(finding: Finding): boolean {
  return !saysHostDown(finding) && kindOf(finding.reason) !== "alone";
}

function sinkHosts(change: DeskChange, context: DeskContext, fleet: Finding): DeskChange {
  const { incidentId } = fleet;
  const downs = (["host-silent", "host-late-return"] as const)
    .flatMap((reason) => openFindingsBy(change.state, reason))
    .filter((down) => silentFleetOver(change.state, down)?.findingId === fleet.findingId);
  const sunk = moveFindings(change, context, { findings: downs, incidentId, standing: "beneath" });
  const below = downs.flatMap(({ subject }) =>
    isHosted(subject) ? openFindingsOn(sunk.state, subject.hostId).filter(mayLieBeneath) : [],
  );
  return moveFindings(sunk, context, { findings: below, incidentId, standing: "beneath" });
}

/** The list of a silent fleet has changed: who joined it lies beneath it, and who was set aside is a trouble of its own. */
export function followFleet(change: DeskChange, context: DeskContext, before: DeskState): DeskChange {
  const { fleetHosts } = change.state;
  if (fleetHosts === before.fleetHosts) return change;
  const [fleet] = openFindingsBy(change.state, "fleet-silent").filter(({ clearedAt }) => clearedAt === null);
  const sunk = fleet === undefined ? change : sinkHosts(change, context, fleet);
  return fleetHosts
    .values()
    .filter(({ backAt, setAside }) => backAt === null && setAside !== null)
    .flatMap(({ hostId }) => downFindingsOn(sunk.state, hostId))
    .filter(({ clearedAt, standing }) => clearedAt === null && standing === "beneath")
    .reduce((moved, down) => placeAnew(moved, context, down), sunk);
}

/** The host is back for a moment: what still fires beneath it is placed anew, and rings, whoever had the host's incident. */
export function releaseBeneath(change: DeskChange, context: DeskContext, down: Finding): DeskChange {
  const free = putFinding(change, { ...down, releasesAt: null });
  if (!isHosted(down.subject)) return free;
  return beneathOn(free.state, down.subject.hostId)
    .filter((finding) => !saysHostDown(finding) && finding.clearedAt === null && !isOver(finding))
    .reduce((before, finding) => placeAnew(before, context, finding), free);
}

/** Takes one out from beneath, as if it began now. */
export function placeAnew(change: DeskChange, context: DeskContext, finding: Finding): DeskChange {
  const { now } = context;
  const lifted: Finding = { ...finding, standing: "own", told: null, newsAt: now, placedAt: now };
  const taken = { ...change, state: withoutFinding(change.state, finding) };
  const placed = placeFinding(taken, context, lifted);
  const put = placed.state.findings.get(finding.findingId);
  const incidentId = put?.incidentId ?? finding.incidentId;
  const followed = approvalsFor(placed.state, finding.findingId).reduce(
    (before, approval) => putApproval(before, { ...approval, incidentId }),
    placed,
  );
  return summarise(followed, finding.incidentId);
}

function withoutFinding(state: DeskState, { findingId }: Finding): DeskState {
  return { ...state, findings: state.findings.without(findingId) };
}

function isClosed({ state }: Incident): boolean {
  return state === "resolved" || state === "merged";
}

function union(left: readonly string[], right: readonly string[]): readonly string[] {
  const more = right.filter((one) => !left.includes(one));
  return more.length === 0 ? left : [...left, ...more];
}

function earliest(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right;
  return Math.min(left, right);
}
