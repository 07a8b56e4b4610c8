// A host as lists hold it, and a list of them, for whoever shows them. Pure.
import { isTrouble, type ServiceCondition } from "../core/shard/host/host-condition.ts";
import type { HostCondition } from "./rows.ts";

/** A host as D1 holds it. */
export interface HostRow {
  readonly hostId: string;
  readonly shard: string;
  readonly name: string;
  readonly liveness: "up" | "down" | "unknown";
  /** null: it is up */
  readonly sinceAt: number | null;
  readonly condition: HostCondition;
  /** of its catalogue */
  readonly tags: readonly string[];
  /** by name */
  readonly services: readonly ServiceRow[];
}

/** How a service may stand there; `unknown`: its shard was set back and has not told it again. */
export const LISTED_STATUSES = [
  "failing",
  "starting",
  "finding",
  "verifying",
  "recovering",
  "in-shadow",
  "healthy",
  "unknown",
] as const satisfies readonly (ServiceCondition["status"] | "unknown")[];

/** A service as D1 holds it. */
export interface ServiceRow {
  readonly service: string;
  /** what people call it; empty: nothing that says more than its name */
  readonly title: string;
  readonly status: (typeof LISTED_STATUSES)[number];
  readonly names: readonly string[];
}

/** By what a list may be cut down, the worst first. */
export const LISTED_STATES = ["down", "failing", "unknown", "well"] as const;
export type ListedState = (typeof LISTED_STATES)[number];

/**
 * How a host is in a word: the worst of what is known of it. Whose words are not understood, or not told again, is not well:
 * it is not known.
 */
export function listedStateOf({ condition, liveness, services }: HostRow): ListedState {
  if (liveness !== "up") return liveness;
  if (condition === "throttled" || services.some(isIll)) return "failing";
  return condition === "not-understood" || services.some(({ status }) => status === "unknown")
    ? "unknown"
    : "well";
}

function isIll({ status }: ServiceRow): boolean {
  return status !== "unknown" && isTrouble({ status });
}

/** How many hosts are how, the desk's word over what D1 holds. */
export type HostCounts = Readonly<Record<ListedState, number>>;

/** Part of the list of hosts, with the desk's word over what D1 holds (http/host-list.ts). */
export interface HostList {
  readonly hosts: readonly HostRow[];
  /** asks for the part after this one; null: that was all */
  readonly next: string | null;
  /** by the desk's register */
  readonly enrolledCount: number;
  /** of all that are listed, whatever was asked for; null: it cannot be read now */
  readonly counts: HostCounts | null;
  /** enrolled, and not in the list yet */
  readonly missingCount: number;
  /** of the hosts of these shards it is not known which are up */
  readonly blindShards: readonly string[];
  /** until when it holds what the shards knew; null: it cannot be read now, and the hosts are those that the desk knows to be down */
  readonly asOf: number | null;
}

/** What is older than this is old: what is younger is on its way. */
export const FRESH_MS = 5_000;

/** Whether a list holds what is known now. */
export function isFresh(asOf: number | null, now: number): boolean {
  return asOf !== null && now - asOf < FRESH_MS;
}

/** Known to be well now, all of them: a list that is behind, or is blind to some, does not know it. */
export function isAllWell(list: HostList, now: number): boolean {
  const { asOf, blindShards, counts, enrolledCount } = list;
  return isFresh(asOf, now) && blindShards.length === 0 && counts !== null && counts.well === enrolledCount;
}
