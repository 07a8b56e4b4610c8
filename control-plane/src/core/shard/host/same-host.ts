// When two values of a host are the same but for what does not matter to whoever asks: then nothing is judged, stored or attached anew. Pure.
import { sameBy } from "@countersign/shared/values/same-by";
import type { HostState } from "./shard-state.ts";

/** Two values of one host that differ in nothing but the last sign of life. */
export const isSameButSeen = sameBy<HostState>({
  services: true,
  liveness: true,
  connection: true,
  sinceAt: true,
  unheard: true,
  book: true,
  hostId: true,
  name: true,
  tags: true,
  listed: true,
  titles: true,
  probe: true,
  secondOpinion: true,
  returnDueAt: true,
  saysRetired: true,
  refusedBoot: true,
  flooding: true,
  outcomesSeen: true,
  past: true,
  examination: true,
  lastSeenAt: false,
});

/** Two values of one host whose socket holds the same, as far as their rows are the same (core/shard/kept/host-rows.ts). */
export const isSameAttached = sameBy<HostState>({
  services: true,
  connection: true,
  sinceAt: true,
  unheard: true,
  book: true,
  past: true,
  hostId: false,
  name: false,
  tags: false,
  listed: false,
  titles: false,
  liveness: false,
  lastSeenAt: false,
  probe: false,
  secondOpinion: false,
  returnDueAt: false,
  saysRetired: false,
  refusedBoot: false,
  flooding: false,
  examination: false,
  outcomesSeen: false,
});
