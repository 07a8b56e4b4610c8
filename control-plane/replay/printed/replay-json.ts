// A replay as a program reads it: every list with times as seconds from the start and as instants. Pure; docs/replay.md describes it.
import type { Replay } from "../run-replay.ts";
import type { RecordedTurn } from "./replay-record.ts";

/** One JSON value for one file. */
export function jsonOf(replay: Replay): object {
  const { incident, record, expectations, decisionCount, endedAt } = replay;
  const time = (at: number) => ({
    seconds: (at - incident.startAt) / 1_000,
    at: new Date(at).toISOString(),
  });
  return {
    file: incident.file,
    title: incident.title,
    startedAt: new Date(incident.startAt).toISOString(),
    endedAt: new Date(endedAt).toISOString(),
    isMet: expectations.every(({ isMet }) => isMet),
    eventCount: record.eventCount,
    decisionCount,
    pages: record.pages.map(({ at, ...page }) => ({ ...time(at), ...page })),
    drills: record.drills.map(({ at, ...drill }) => ({ ...time(at), ...drill })),
    incidents: incidentsOf(record.turns).map(({ opened, turns }) => ({
      incidentId: opened.incidentId,
      findingId: opened.findingId,
      reason: opened.reason,
      host: opened.host,
      service: opened.service,
      severity: opened.severity,
      title: opened.title,
      turns: turns.map(({ at, state, severity, title }) => ({ ...time(at), state, severity, title })),
    })),
    questions: record.questions.map(({ at, ...question }) => ({ ...time(at), ...question })),
    approvals: record.approvals.map(({ at, ...approval }) => ({ ...time(at), ...approval })),
    proposals: record.proposals.map(({ at, ...proposal }) => ({ ...time(at), ...proposal })),
    actions: record.actions.map(({ at, ...action }) => ({ ...time(at), ...action })),
    shadow: {
      counts: record.shadowCounts.map(({ sinceAt, ...counts }) => ({ ...time(sinceAt), ...counts })),
      findings: record.findings.map(({ at, ...finding }) => ({ ...time(at), ...finding })),
    },
    refusals: record.refusals.map(({ at, ...refusal }) => ({ ...time(at), ...refusal })),
    expectations,
  };
}

function incidentsOf(
  turns: readonly RecordedTurn[],
): readonly { readonly opened: RecordedTurn; readonly turns: readonly RecordedTurn[] }[] {
  const byId = Map.groupBy(turns, ({ findingId }) => findingId);
  return [...byId.values()].flatMap((all) => (all[0] === undefined ? [] : [{ opened: all[0], turns: all }]));
}
