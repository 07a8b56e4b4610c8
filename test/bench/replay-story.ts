// The story that the replay benchmark runs: a fleet that mostly works, written as an incident file like anybody's. Ten events for each
// host and hour: results of a check with their text, sessions that end, a work counter, latencies. Some checks fail and recover, some
// sessions fail, and now and then there is a real outage that fires incidents. Pure, and the same each time.

/** Groups of hosts, each with its own rhythm. */
const GROUPS = 10;
const MINUTES_A_DAY = 1_440;

export interface StorySize {
  readonly hostCount: number;
  readonly days: number;
}

/** The incident file as text. */
export function writeStory({ hostCount, days }: StorySize): string {
  const groups = Array.from({ length: GROUPS }, (_, group) => group);
  return [
    "version: 1",
    `title: ${days} days of ${hostCount} hosts`,
    "start: 2026-03-01T00:00:00Z",
    `end: +${days}d`,
    "hosts:",
    ...groups.map((group) => hostsLine(group, hostCount / GROUPS)),
    "events:",
    ...groups.flatMap(usualLines),
    ...Array.from({ length: days }, (_, day) => troublesOf(day, hostCount / GROUPS)).flat(),
    "",
  ].join("\n");
}

function hostsLine(group: number, count: number): string {
  const services = "[{ name: agent }, { name: api, checks: [{ name: http, every: 30s }] }]";
  return `  - { name: g${group}, count: ${count}, tags: [g${group}], services: ${services} }`;
}

// Ten an hour: four results, three sessions, two counts, one latency. All begin in the first minutes, in order.
function usualLines(group: number): readonly string[] {
  const about = (service: string) => `at: +0s, hosts: "tag:g${group}", service: ${service}`;
  const ms = 20 + group;
  return [
    `  - { ${about("api")}, every: 15m, over: ${14 * 60 + group}s, check: { status: pass, text: "200 in ${ms} ms" } }`,
    `  - { ${about("agent")}, every: 20m, over: ${18 * 60 + group}s, session: { ends: ok, lasted: ${60 + group}s } }`,
    `  - { ${about("agent")}, every: 30m, over: ${28 * 60 + group}s, work: { counter: tasks, add: ${5 + group} } }`,
    `  - { ${about("api")}, every: 1h, over: ${55 * 60 + group}s, latency: { ms: ${ms} } }`,
  ];
}

// Each day: ten hosts' checks fail for two minutes and recover, a hundred sessions fail; each fifth day an outage of its own kind.
function troublesOf(day: number, groupSize: number): readonly string[] {
  const at = (minute: number) => `+${day * MINUTES_A_DAY + minute}m`;
  const group = day % GROUPS;
  const nameOf = (of: number, number: number) =>
    `g${of}-${String((number % groupSize) + 1).padStart(String(groupSize).length, "0")}`;
  const host = nameOf(group, 0);
  const many = `"tag:g${group}"`;
  const small = Array.from({ length: GROUPS }, (_, index) => nameOf(index, day + 1));
  const hosts = `[${small.join(", ")}]`;
  const text = '"connection refused"';
  return [
    `  - { at: ${at(100)}, hosts: ${many}, service: agent, over: 30m, session: { ends: network, lasted: 90s } }`,
    `  - { at: ${at(300)}, hosts: ${hosts}, service: api, check: { status: fail, text: ${text} } }`,
    `  - { at: ${at(302)}, hosts: ${hosts}, service: api, check: { status: pass, text: "200" } }`,
    ...outageLines(day, { at, host }),
  ];
}

function outageLines(
  day: number,
  { at, host }: { readonly at: (minute: number) => string; readonly host: string },
): readonly string[] {
  const of = (minute: number, service: string) => `at: ${at(minute)}, hosts: ${host}, service: ${service}`;
  switch (day % 5) {
    case 1:
      return [
        `  - { ${of(600, "api")}, check: { status: fail, class: crash, text: "502" } }`,
        `  - { ${of(640, "api")}, check: { status: pass, text: "200" } }`,
      ];
    case 2:
      return [
        `  - { ${of(600, "agent")}, every: 1m, repeat: 30, session: { ends: auth, lasted: 2s, text: "401" } }`,
      ];
    case 3:
      return [
        `  - { at: ${at(600)}, hosts: ${host}, keepalives: lost, cause: power }`,
        `  - { at: ${at(620)}, hosts: ${host}, keepalives: resumed }`,
      ];
    case 4:
      return [`  - { ${of(600, "api")}, every: 5m, repeat: 6, restart: { by: systemd } }`];
    default:
      return [];
  }
}
