// Benchmark: how soon a provider has taken a page. A hundred services fail at once on a fleet in local workerd while
// one provider never answers; the page's own `webhook-id` says when the desk decided it, and the receiver on loopback
// when it came. And silence: hosts that fall silent one at a time, each on a desk of its own, until a provider has
// taken the ring. What a reader would get wrong: two people are rung, and the one whose first channel hangs is reached
// by their next one; their figure stands apart.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { waitFor } from "../../../control-plane/embedded/story/steps.ts";
import { LIVENESS_PROFILES } from "../../../control-plane/src/policy/policy.ts";
import { failingReport } from "../../system/light-agent.ts";
import { filesNeeded, openFilesMax, startCrowd } from "../crowd.ts";
import { type Beside, figure, type Measured, percentile, promise, type Say } from "../figures.ts";

/** Fewer than a tenth of the fleet fails, or all of it would be one incident of many. */
const AGENT_COUNT = 520;
const HOSTS_FAILING = 50;
/** three that fail on one host are one incident */
const SERVICES_A_HOST = 2;
const INCIDENTS = HOSTS_FAILING * SERVICES_A_HOST;
const ACCEPTED_AIM: Beside = { kind: "limit", value: 1_000, what: "aim" };
const SILENCE_DESKS = 10;
const DESKS_AT_ONCE = 5;
const { pageBoundMs } = LIVENESS_PROFILES.fast;
const SILENCE_AIM: Beside = { kind: "limit", value: pageBoundMs + 2_000, what: "page bound + 2 s" };
const SECRET = `whsec_${Buffer.from("benchmark-benchmark-benchmark").toString("base64")}`;

/** A page as the receiver got it. */
interface Taken {
  readonly path: string;
  /** `KEY:DECIDED_AT` */
  readonly id: string;
  readonly at: number;
}

/** Why it cannot run here, or null. */
export function reachObstacle(): string | null {
  const [wanted, allowed] = [filesNeeded(AGENT_COUNT), openFilesMax()];
  if (allowed === null || allowed >= wanted) return null;
  return `it opens up to ${wanted} files and this shell allows ${allowed}: run "ulimit -n ${wanted}" first`;
}

export async function benchReach(say: Say): Promise<Measured> {
  const provider = await startProvider();
  try {
    const rings = await ringAHundred(say, provider);
    const silences = await fallSilent(say, provider);
    const reached = rings.filter(({ path }) => path === "/alice");
    const byTheNext = rings.filter(({ path }) => path === "/bob");
    const waits = reached.map(waitOf);
    return {
      figures: [
        promise(
          figure("incidents rung", reached.length, "", limitOf(INCIDENTS)),
          reached.length === INCIDENTS,
        ),
        figure("decision to accepted, median", percentile(waits, 0.5), "ms"),
        figure("decision to accepted, p99", percentile(waits, 0.99), "ms", ACCEPTED_AIM),
        promise(
          figure("reached past a hanging provider", byTheNext.length, "", limitOf(INCIDENTS)),
          byTheNext.length === INCIDENTS,
        ),
        figure("… decision to accepted, p99", percentile(byTheNext.map(waitOf), 0.99), "ms", {
          kind: "limit",
          value: 60_000,
          what: "second channel within",
        }),
        figure("silence to accepted, median", percentile(silences, 0.5), "ms"),
        figure("silence to accepted, p99", percentile(silences, 0.99), "ms", SILENCE_AIM),
      ],
      notes: [
        `${AGENT_COUNT} agents, ${INCIDENTS} services fail at once; one provider of three takes every request and never answers.`,
        `${silences.length} hosts fell silent one at a time, liveness profile fast: its page bound is ${pageBoundMs / 1_000} s.`,
      ],
    };
  } finally {
    provider.close();
  }
}

async function ringAHundred(say: Say, provider: Provider): Promise<readonly Taken[]> {
  const crowd = await startCrowd({
    agentCount: AGENT_COUNT,
    say,
    policyText: policyTo(provider, "default"),
    bindings: { CHANNEL_BENCH: SECRET },
  });
  try {
    say(`${INCIDENTS} services fail`);
    const failing = crowd.agents.slice(0, HOSTS_FAILING);
    for (let result = 0; result < 4; result += 1) {
      for (const [host, agent] of failing.entries())
        agent.report(
          Array.from({ length: SERVICES_A_HOST }, (_, index) =>
            failingReport(`s-${host}-${index}`, `check-s-${host}-${index}`),
          ),
        );
      await sleep(1_500);
    }
    await waitFor("every ring", 90_000, async () => {
      const count = (path: string) => ringsAt(provider, path).length;
      return count("/alice") >= INCIDENTS && count("/bob") >= INCIDENTS ? true : null;
    });
    return ["/alice", "/bob"].flatMap((path) => ringsAt(provider, path));
  } finally {
    await crowd.end();
  }
}

/** Two hosts of each of some desks: more that fall silent within five minutes would be one incident of many. */
async function fallSilent(say: Say, provider: Provider): Promise<readonly number[]> {
  const waits: number[] = [];
  for (let done = 0; done < SILENCE_DESKS; done += DESKS_AT_ONCE) {
    say(`silences on desks ${done + 1} to ${done + DESKS_AT_ONCE} of ${SILENCE_DESKS}`);
    const batch = Array.from({ length: DESKS_AT_ONCE }, (_, index) =>
      silenceOn(provider, `desk-${done + index}`),
    );
    waits.push(...(await Promise.all(batch)).flat());
  }
  return waits;
}

async function silenceOn(provider: Provider, name: string): Promise<readonly number[]> {
  const crowd = await startCrowd({
    agentCount: 2,
    say: () => {},
    policyText: policyTo(provider, "fast", name),
    bindings: { CHANNEL_BENCH: SECRET },
  });
  try {
    const waits: number[] = [];
    for (const [index, agent] of crowd.agents.entries()) {
      const silentAt = agent.lastPingAt();
      agent.fallSilent();
      const ring = await waitFor(
        "the ring",
        60_000,
        async () => ringsAt(provider, `/${name}`)[index] ?? null,
      );
      waits.push(ring.at - silentAt);
    }
    return waits;
  } finally {
    await crowd.end();
  }
}

interface Provider {
  readonly url: string;
  readonly hangingUrl: string;
  readonly taken: readonly Taken[];
  readonly close: () => void;
}

/** Takes what comes, and beside it one that never answers. */
async function startProvider(): Promise<Provider> {
  const taken: Taken[] = [];
  const works = createServer((request, response) => {
    taken.push({ path: request.url ?? "", id: String(request.headers["webhook-id"]), at: Date.now() });
    request.resume().on("end", () => response.end());
  });
  const hangs = createServer(() => {});
  const [url, hangingUrl] = [await listening(works), await listening(hangs)];
  const close = () => {
    for (const server of [works, hangs]) {
      server.closeAllConnections();
      server.close();
    }
  };
  return { url, hangingUrl, taken, close };
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function policyTo({ hangingUrl, url }: Provider, profile: "default" | "fast", only?: string): string {
  const hook = (path: string, base = url) => ({
    kind: "webhook",
    url: `${base}${path}`,
    secret: "CHANNEL_BENCH",
  });
  const alice = hook(`/${only ?? "alice"}`);
  return JSON.stringify({
    version: 1,
    liveness: { profile },
    checkFailing: { failuresMin: 3, held: "3s" },
    channels: { alice, bob: hook("/bob"), hangs: hook("/hangs", hangingUrl) },
    responders: [
      { id: "alice", name: "Alice", channels: ["alice"] },
      { id: "bob", name: "Bob", channels: ["hangs", "bob"] },
    ],
    escalation: { steps: [{ notify: only === undefined ? ["alice", "bob"] : ["alice"], after: "0s" }] },
  });
}

/** The first ring of each incident that came there. */
function ringsAt({ taken }: Provider, path: string): readonly Taken[] {
  const rings = new Map<string, Taken>();
  for (const page of taken) {
    const [incidentId = "", kind] = page.id.split(":");
    if (page.path === path && kind === "ring" && !rings.has(incidentId)) rings.set(incidentId, page);
  }
  return [...rings.values()];
}

function waitOf({ at, id }: Taken): number {
  return at - Number(id.split(":").at(-1));
}

function limitOf(value: number): Beside {
  return { kind: "limit", value, what: "all" };
}
