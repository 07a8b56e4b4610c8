// The night of the mocks as the desk's own core makes it: one incident rings, one is taken, one is silenced; and the fleet
// as lists hold it, with the lines of its services.
import type { IncidentNow } from "../../../control-plane/src/core/desk/incidents-now.ts";
import { incidentsNow } from "../../../control-plane/src/core/desk/incidents-now.ts";
import type { Reach, SentPage } from "../../../control-plane/src/core/desk/paging/reach.ts";
import type { Approval } from "../../../control-plane/src/core/desk/records/approval.ts";
import type { Incident } from "../../../control-plane/src/core/desk/records/incident.ts";
import type { Signal } from "../../../control-plane/src/core/words/signal.ts";
import { hostSubject, type ServiceSubject } from "../../../control-plane/src/core/words/subject.ts";
import { Policy } from "../../../control-plane/src/policy/policy.ts";
import type {
  HostCounts,
  HostList,
  HostRow,
  ServiceRow,
} from "../../../control-plane/src/read-side/listed-host.ts";
import { listedStateOf } from "../../../control-plane/src/read-side/listed-host.ts";
import type { HostStrips } from "../../../control-plane/src/read-side/queries/strip-rows.ts";
import { type ChangeRow, stripOf } from "../../../control-plane/src/read-side/strips.ts";
import { type HostMarks, NO_MARKS } from "../../../control-plane/src/web/hosts/host-marks.ts";
import { byUrgency } from "../../../control-plane/src/web/incidents/incident-words.ts";
import { Desk, proposalText } from "../../unit/core/desk/desk-fixtures.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, NOW, SECOND_MS } from "../shown-state.ts";

const POLICY = Policy.parse({
  version: 1,
  channels: { push: { kind: "ntfy", topic: "alice" }, omar: { kind: "ntfy", topic: "omar" } },
  responders: [
    { id: "alice", name: "Alice", channels: ["push"], timeZone: "Europe/Berlin" },
    { id: "omar", name: "Omar", channels: ["omar"] },
    { id: "dana", name: "Dana", channels: ["omar"] },
  ],
  escalation: {
    steps: [
      { notify: ["alice"], after: "0s" },
      { notify: ["omar"], after: "5m" },
      { notify: ["dana", "omar"], after: "15m" },
    ],
  },
});

/** The id of a host of the gallery, by its name. */
export function hostIdOf(name: string): string {
  return `host_${Buffer.from(name).toString("hex").padEnd(32, "0").slice(0, 32)}`;
}

function serviceOn(hostName: string, service: string): ServiceSubject {
  return { kind: "service", hostId: hostIdOf(hostName), hostName, service };
}

type Firing = Partial<Extract<Signal, { kind: "firing" }>>;

/** A desk of the night, which fires what it is told at its instants. */
export class Night {
  readonly desk = new Desk(POLICY);

  constructor(startsAt = NOW - 4 * HOUR_MS) {
    this.desk.now = startsAt;
  }

  /** Lets the desk live until then. */
  until(at: number): this {
    this.desk.liveFor(at - this.desk.now);
    return this;
  }

  fire(firing: Firing): this {
    this.desk.fire({ happenedAt: this.desk.now, severity: "critical", ...firing });
    return this;
  }

  /** What a view of all that is open is made of. */
  get shown(): {
    readonly incidents: readonly Incident[];
    readonly approvals: readonly Approval[];
    readonly known: readonly IncidentNow[];
  } {
    const { state } = this.desk;
    const open = state.incidents
      .values()
      .filter((one) => one.state === "open" || one.state === "acknowledged");
    const incidents = byUrgency(open);
    const at = { now: NOW, policy: POLICY };
    const ids = incidents.map(({ incidentId }) => incidentId);
    return { incidents, approvals: state.approvals.values(), known: incidentsNow(state, at, ids) };
  }
}

/** Restic is silenced, edge-nyc is Omar's, nginx rings since 31 seconds. */
export function theNight(): Night {
  const night = new Night();
  const { desk } = night;
  night.until(NOW - 3 * HOUR_MS).fire({
    subject: serviceOn("backup-1", "restic"),
    reason: "heartbeat-missed",
    title: "restic on backup-1 is late",
    evidence: [{ at: desk.now, text: "no backup since 21:00" }],
  });
  const matcher = { hostId: hostIdOf("backup-1"), service: "restic", reason: null };
  desk.act("alice", {
    kind: "silence",
    silenceId: "sil_1",
    matcher,
    startsAt: desk.now,
    endsAt: NOW + 4 * HOUR_MS + 48 * MINUTE_MS - 2 * SECOND_MS,
    why: "swapping the disk",
  } as never);
  night.until(NOW - 14 * MINUTE_MS).fire({
    subject: hostSubject(hostIdOf("edge-nyc"), "edge-nyc"),
    reason: "host-silent",
    title: "edge-nyc has stopped reporting",
    evidence: [{ at: desk.now, text: "Port 443 is closed too: the machine is probably off." }],
  });
  night.until(NOW - 12 * MINUTE_MS);
  desk.act("omar", { kind: "acknowledge", incidentId: desk.incident().incidentId });
  night.until(NOW - 31 * SECOND_MS).fire({
    subject: serviceOn("web-1", "nginx"),
    title: "nginx on web-1 does not answer",
    evidence: [{ at: desk.now, text: "http: connection refused; the unit failed (core-dump)." }],
    restarts: { count: 3, max: 6, windowMs: HOUR_MS },
    proposalRequestId: "prq_nginx",
  });
  const proposal = { service: "nginx", hostId: hostIdOf("web-1"), mintedAt: desk.now, argv: NGINX_ARGV };
  desk.propose({
    subject: serviceOn("web-1", "nginx"),
    requestId: "prq_nginx",
    proposal: proposalText(proposal),
  });
  return night.until(NOW);
}

const NGINX_ARGV = ["/usr/bin/sudo", "-n", "/usr/bin/systemctl", "restart", "--no-block", "nginx.service"];

/** Twenty hosts fail the same check since three minutes. */
export function wideNight(): Night {
  const night = new Night(NOW - HOUR_MS).until(NOW - 3 * MINUTE_MS);
  for (let number = 1; number <= 20; number += 1) {
    night.fire({
      subject: serviceOn(`web-${number}`, "nginx"),
      title: `nginx is failing on web-${number}`,
      evidence: [{ at: night.desk.now, text: "http: 502 from auth.example.net" }],
    });
    night.desk.now += 2 * SECOND_MS;
  }
  return night.until(NOW);
}

// The fleet.

interface Told {
  readonly name: string;
  readonly services: readonly string[];
  readonly given?: Partial<HostRow>;
  readonly ill?: Partial<ServiceRow>;
}

function rowOf({ given = {}, ill, name, services }: Told): HostRow {
  return {
    hostId: hostIdOf(name),
    shard: "shard-0",
    name,
    liveness: "up",
    sinceAt: null,
    condition: "",
    tags: [name.replace(/-.*$/, "")],
    services: services.map((service, index) => ({
      service,
      title: service === "nginx" ? "Web server" : "",
      status: "healthy",
      names: [],
      ...(index === 0 ? ill : {}),
    })),
    ...given,
  };
}

const CALM: readonly Told[] = [
  { name: "agents-1", services: ["bob", "hermes"] },
  { name: "agents-2", services: ["iris", "moto"] },
  { name: "backup-1", services: ["restic"] },
  { name: "build-1", services: ["runner"] },
  { name: "cache-1", services: ["redis"] },
  { name: "db-1", services: ["postgres", "pgbouncer"] },
  { name: "db-2", services: ["postgres", "pgbouncer"] },
  { name: "edge-fra", services: ["caddy"] },
  { name: "edge-nyc", services: ["caddy"] },
  { name: "mail-1", services: ["postfix"] },
  { name: "queue-1", services: ["rabbitmq", "worker"] },
  { name: "web-1", services: ["nginx", "app"] },
  { name: "web-2", services: ["nginx", "app"] },
  { name: "web-3", services: ["nginx", "app"] },
];

const ILL: Readonly<Record<string, Pick<Told, "given" | "ill">>> = {
  "web-1": { ill: { status: "failing", names: ["http"] } },
  "edge-nyc": { given: { liveness: "down", sinceAt: NOW - 14 * MINUTE_MS } },
  "backup-1": { ill: { status: "finding", names: ["heartbeat-missed"] } },
};

const turned = (agoMs: number, was: ChangeRow["was"], look: ChangeRow["look"]): ChangeRow => ({
  at: NOW - agoMs,
  was,
  look,
});

const TURNS: Readonly<Record<string, readonly ChangeRow[]>> = {
  "agents-1 bob": [turned(4.5 * HOUR_MS, "well", "failing"), turned(3.8 * HOUR_MS, "failing", "well")],
  "agents-2 moto": [turned(16 * HOUR_MS, "well", "failing"), turned(15.5 * HOUR_MS, "failing", "well")],
  "web-3 app": [turned(6 * HOUR_MS, "well", "restarted")],
  "queue-1 worker": [turned(21 * HOUR_MS, "well", "restarted")],
};
const NIGHT_TURNS: typeof TURNS = {
  ...TURNS,
  "web-1 nginx": [
    turned(51 * MINUTE_MS, "well", "restarted"),
    turned(28 * MINUTE_MS, "well", "restarted"),
    turned(9 * MINUTE_MS, "well", "restarted"),
    turned(31 * SECOND_MS, "well", "failing"),
  ],
  "backup-1 restic": [turned(3 * HOUR_MS, "well", "failing")],
};

/** The lines of these hosts. */
export function stripsOf(
  hosts: readonly HostRow[],
  turns: typeof TURNS = {},
): ReadonlyMap<string, HostStrips> {
  const runnerGap = [turned(14 * HOUR_MS, "heard", "no-data"), turned(13 * HOUR_MS, "no-data", "heard")];
  return new Map(
    hosts.map((host) => [
      host.hostId,
      new Map(
        host.services.map(({ service, status }) => [
          service,
          stripOf({
            own: turns[`${host.name} ${service}`] ?? [],
            ofHost: host.name === "build-1" ? runnerGap : [],
            look: status === "failing" || status === "finding" ? "failing" : "well",
            silentSinceAt: host.liveness === "down" ? host.sinceAt : null,
            readFromAt: null,
            now: NOW,
          }),
        ]),
      ),
    ]),
  );
}

/** A list of these hosts. */
export function listOf(hosts: readonly HostRow[], given: Partial<HostList> = {}): HostList {
  const counts: Record<keyof HostCounts, number> = { down: 0, failing: 0, unknown: 0, well: 0 };
  for (const host of hosts) counts[listedStateOf(host)] += 1;
  const order = ["down", "failing", "unknown", "well"] as const;
  return {
    hosts: hosts.toSorted(
      (left, right) => order.indexOf(listedStateOf(left)) - order.indexOf(listedStateOf(right)),
    ),
    next: null,
    enrolledCount: hosts.length,
    counts,
    missingCount: 0,
    blindShards: [],
    asOf: NOW,
    ...given,
  };
}

const calmHosts = CALM.map(rowOf);
const nightHosts = CALM.map((told) => rowOf({ ...told, ...ILL[told.name] }));

export const CALM_FLEET = { hosts: listOf(calmHosts), strips: stripsOf(calmHosts, TURNS), marks: NO_MARKS };

export const NIGHT_MARKS: HostMarks = {
  freezes: [
    {
      scope: serviceOn("agents-1", "bob"),
      at: NOW - 4 * HOUR_MS,
      by: { kind: "person", responder: "alice" },
      why: "it took back what I changed",
    },
  ],
  silences: [
    {
      silenceId: "sil_1",
      matcher: { hostId: hostIdOf("backup-1"), service: "restic", reason: null },
      by: { kind: "person", responder: "alice" },
      why: "swapping the disk",
      startsAt: NOW - 3 * HOUR_MS,
      endsAt: NOW + 5 * HOUR_MS,
    },
  ],
  names: new Map([["alice", "Alice"]]),
};
export const NIGHT_FLEET = {
  hosts: listOf(nightHosts),
  strips: stripsOf(nightHosts, NIGHT_TURNS),
  marks: NIGHT_MARKS,
};

/** A thousand hosts, of which so many are down and so many fail. */
export function largeFleet(downCount: number, failingCount: number) {
  const kinds = ["web", "agents", "db", "edge", "queue", "mail", "cache", "build", "backup"];
  const hosts = Array.from({ length: 40 }, (_, index) => {
    const name = `${kinds[index % kinds.length] ?? ""}-${index + 100}`;
    const ill: Pick<Told, "given" | "ill"> =
      index < downCount
        ? { given: { liveness: "down", sinceAt: NOW - (index + 2) * MINUTE_MS } }
        : index < downCount + failingCount
          ? { ill: { status: "failing", names: ["http"] } }
          : {};
    return rowOf({ name, services: ["nginx", "app", "worker", "cron", "sync"], ...ill });
  });
  const counts = {
    down: downCount,
    failing: failingCount,
    unknown: 0,
    well: 1_000 - downCount - failingCount,
  };
  const list = listOf(hosts, { enrolledCount: 1_000, next: "3:host:name", counts });
  // Every ninth host is of a kind; those that are not well are all among the first.
  const groups = kinds
    .map((tag, index) => ({
      tag,
      count: index === 0 ? 112 : 111,
      illCount: hosts.filter((host) => host.tags.includes(tag) && listedStateOf(host) !== "well").length,
      unknownCount: 0,
    }))
    .toSorted((left, right) => right.illCount - left.illCount);
  return { hosts: list, strips: stripsOf(hosts), marks: NO_MARKS, tags: { groups, moreCount: 0 } };
}

// The way to people.

const sent = (agoMs: number, title: string, seenAfterMs: number | null): SentPage => ({
  at: NOW - agoMs,
  responder: "alice",
  channel: "ntfy",
  title,
  path: "/incidents/inc_0",
  deliveredAt: NOW - agoMs + SECOND_MS,
  seenAt: seenAfterMs === null ? null : NOW - agoMs + seenAfterMs,
  error: null,
});

const ON_CALL = [
  { responder: "alice", name: "Alice", afterMs: 0 },
  { responder: "omar", name: "Omar", afterMs: 5 * MINUTE_MS },
  { responder: "dana", name: "Dana", afterMs: 15 * MINUTE_MS },
];
const TEST = sent(2.5 * DAY_MS, "A test page", 12 * SECOND_MS);

export const REACHED: Reach = {
  onCall: ON_CALL,
  lastPage: sent(6 * DAY_MS, "bob on agents-1 is failing", 40 * SECOND_MS),
  lastTest: TEST,
  channels: [
    { responder: "alice", channel: "ntfy", kind: "ntfy", state: "works", last: TEST },
    { responder: "alice", channel: "pushover", kind: "webhook", state: "works", last: null },
    { responder: "omar", channel: "pushover", kind: "webhook", state: "works", last: null },
    { responder: "dana", channel: "mail", kind: "webhook", state: "works", last: null },
  ],
  drills: [],
};
/** Dana's mail was refused, and Alice's second way was never tried. */
export const WANTING: Reach = {
  ...REACHED,
  channels: REACHED.channels.map((way) => {
    if (way.responder === "dana") return { ...way, state: "broken" };
    return way.responder === "alice" && way.channel === "pushover" ? { ...way, state: "never-tried" } : way;
  }),
};
export const REACHED_NOW: Reach = {
  ...WANTING,
  lastPage: sent(27 * SECOND_MS, "nginx on web-1 does not answer", 17 * SECOND_MS),
};
export const NOBODY: Reach = {
  onCall: [{ responder: "alice", name: "Alice", afterMs: 0 }],
  lastPage: null,
  lastTest: null,
  channels: [{ responder: "alice", channel: "terminal", kind: "terminal", state: "never-tried", last: null }],
  drills: [],
};
export const UNPROVEN: Reach = {
  ...NOBODY,
  channels: [{ responder: "alice", channel: "ntfy", kind: "ntfy", state: "never-tried", last: null }],
};
