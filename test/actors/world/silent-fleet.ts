// Three hosts of three that are silent, as their shard tells it: one that is enrolled, and two of whom nothing else is known.
import type { Signal } from "../../../control-plane/src/core/words/signal.ts";
import { fleetSubjectOf, hostSubject } from "../../../control-plane/src/core/words/subject.ts";
import { desk } from "./fleet.ts";

const SHARD = "shard-0";

function hostsOf(hostId: string) {
  return [
    hostSubject(hostId, "web-2"),
    hostSubject("host_silent1", "web-8"),
    hostSubject("host_silent2", "web-9"),
  ];
}

/** The desk takes all of it in. */
export async function fallSilentTogether({ hostId }: { readonly hostId: string }): Promise<void> {
  const at = { happenedAt: Date.now() - 60_000, noticedAt: Date.now() };
  const silences = hostsOf(hostId).map((subject): Signal => ({
    ...at,
    kind: "firing",
    key: `fleet:${subject.hostName}`,
    subject,
    reason: "host-silent",
    severity: "critical",
    title: `${subject.hostName} is silent`,
    evidence: [],
    proposalRequestId: null,
    restarts: null,
  }));
  const subject = fleetSubjectOf({ shard: SHARD });
  const census = { ...at, kind: "census", key: "fleet:census", subject, connected: 3, late: 0 } as const;
  await desk().receiveSignals(SHARD, [census, ...silences]);
}

/** The others, of whom nothing else is known, are seen again. */
export async function othersReturn(): Promise<void> {
  const at = { happenedAt: Date.now(), noticedAt: Date.now() };
  const cleared = hostsOf("")
    .slice(1)
    .map((subject): Signal => ({
      ...at,
      kind: "cleared",
      key: `fleet:back:${subject.hostName}`,
      subject,
      reason: "host-silent",
      evidence: [],
    }));
  await desk().receiveSignals(SHARD, cleared);
}
