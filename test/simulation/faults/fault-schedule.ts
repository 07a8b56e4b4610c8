// What goes wrong in a run, drawn beforehand from the seed: a list that can be cut shorter to find the smallest run that still fails.
// Pure. A fault's target is a fraction of the fleet and not a host's name, so that the list means something for fewer hosts too.
import { SeededRandom } from "../seeded-random.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How often each kind is drawn, relative to the others, and how long it lasts at most. */
const KINDS = {
  "host-reboots": { weight: 4, longestMs: 4 * MINUTE_MS },
  "host-reboots-announced": { weight: 2, longestMs: 8 * MINUTE_MS },
  "host-reboots-fast": { weight: 2, longestMs: SECOND_MS },
  "host-dies": { weight: 3, longestMs: 40 * MINUTE_MS },
  "agent-dies": { weight: 2, longestMs: 20 * MINUTE_MS },
  "host-is-cut-off": { weight: 4, longestMs: 10 * MINUTE_MS },
  "fleet-is-parted": { weight: 1, longestMs: 10 * MINUTE_MS },
  "host-network-is-bad": { weight: 4, longestMs: 20 * MINUTE_MS },
  "host-clock-is-wrong": { weight: 1, longestMs: 2 * HOUR_MS },
  "service-fails": { weight: 6, longestMs: 50 * MINUTE_MS },
  "service-fails-until-restarted": { weight: 4, longestMs: 50 * MINUTE_MS },
  "service-flaps": { weight: 2, longestMs: 15 * MINUTE_MS },
  "service-is-restarted": { weight: 2, longestMs: SECOND_MS },
  "restarts-stop-helping": { weight: 2, longestMs: 2 * HOUR_MS },
  "actuator-dies-at-next-act": { weight: 2, longestMs: HOUR_MS },
  "sessions-die": { weight: 1, longestMs: 20 * MINUTE_MS },
  "credential-is-rejected": { weight: 1, longestMs: 20 * MINUTE_MS },
  "credential-drifts": { weight: 1, longestMs: 20 * MINUTE_MS },
  "runs-on-fallback": { weight: 1, longestMs: 50 * MINUTE_MS },
  "code-is-old": { weight: 1, longestMs: 50 * MINUTE_MS },
  "config-thrashes": { weight: 1, longestMs: 20 * MINUTE_MS },
  "memory-is-short": { weight: 1, longestMs: 20 * MINUTE_MS },
  "privilege-is-missing": { weight: 1, longestMs: 20 * MINUTE_MS },
  "automation-is-stuck": { weight: 1, longestMs: 20 * MINUTE_MS },
  "provider-fails": { weight: 2, longestMs: 40 * MINUTE_MS },
  "grants-come-twice": { weight: 3, longestMs: 4 * HOUR_MS },
  "grant-is-forged": { weight: 1, longestMs: SECOND_MS },
  "shard-crashes": { weight: 5, longestMs: 10 * SECOND_MS },
  "shard-is-evicted": { weight: 3, longestMs: SECOND_MS },
  "shard-storage-fails": { weight: 2, longestMs: 2 * MINUTE_MS },
  "desk-crashes": { weight: 6, longestMs: 10 * SECOND_MS },
  "desk-storage-fails": { weight: 2, longestMs: 2 * MINUTE_MS },
  "desk-is-hard-to-reach": { weight: 3, longestMs: 10 * MINUTE_MS },
  "database-is-down": { weight: 2, longestMs: 3 * HOUR_MS },
  redeploy: { weight: 2, longestMs: 10 * SECOND_MS },
  "control-plane-is-down": { weight: 1, longestMs: 30 * MINUTE_MS },
  "channel-fails": { weight: 2, longestMs: 40 * MINUTE_MS },
  "channel-hangs": { weight: 2, longestMs: 40 * MINUTE_MS },
  "channel-swallows": { weight: 1, longestMs: 40 * MINUTE_MS },
  "people-stay-away": { weight: 2, longestMs: 2 * HOUR_MS },
  "lower-rungs-help": { weight: 2, longestMs: 4 * HOUR_MS },
  "person-freezes": { weight: 2, longestMs: 2 * HOUR_MS },
  "person-approves-in-advance": { weight: 2, longestMs: 4 * HOUR_MS },
  "policy-is-applied": { weight: 2, longestMs: 2 * HOUR_MS },
  "person-silences": { weight: 1, longestMs: HOUR_MS },
  "host-is-not-understood": { weight: 1, longestMs: 20 * MINUTE_MS },
} as const satisfies Readonly<Record<string, { readonly weight: number; readonly longestMs: number }>>;

export type FaultKind = keyof typeof KINDS;

export interface Fault {
  /** its place in the whole schedule: what a replay command names */
  readonly index: number;
  /** after the start of the run */
  readonly afterMs: number;
  readonly kind: FaultKind;
  /** which host, service, shard or channel, as a fraction of all there are */
  readonly target: number;
  readonly durationMs: number;
  /** how the fault is, where there is more than one way */
  readonly manner: number;
}

/** A fault of one of these kinds. */
export type FaultOf<K extends FaultKind> = Fault & { readonly kind: K };

const BY_WEIGHT = Object.entries(KINDS).flatMap(([kind, { weight }]) =>
  Array.from({ length: weight }, () => kind as FaultKind),
) as [FaultKind, ...FaultKind[]];

export const FAULTS_PER_HOUR = 10;

/** Everything that goes wrong in the first `hours`, in order of time. Fewer hours give the beginning of the same list. */
export function drawFaults(seed: number, hours: number, faultsPerHour = FAULTS_PER_HOUR): readonly Fault[] {
  const random = new SeededRandom(seed, 1);
  const faults: Fault[] = [];
  for (let afterMs = 5 * MINUTE_MS; ;) {
    afterMs += random.pauseMs(HOUR_MS / faultsPerHour);
    if (afterMs >= hours * HOUR_MS) return faults;
    const kind = random.oneOf(BY_WEIGHT);
    faults.push({
      index: faults.length,
      afterMs: Math.floor(afterMs),
      kind,
      target: random.fraction(),
      durationMs: Math.floor(random.fraction() ** 2 * KINDS[kind].longestMs),
      manner: random.fraction(),
    });
  }
}
