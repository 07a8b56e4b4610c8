// Whether a host is heard: keepalives come *and* its newest digest was accepted. A hello alone is no sign of life and clears nothing, nor
// does a keepalive of a host whose digest was refused, or never came. Pure.
// What a reader would get wrong: nothing here begins a bound anew. It counts from when the host was last heard, whatever was said since;
// a digest that is refused a second time ends the wait at once.
import { joinEffects, NO_EFFECTS, noteEffect } from "../../words/effects.ts";
import { chainHost, type HostScene, type HostChange, subjectOf } from "../host/shard-change.ts";
import type { ShardEvent } from "../host/shard-events.ts";
import type { HostState, Unheard } from "../host/shard-state.ts";
import { resendsOf } from "../remedy/shard-grants.ts";
import { judgeConflict } from "./identity-conflict.ts";
import { askDigest, judgeSilence, seeHost } from "./liveness.ts";

type Part = NonNullable<Extract<ShardEvent, { kind: "reported" }>["part"]>;

const WHOLE: Part = { number: 1, of: 1 };

/** A host that has said hello on a new connection, and must be heard on it first. */
export function awaitDigest({ saysRetired: _over, ...host }: HostState, now: number): HostState {
  const unheard = withPart(host.unheard ?? unheardSince(now), 0);
  // An announced absence ends with the hello, and the bound counts from there. One that was overstayed keeps its reason.
  if (host.returnDueAt === null || host.liveness === "down") return { ...host, unheard };
  return { ...host, unheard, returnDueAt: null, lastSeenAt: Math.max(host.lastSeenAt, now) };
}

/** A sign of life on the live connection: a frame that was accepted, or a keepalive that the runtime remembers. */
export function seeSign(host: HostState, seenAt: number, scene: HostScene): HostChange {
  // What a throttled host says may be dropped, its digest too: it is shown as throttled, and not as one that is not understood.
  // One whose digest was looked at and refused twice is that, whatever else it sends.
  const isHeard = host.unheard === null || (host.flooding !== null && host.unheard.refusedCount < 2);
  // Nearly always: it was up and is up, and nobody doubts who it is.
  if (host.liveness === "up" && host.refusedBoot === null && isHeard)
    return { host: seenAt <= host.lastSeenAt ? host : { ...host, lastSeenAt: seenAt }, effects: NO_EFFECTS };
  const seen = isHeard ? seeHost(host, seenAt, scene) : { host, effects: NO_EFFECTS };
  const judged = judgeConflict(seen.host, scene);
  const effects = joinEffects(seen.effects, judged.effects);
  if (host.liveness === "up" || judged.host.liveness !== "up") return { host: judged.host, effects };
  return { host: judged.host, effects: joinEffects(effects, resendsOf(judged.host, scene)) };
}

/** A digest, or a part of one, was accepted: with all of it the host is heard, and what it may have missed is sent again. */
export function hearDigest(host: HostState, part: Part = WHOLE, scene: HostScene): HostChange {
  const { unheard } = host;
  if (unheard === null) return seeSign(host, scene.now, scene);
  const isNext = part.number === 1 || (!unheard.isDigestTorn && part.number === unheard.partsTaken + 1);
  if (!isNext || part.number < part.of)
    return {
      host: { ...host, unheard: withPart(unheard, isNext ? part.number : null) },
      effects: NO_EFFECTS,
    };
  return chainHost(
    host,
    (current) => seeHost(endAbsence({ ...current, unheard: null }, unheard), scene.now, scene),
    (current) => judgeConflict(current, scene),
    (current) => ({ host: current, effects: resendsOf(current, scene) }),
  );
}

/**
 * A frame was refused: no sign of life. It is counted, and told with the first one of a connection. What is no digest costs that frame
 * alone; a digest that is refused once is asked for again.
 */
export function refuseFrame(
  host: HostState,
  event: Extract<ShardEvent, { kind: "frame-refused" }>,
  scene: HostScene,
): HostChange {
  const counted = countFrame(host, event.reason, scene.now);
  if (!event.isDigest) return counted;
  return chainHost(
    host,
    () => counted,
    (current) => seeSign(current, event.lastSeenAt ?? current.lastSeenAt, scene),
    (current) => countRefusal(current, event.reason, scene.now),
    (current) => judgeSilence(current, scene),
  );
}

function countFrame(host: HostState, reason: string, now: number): HostChange {
  const { connection } = host;
  if (connection === null) return { host, effects: NO_EFFECTS };
  const framesRefused = (connection.framesRefused ?? 0) + 1;
  const text = `what this host sends is not understood here and changes nothing (${reason}): agent and control plane may differ in age`;
  const effects = framesRefused > 1 ? NO_EFFECTS : [noteEffect(subjectOf(host), now, text)];
  return { host: { ...host, connection: { ...connection, framesRefused } }, effects };
}

// From the second one on nothing is counted, so that a host that says it for ever changes nothing more.
function countRefusal(host: HostState, refusal: string, now: number): HostChange {
  const before = host.unheard ?? unheardSince(now);
  const { refusedCount } = before;
  if (refusedCount === 2)
    return { host: { ...host, unheard: { ...before, isDigestTorn: true } }, effects: [] };
  const unheard: Unheard = {
    ...before,
    refusedCount: refusedCount === 0 ? 1 : 2,
    refusedAt: now,
    refusal,
    isDigestTorn: true,
  };
  if (refusedCount === 0) return { host: { ...host, unheard }, effects: [askDigest(host)] };
  // It is there, whatever it had announced.
  const returnDueAt = host.liveness === "down" ? host.returnDueAt : null;
  return { host: { ...host, unheard, returnDueAt }, effects: NO_EFFECTS };
}

// A digest on the same connection (it was refused, and the next was accepted) is no return.
function endAbsence(host: HostState, { sinceAt }: Unheard): HostState {
  const isReturn = host.connection !== null && host.connection.connectedAt >= sinceAt;
  return host.returnDueAt === null || !isReturn ? host : { ...host, returnDueAt: null };
}

// null: a part is missing before the one that came.
function withPart(unheard: Unheard, partsTaken: number | null): Unheard {
  return { ...unheard, isDigestTorn: partsTaken === null, partsTaken: partsTaken ?? 0 };
}

function unheardSince(sinceAt: number): Unheard {
  return {
    sinceAt,
    refusedCount: 0,
    refusedAt: null,
    refusal: null,
    isDigestTorn: false,
    partsTaken: 0,
    isOverdue: false,
  };
}
