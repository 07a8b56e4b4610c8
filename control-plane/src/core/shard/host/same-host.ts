// When two values of a host are the same but for its last sign of life: then nothing is judged or stored anew. Pure.
import type { HostState } from "./shard-state.ts";

/** Two values of one host that differ in nothing but the last sign of life. */
export function isSameButSeen(left: HostState, right: HostState): boolean {
  return (
    left.hostId === right.hostId &&
    left.name === right.name &&
    left.tags === right.tags &&
    left.liveness === right.liveness &&
    left.sinceAt === right.sinceAt &&
    left.connection === right.connection &&
    left.probe === right.probe &&
    left.secondOpinion === right.secondOpinion &&
    left.unheard === right.unheard &&
    left.returnDueAt === right.returnDueAt &&
    left.saysRetired === right.saysRetired &&
    left.isSilenceFiring === right.isSilenceFiring &&
    left.refusedBoot === right.refusedBoot &&
    left.flooding === right.flooding &&
    left.outcomesSeen === right.outcomesSeen &&
    left.services === right.services &&
    left.book === right.book
  );
}
