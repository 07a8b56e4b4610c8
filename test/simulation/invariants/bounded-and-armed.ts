// What every step leaves behind: reasons in the audit, no row for who is healthy, an alarm while anything can become due, bounded sizes; and
// rest, once everything has been well for long.
import type { Finding } from "../../../control-plane/src/core/desk/records/finding.ts";
import { actorNameOf } from "../../../control-plane/src/core/words/actor.ts";
import type { SimulatedFleet } from "../world/simulated-fleet.ts";
import { type Invariant, WATCH_EVERY_MS } from "./invariant.ts";

/** Rolling windows of an hour remember what was wrong. */
const FORGOTTEN_AFTER_MS = 100 * 60_000;
const FLAPS_MIN = 3;
const FLAP_QUIET_MAX_MS = 12 * 3_600_000;
const ROW_BYTES_MAX = 64_000;
const INCIDENT_BYTES_MAX = 64_000;
const PAGES_PER_INCIDENT_MAX = 400;
const SIGNALS_WAITING_MAX = 20_000;
const SIZES_EVERY_MS = 30 * 60_000;

export const everyDecisionHasItsReason = (): Invariant => ({
  sentence: "Every decision carries its reason",
  onDesk: ({ effects }) => {
    for (const effect of effects)
      if (
        effect.kind === "audit" &&
        (effect.entry.why.trim() === "" || actorNameOf(effect.entry.actor) === "")
      )
        return `the audit row ${effect.entry.act} of ${effect.entry.subject} does not say why, or by whom`;
    return null;
  },
  onShard: ({ effects }) => {
    for (const effect of effects) {
      if (effect.kind !== "signal" || effect.signal.kind !== "firing") continue;
      const { evidence, reason, title } = effect.signal;
      if (title.trim() === "" || evidence.length === 0) return `${reason} fires without title or evidence`;
    }
    return null;
  },
});

export const healthyHostWritesNoRow = (): Invariant => ({
  sentence: "A healthy host writes no row",
  onShard: ({ event, rows }, { clock, vpsOf }) => {
    for (const { hostId } of rows) {
      const vps = vpsOf(hostId);
      // A person's act is worth a row, and so is the tally of sessions, which are told whether they end well or not.
      const isWell = vps?.isWell === true && event.kind !== "freeze-lifted" && !vps.sick.isTallied;
      const wellForMs = isWell ? clock.now - vps.troubledAt : 0;
      if (wellForMs > FORGOTTEN_AFTER_MS)
        return `${vps?.name ?? hostId} was well for ${Math.round(wellForMs / 60_000)} min, and ${event.kind} writes its row`;
    }
    return null;
  },
});

export const alarmIsArmed = (): Invariant => ({
  sentence: "An alarm is armed while hosts or deadlines exist",
  onShard: ({ after, armedAt, shard }) => {
    for (const _hostId in after.hosts) return armedAt === null ? `${shard} has hosts and no alarm` : null;
    return null;
  },
  onDesk: ({ after, armedAt }) => {
    if (armedAt !== null) return null;
    const isPageDue = after.pages.values().some(({ state }) => state === "pending" || state === "held");
    const isOpen =
      after.incidents.values().some(({ state }) => state === "acknowledged") ||
      after.findings.values().some(({ clearedAt, endedAt }) => clearedAt !== null && endedAt === null);
    const isAsked = after.approvals
      .values()
      .some(({ state }) => ["requested", "delivered", "seen", "approved", "executing"].includes(state));
    return isPageDue || isOpen || isAsked ? "the desk has something due and no alarm" : null;
  },
});

export const sizesAreBounded = (): Invariant => {
  let waitedMs = 0;
  return {
    sentence: "Every size is bounded",
    onWatch: (simulation) => {
      waitedMs += WATCH_EVERY_MS;
      if (waitedMs < SIZES_EVERY_MS) return null;
      waitedMs = 0;
      return tooLarge(simulation);
    },
  };
};

export const allIsWellInTheEnd = (): Invariant => ({
  sentence: "When all is well for long, every incident is resolved and nothing hangs",
  atRest: ({ clock, desk, shards, vpses }) => {
    const { approvals, findings, incidents, pages } = desk.state;
    const waiting = findings.values().filter((finding) => finding.endedAt === null);
    const unended = waiting.find((finding) => !isHeldQuiet(finding, clock.now) && !isTestPageWanted(finding));
    if (unended !== undefined)
      return `"${unended.title}" (${unended.reason}) has not ended, ${unended.clearedAt === null ? "firing" : "cleared"}`;
    const held = new Set(waiting.map(({ incidentId }) => incidentId));
    const open = incidents
      .values()
      .find(
        ({ incidentId, state }) => (state === "open" || state === "acknowledged") && !held.has(incidentId),
      );
    if (open !== undefined) return `"${open.title}" (${open.reason}) is ${open.state}, and holds nothing`;
    const asked = approvals
      .values()
      .find(({ state }) => ["requested", "delivered", "seen", "approved", "executing"].includes(state));
    if (asked !== undefined) return `approval ${asked.approvalId} is still ${asked.state}`;
    const due = pages.values().find(({ state }) => state === "pending" || state === "held");
    if (due !== undefined) return `page ${due.key} is still ${due.state}`;
    const unheard = shards.find(({ waitingCount }) => waitingCount > 0);
    if (unheard !== undefined) return `${unheard.name} still has signals for the desk`;
    const absent = vpses.find(({ hostId, shard }) => shard.state.hosts.get(hostId)?.liveness !== "up");
    return absent === undefined ? null : `${absent.name} is well, and is not shown as up`;
  },
});

/** What begins again and again has to stay well for as long as it usually takes to come back. */
function isHeldQuiet({ beginningsAt, clearedAt }: Finding, now: number): boolean {
  return clearedAt !== null && beginningsAt.length >= FLAPS_MIN && now < clearedAt + FLAP_QUIET_MAX_MS;
}

/** It ends when a page reaches the person, and when all is well there is none to send: people send a test page then. */
function isTestPageWanted({ reason }: Finding): boolean {
  return reason === "page-undelivered";
}

function tooLarge({ desk, shards }: SimulatedFleet): string | null {
  for (const shard of shards) {
    const { name, waitingCount } = shard;
    if (waitingCount > SIGNALS_WAITING_MAX) return `${name}: ${waitingCount} signals wait`;
    for (const [hostId, row] of shard.storedHosts())
      if (row.length > ROW_BYTES_MAX) return `${name}: the row of ${hostId} has ${row.length} bytes`;
  }
  const pagesOf = new Map<string, number>();
  for (const { incidentId } of desk.state.pages.values())
    pagesOf.set(incidentId, (pagesOf.get(incidentId) ?? 0) + 1);
  for (const [incidentId, incident] of desk.state.incidents.entries()) {
    const bytes = JSON.stringify(incident).length;
    if (bytes > INCIDENT_BYTES_MAX) return `the incident ${incident.title} has ${bytes} bytes`;
    const pages = pagesOf.get(incidentId) ?? 0;
    if (pages > PAGES_PER_INCIDENT_MAX) return `the incident "${incident.title}" keeps ${pages} pages`;
  }
  return null;
}
