// A host as lists hold it, and a list of them, for whoever shows them. Pure.
import type { ServiceCondition } from "../core/shard/host/host-condition.ts";
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
  readonly status: (typeof LISTED_STATUSES)[number];
  readonly names: readonly string[];
}

/** Part of the list of hosts, with the desk's word over what D1 holds (http/host-list.ts). */
export interface HostList {
  readonly hosts: readonly HostRow[];
  /** asks for the part after this one; null: that was all */
  readonly next: string | null;
  /** by the desk's register */
  readonly enrolledCount: number;
  /** enrolled, and not in the list yet */
  readonly missingCount: number;
  /** of the hosts of these shards it is not known which are up */
  readonly blindShards: readonly string[];
  /** until when it holds what the shards knew; null: it cannot be read now, and the hosts are those that the desk knows to be down */
  readonly asOf: number | null;
}
