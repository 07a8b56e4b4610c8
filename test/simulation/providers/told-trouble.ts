// What a shard tells of a service that fails, and that it is well again.
import type { Signal } from "../../../control-plane/src/core/words/signal.ts";
import type { ServiceSubject } from "../../../control-plane/src/core/words/subject.ts";

export interface Trouble {
  /** one of many, and of no other */
  readonly number: number;
  readonly host: string;
  readonly service: string;
}

export function firing({ host, number, service }: Trouble, now: number): Signal {
  return {
    ...base(number, 0, now),
    kind: "firing",
    subject: subjectOf(host, service),
    reason: "check-failing",
    severity: "error",
    title: `${service} is failing on ${host}`,
    evidence: [{ at: now, text: "connection refused" }],
    proposalRequestId: null,
    restarts: null,
    alike: service,
  };
}

export function cleared({ host, number, service }: Trouble, now: number): Signal {
  return {
    ...base(number, 1, now),
    kind: "cleared",
    subject: subjectOf(host, service),
    reason: "check-failing",
    evidence: [],
  };
}

function base(number: number, place: 0 | 1, now: number) {
  return { key: `shard-1:1:${2 * number + place + 1}`, happenedAt: now, noticedAt: now };
}

function subjectOf(host: string, service: string): ServiceSubject {
  return { kind: "service", hostId: `hst_${host}`, hostName: host, service };
}

/** So many hosts were heard of. */
export function census(connected: number, now: number): Signal {
  return {
    ...base(0, 0, now),
    kind: "census",
    subject: { kind: "fleet", shard: "shard-1" },
    connected,
    late: 0,
  };
}
