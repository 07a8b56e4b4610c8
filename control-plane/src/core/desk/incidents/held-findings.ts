// What an incident holds, for whoever shows it: what goes on first, and on how many hosts. Pure. A wide incident may hold thousands, so what is
// shown is a part of them, and the counts are of all.
import { hostIdIn, placeNameOf } from "../../words/subject.ts";
import type { Finding } from "../records/finding.ts";
import { isGraver } from "./graver.ts";

/** How many hosts an incident is about. */
export interface HostCounts {
  /** something of it fires there, or lies beneath */
  readonly failing: number;
  /** all that it has there is well again */
  readonly well: number;
}

/** What fires, what is well and held, what lies beneath, what is over; in each the gravest first, and of those the oldest. */
export function inOrderOfNeed(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((left, right) => rankOf(left) - rankOf(right) || byGravity(left, right));
}

/** Hosts by whether something still fires there. */
export function hostCountsOf(findings: readonly Finding[]): HostCounts {
  const all = hostIdsOf(findings);
  const failing = hostIdsOf(findings.filter(isFiring)).size;
  return { failing, well: all.size - failing };
}

/** A host on which an incident has, or had, a finding. */
export interface AffectedHost {
  readonly hostId: string;
  readonly name: string;
  /** something of it fires there, or lies beneath */
  readonly isFailing: boolean;
}

/** All of them, each once: as many as a fleet has. */
export function affectedHosts(findings: readonly Finding[]): readonly AffectedHost[] {
  const failing = hostIdsOf(findings.filter(isFiring));
  const names = new Map(
    findings.flatMap(({ subject }) => {
      const hostId = hostIdIn(subject);
      return hostId === null ? [] : [[hostId, placeNameOf(subject)] as const];
    }),
  );
  return [...names].map(([hostId, name]) => ({ hostId, name, isFailing: failing.has(hostId) }));
}

/** It is not well, wherever it lies. */
export function isFiring({ clearedAt, endedAt }: Finding): boolean {
  return clearedAt === null && endedAt === null;
}

function rankOf({ clearedAt, endedAt, standing }: Finding): number {
  if (endedAt !== null) return 3;
  if (standing === "beneath") return 2;
  return clearedAt === null ? 0 : 1;
}

function byGravity(left: Finding, right: Finding): number {
  if (isGraver(left.severity, right.severity)) return -1;
  return isGraver(right.severity, left.severity) ? 1 : 0;
}

function hostIdsOf(findings: readonly Finding[]): ReadonlySet<string> {
  return new Set(findings.flatMap(({ subject }) => hostIdIn(subject) ?? []));
}
