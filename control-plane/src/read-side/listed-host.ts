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

/** How a host is in a word: the worst of what is known of it. */
export function listedStateOf({ condition, liveness, services }: HostRow): ListedState {
  if (liveness !== "up") return liveness;
  return condition === "throttled" || services.some(isIll) ? "failing" : "well";
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
