// An incident with everything resolved that its author left to the reader: instants, hosts, services, the policy. Plain data.
import type { Policy } from "../../src/policy/policy.ts";
import type { RawPolicy } from "../replay-policy.ts";
import type { IncidentEvent, Verb } from "./event-format.ts";
import type { Expectation } from "./expectation-format.ts";
import type { ServicePlan } from "./incident-format.ts";

export interface PlannedHost {
  readonly name: string;
  readonly tags: readonly string[];
  readonly services: readonly ServicePlan[];
}

/** An event with everything resolved. */
export interface PlannedEvent {
  readonly event: IncidentEvent;
  readonly verb: Verb;
  /** its place in the file: at one instant, what is written later happens later */
  readonly place: number;
  readonly atMs: number;
  readonly everyMs: number | null;
  readonly count: number;
  readonly hosts: readonly string[];
  /** the pause from one host to the next */
  readonly stepMs: number;
  /** of all its hosts; null: of none, or `services` says of which */
  readonly service: string | null;
  /** by host, where each of them has one service and these have different names; null: they have not */
  readonly services: ReadonlyMap<string, string> | null;
  /** for `session`: how long it lasts */
  readonly lastedMs: number;
  /** for `policy` */
  readonly policy: Policy | null;
  /** for `credential` */
  readonly expiresAt: number | null;
}

export interface PlannedExpectation {
  readonly expectation: Expectation;
  readonly byAt: number | null;
  readonly notBeforeAt: number | null;
  readonly fromAt: number | null;
  readonly untilAt: number | null;
  readonly at: number | null;
}

export interface Incident {
  readonly file: string;
  readonly title: string;
  readonly startAt: number;
  readonly endAt: number;
  readonly policy: Policy;
  readonly assume: readonly string[];
  readonly hosts: readonly PlannedHost[];
  readonly events: readonly PlannedEvent[];
  readonly expectations: readonly PlannedExpectation[];
}

export interface ReadOptions {
  /** stands in for the file's own policy; its later `policy` events still apply */
  readonly policy?: RawPolicy;
  /** laid over whatever policy there is */
  readonly overrides?: RawPolicy;
}
