// Rule `identity-conflict`, for a host's own key: it is live from two boots at once. Identities of services that two processes use are
// judged by facts (core/facts/rules/shared-identity.ts), for the same reason. Pure.
// A host that reboots faster than its old socket is found dead is refused too, and must not be reported: the refusal becomes a
// conflict only when the first connection shows a sign of life after it. A dead boot's old socket shows none.
import { isFiring } from "../../facts/fact-book.ts";
import type { Finding } from "../../facts/rule.ts";
import { settleHost } from "../host/settle.ts";
import type { HostScene, HostChange } from "../host/shard-change.ts";
import type { HostState, RefusedBoot } from "../host/shard-state.ts";

/** A conflict is over when no second boot has tried for this long; agents try again at least every few minutes. */
export const CONFLICT_QUIET_MS = 15 * 60_000;

const REASON = "identity-conflict";

/** Remembers a refused hello. The first refusal's instant stays, or frequent tries would hide the sign of life that follows. */
export function takeRefusedBoot(host: HostState, bootId: string, now: number): HostChange {
  const before = host.refusedBoot;
  const refusedBoot: RefusedBoot =
    before?.bootId === bootId
      ? { ...before, lastAt: now }
      : {
          bootId,
          againstBootId: host.connection?.bootId ?? "",
          firstAt: now,
          lastAt: now,
        };
  return { host: { ...host, refusedBoot }, effects: [] };
}

/** Reports the conflict, or ends it when nobody tried for long. */
export function judgeConflict(host: HostState, scene: HostScene): HostChange {
  const refused = host.refusedBoot;
  if (refused === null) return { host, effects: [] };
  if (scene.now >= refused.lastAt + CONFLICT_QUIET_MS) return endConflict(host, refused, scene);
  // Only the boot that was live can have shown this: as soon as another one is admitted, `admitBoot` has ended the suspicion.
  const isAlive = host.lastSeenAt > refused.firstAt;
  if (!isAlive || isFiring(host.book, REASON)) return { host, effects: [] };
  const over = { at: scene.now, text: "no second boot has tried" };
  return settleHost(host, { reason: REASON, findings: [findingOf(host, refused)], over }, scene);
}

/**
 * A boot was admitted. If it is another one than the boot that was live, that one has gone: it was a reboot after all. A conflict
 * that is firing already goes on (two copies take turns) until it is quiet for long.
 */
export function admitBoot(host: HostState, bootId: string, now: number): HostChange {
  const refused = host.refusedBoot;
  if (refused === null || refused.againstBootId === bootId) return { host, effects: [] };
  const refusedBoot = isFiring(host.book, REASON)
    ? { ...refused, bootId: refused.againstBootId, againstBootId: bootId, lastAt: now }
    : null;
  return { host: { ...host, refusedBoot }, effects: [] };
}

function endConflict(host: HostState, refused: RefusedBoot, scene: HostScene): HostChange {
  const over = { at: refused.lastAt, text: "no second boot has tried since" };
  const found = { reason: REASON, findings: [], over, overAt: scene.now } as const;
  return settleHost({ ...host, refusedBoot: null }, found, scene);
}

function findingOf(host: HostState, refused: RefusedBoot): Finding {
  return {
    severity: "critical",
    title: `${host.name}: two machines use one key`,
    evidence: [
      { at: refused.firstAt, text: `boot ${refused.bootId} was refused: the key is already in use` },
      { at: host.lastSeenAt, text: `boot ${refused.againstBootId} is alive at the same time` },
    ],
    happenedAt: refused.firstAt,
    isRestartPointless: false,
    freezes: false,
  };
}
