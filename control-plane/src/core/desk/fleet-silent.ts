// Rule `fleet-silent`: many hosts of all shards fell silent together: what they share has failed, so look at that and not at each. Pure.
// It begins by a share and ends by a list: when the last of its hosts is back, retired or set aside by a person, and not where it began. Who falls
// silent within the slow window after the last one belongs to it; after that a silence is a trouble of its own, so that an old silence of
// the fleet hides no new one. A host that comes and goes is on the list once, and draws nobody in.
import { fallenTogether } from "../facts/fallen-together.ts";
import type { Evidence } from "../words/signal.ts";
import { FLEET } from "../words/subject.ts";
import type { DeskFinding, DeskRule } from "./desk-rule.ts";
import { type FiringSilence, silencesIn } from "./hosts-not-up.ts";
import type { FleetHost } from "./records/fleet-host.ts";
import type { DeskChange } from "./state/desk-change.ts";
import type { DeskContext } from "./state/desk-events.ts";
import { fleetIncidentsIn } from "./state/desk-index.ts";
import type { DeskState } from "./state/desk-state.ts";
import { fleetSizeOf } from "./state/fleet-size.ts";
import { fleetHostsOf, isHolding } from "./state/silent-fleet.ts";

const REASON = "fleet-silent";
const HOSTS_NAMED_MAX = 10;

export const fleetSilent: DeskRule = {
  reason: REASON,
  follow: followSilence,
  judge: (state) => {
    const hosts = state.fleetHosts.values().some(isHolding) ? fleetHostsOf(state) : [];
    return hosts.length === 0 ? [] : [findingOf(hosts, state)];
  },
  dueAt: () => null,
  endsBecause: null,
};

/** What it is followed by, in the last decision that changed nothing about it. */
type Followed = Pick<DeskState, "censuses" | "fleetHosts" | "shadow"> & Pick<DeskContext, "policy">;

// Time alone begins nothing and lets nobody join, so what did not change is not looked at again: with thousands of hosts away, it would be with
// each page. Forgetting this costs time alone.
const followed = new WeakMap<DeskState["incidents"], Followed>();

function followSilence(change: DeskChange, context: DeskContext): DeskChange {
  const { censuses, fleetHosts, incidents, shadow } = change.state;
  const known = followed.get(incidents);
  const isSame = known?.fleetHosts === fleetHosts && known.censuses === censuses && known.shadow === shadow;
  if (isSame && known.policy === context.policy) return change;
  const next = followChanged(change, context);
  if (next === change) followed.set(incidents, { censuses, fleetHosts, shadow, policy: context.policy });
  return next;
}

/** Who is back, who joins, and whether it begins. */
function followChanged(change: DeskChange, context: DeskContext): DeskChange {
  const { fleetHosts } = change.state;
  const silences = silencesIn(change.state);
  if (silences.length === 0 && fleetHosts.size === 0) return change;
  const seen = putHosts(change, returned(change.state, silences, context));
  if (!seen.state.fleetHosts.values().some(isHolding))
    return putHosts(forgetOver(seen), started(seen.state, silences, context));
  return putHosts(seen, joining(seen.state, silences, context));
}

function returned(
  { fleetHosts }: DeskState,
  silences: readonly FiringSilence[],
  { now }: DeskContext,
): readonly FleetHost[] {
  const silent = new Set(silences.map(({ hostId }) => hostId));
  return fleetHosts
    .values()
    .filter(({ backAt, hostId }) => backAt === null && !silent.has(hostId))
    .map((host) => ({ ...host, backAt: now }));
}

/** The hosts with which a silence of the fleet begins; none: it does not. */
function started(
  state: DeskState,
  silences: readonly FiringSilence[],
  { now, policy }: DeskContext,
): readonly FleetHost[] {
  const fleetCount = fleetSizeOf(state);
  if (fleetCount === null) return [];
  const bounds = policy.rules[REASON];
  const fresh = silences.filter(({ firedAt }) => firedAt > now - bounds.slowWindow);
  const fallen = fresh
    .filter((silence) => !isSetAside(state, silence))
    .map((silence) => fallenOf(silence, policy));
  return fallenTogether(fallen, fleetCount, bounds).map((host) =>
    hostOf(host, { startedAt: now, joinedAt: now }),
  );
}

/** Those that fell silent since, and soon after the others. */
function joining(
  state: DeskState,
  silences: readonly FiringSilence[],
  { now, policy }: DeskContext,
): readonly FleetHost[] {
  const { fastWindow, slowWindow } = policy.rules[REASON];
  const hosts = fleetHostsOf(state);
  const lastJoinedAt = Math.max(...hosts.map(({ joinedAt }) => joinedAt));
  if (now > lastJoinedAt + slowWindow) return [];
  const firstFellAt = Math.min(...hosts.map(({ fellAt }) => fellAt));
  const startedAt = hosts[0]?.startedAt ?? now;
  return silences.flatMap((silence): readonly FleetHost[] => {
    const known = state.fleetHosts.get(silence.hostId);
    if (known?.backAt === null) return [];
    const fallen = fallenOf(silence, policy);
    if (fallen.fellAt < firstFellAt - fastWindow) return [];
    const joinedAt = known?.startedAt === startedAt ? known.joinedAt : now;
    return [hostOf(fallen, { startedAt, joinedAt })];
  });
}

/** What is over is kept while there is an incident that tells of it. */
function forgetOver(change: DeskChange): DeskChange {
  if (fleetIncidentsIn(change.state).length > 0) return change;
  const { fleetHosts } = change.state;
  const over = fleetHosts.values().filter(({ backAt }) => backAt !== null);
  if (over.length === 0) return change;
  const kept = over.reduce((hosts, { hostId }) => hosts.without(hostId), fleetHosts);
  return { ...change, state: { ...change.state, fleetHosts: kept } };
}

function isSetAside({ fleetHosts }: DeskState, { hostId }: FiringSilence): boolean {
  const known = fleetHosts.get(hostId);
  return known !== undefined && known.backAt === null && known.setAside !== null;
}

type FallenHost = Pick<FleetHost, "fellAt" | "hostId" | "hostName">;

// Of one that had been back the desk knows only when it was told again, a page bound after it fell.
function fallenOf(
  { firedAt, happenedAt, hostId, isAgain, name }: FiringSilence,
  { liveness }: DeskContext["policy"],
): FallenHost {
  return { hostId, hostName: name, fellAt: isAgain ? firedAt - liveness.pageBoundMs : happenedAt };
}

function hostOf(host: FallenHost, joined: Pick<FleetHost, "joinedAt" | "startedAt">): FleetHost {
  const { fellAt, hostId, hostName } = host;
  return { hostId, hostName, ...joined, fellAt, backAt: null, setAside: null };
}

function putHosts(change: DeskChange, hosts: readonly FleetHost[]): DeskChange {
  if (hosts.length === 0) return change;
  const fleetHosts = hosts.reduce((all, host) => all.with(host.hostId, host), change.state.fleetHosts);
  return { ...change, state: { ...change.state, fleetHosts } };
}

function findingOf(hosts: readonly FleetHost[], state: DeskState): DeskFinding {
  const fleetCount = Math.max(fleetSizeOf(state) ?? 0, hosts.length);
  const firstFellAt = Math.min(...hosts.map(({ fellAt }) => fellAt));
  return {
    subject: FLEET,
    severity: "critical",
    title: `${hosts.length} of ${fleetCount} hosts fell silent together`,
    happenedAt: firstFellAt,
    evidence: evidenceOf(hosts, firstFellAt),
    freezes: true,
  };
}

function evidenceOf(hosts: readonly FleetHost[], firstFellAt: number): readonly Evidence[] {
  const names = hosts.slice(0, HOSTS_NAMED_MAX).map(({ hostName }) => hostName);
  const more = hosts.length - names.length;
  const lastJoinedAt = Math.max(...hosts.map(({ joinedAt }) => joinedAt));
  return [
    { at: firstFellAt, text: "last sign of life of the first of them" },
    { at: lastJoinedAt, text: `silent: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}` },
    {
      at: hosts[0]?.startedAt ?? lastJoinedAt,
      text: "automation on the fleet is frozen until a person lifts it",
    },
  ];
}
