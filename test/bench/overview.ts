// Benchmark: the desk's front and the list of hosts of a fleet of a thousand, in local workerd: how long the server takes,
// and how much it sends. Beside it stands what a person would have without them: every host with its services, read part by
// part.
import { gzipSync } from "node:zlib";
import type { ServiceReport } from "@countersign/shared/wire/service-report";
import type { Person } from "../../control-plane/embedded/story/person.ts";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import { filesNeeded, openFilesMax, startCrowd } from "./crowd.ts";
import { figure, type Measured, median, percentile, promise, type Say } from "./figures.ts";

const HOST_COUNT = 1_000;
const SERVICES_PER_HOST = 3;
const ILL_COUNT = 30;
const ROUNDS = 40;
const SERVER_MS_MAX = 300;
const COMPRESSED_BYTES_MAX = 20 * 1024;
const SETTLE_TIMEOUT_MS = 60_000;

interface Read {
  readonly ms: readonly number[];
  readonly compressedBytes: number;
}

/** Why it cannot run here, or null. */
export function overviewObstacle(): string | null {
  const [wanted, allowed] = [filesNeeded(HOST_COUNT), openFilesMax()];
  if (allowed === null || allowed >= wanted) return null;
  return `it opens up to ${wanted} files and this shell allows ${allowed}: run "ulimit -n ${wanted}" first`;
}

/** Measures the views that show a fleet. */
export async function benchOverview(say: Say): Promise<Measured> {
  const crowd = await startCrowd({ agentCount: HOST_COUNT, say });
  try {
    const person = await crowd.signIn();
    say(`${HOST_COUNT} hosts report, of which ${ILL_COUNT} fail`);
    for (const [index, agent] of crowd.agents.entries()) agent.report(reportsOf(index < ILL_COUNT));
    await waitFor("the lists to know it", SETTLE_TIMEOUT_MS, async () => {
      const { counts } = await crowd.readAdmin<{ counts: { failing: number; well: number } | null }>("hosts");
      return counts?.failing === ILL_COUNT && counts.well === HOST_COUNT - ILL_COUNT ? true : null;
    });
    say(`reading each ${ROUNDS} times`);
    const front = await read(person, `${crowd.url}/`);
    const list = await read(person, `${crowd.url}/hosts`);
    const cut = await read(person, `${crowd.url}/hosts?state=failing&q=bench`);
    const whole = await readWhole(person, crowd.url);
    return { figures: figuresOf({ front, list, cut }, whole), notes: NOTES };
  } finally {
    await crowd.end();
  }
}

const NOTES = [
  `${HOST_COUNT} live agents, ${SERVICES_PER_HOST} services each, ${ILL_COUNT} hosts with one that fails; from the request to its last byte, each view ${ROUNDS} times, one after the other.`,
  "The agents' keepalives and the reader are on the same machine. Bytes are the whole view, style and shapes included, by gzip's own default.",
  "Beside: every part of the list, one after the other, as somebody would read who wants to see whether anything is wrong.",
];

async function read(person: Person, url: string): Promise<Read> {
  const ms: number[] = [];
  let compressedBytes = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = performance.now();
    const { html, status } = await person.open(url);
    ms.push(performance.now() - startedAt);
    if (status !== 200) throw new Error(`Read ${url}: ${status}`);
    compressedBytes = gzipSync(html).length;
  }
  return { ms, compressedBytes };
}

/** All parts of the list. */
async function readWhole(person: Person, url: string): Promise<Read> {
  const startedAt = performance.now();
  let compressedBytes = 0;
  for (let path: string | undefined = "/hosts"; path !== undefined;) {
    const { html } = await person.open(url + path);
    compressedBytes += gzipSync(html).length;
    // not the view's own address, which stands at its foot
    path = /class="links"><a href="(\/hosts\?after=[^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
  }
  return { ms: [performance.now() - startedAt], compressedBytes };
}

function figuresOf(
  views: Readonly<Record<"front" | "list" | "cut", Read>>,
  whole: Read,
): Measured["figures"] {
  const names = { front: "the desk's front", list: "a part of the list", cut: "the list cut down" };
  const wholeMs = { kind: "measured", value: median(whole.ms), what: "every part of the list" } as const;
  const aimMs = { kind: "limit", value: SERVER_MS_MAX, what: "aim" } as const;
  const aimBytes = { kind: "limit", value: COMPRESSED_BYTES_MAX / 1_024, what: "aim" } as const;
  const wholeBytes = { ...wholeMs, value: whole.compressedBytes / 1_024 };
  return [
    ...(["front", "list", "cut"] as const).flatMap((name) => {
      const { compressedBytes, ms } = views[name];
      const size = compressedBytes / 1_024;
      return [
        figure(`${names[name]}, p95`, percentile(ms, 0.95), "ms", aimMs),
        promise(
          figure(`${names[name]}, compressed`, size, "KB", aimBytes),
          compressedBytes <= COMPRESSED_BYTES_MAX,
        ),
      ];
    }),
    figure("the desk's front, median", median(views.front.ms), "ms", wholeMs),
    figure("the desk's front, compressed", views.front.compressedBytes / 1_024, "KB", wholeBytes),
  ];
}

function reportsOf(isIll: boolean): readonly ServiceReport[] {
  return Array.from({ length: SERVICES_PER_HOST }, (_, index) => ({
    service: `service-${index + 1}`,
    unit: null,
    results: [
      {
        check: "http",
        kind: "http",
        status: isIll && index === 0 ? "fail" : "pass",
        severity: "error",
        summary: isIll && index === 0 ? "connection refused" : "200 in 3 ms",
        latencyMs: null,
        finishedAt: Date.now(),
        ttlMs: 600_000,
      },
    ],
  }));
}
