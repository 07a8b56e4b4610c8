// What stands before authentication on the HTTP side: who failed too often at a cookie, a one-time link, an enrolment token or the admin
// token is turned away for a minute before any actor is asked. Counted by address, in this isolate's memory and, where the platform has
// a rate limit of its own, there too. Who has proven a cookie here lately is never turned away for what others at the address do.
// Agents' connections are not limited here: a whole fleet may come back from one address (platform/shard/shard-entrance.ts).
import { sha256Hex } from "@countersign/shared/values/digest";
import { addressGroupOf } from "../core/doors/address-group.ts";
import { FAILED_ATTEMPTS_WINDOW_MS, FailedAttempts, UNPROVEN_MAX } from "../core/doors/failed-attempts.ts";
import type { Asking } from "./context.ts";

/** Cookies that were good lately; more are forgotten, oldest first. */
const PROVEN_MAX = 1_000;
export const RETRY_AFTER = { "retry-after": String(FAILED_ATTEMPTS_WINDOW_MS / 1_000) } as const;

const failures = new FailedAttempts();
const unproven = new FailedAttempts(UNPROVEN_MAX);
/** hashes of secrets, and until when they spare their bearer */
const proven = new Map<string, number>();

/** Says whether this request's address has failed too often to be asked anything. */
export function isTurnedAway(c: Asking): boolean {
  return failures.isOver(sourceOf(c), Date.now());
}

/** Counts a failure of this request's address, here and with the platform. */
export async function noteFailure(c: Asking): Promise<void> {
  const source = sourceOf(c);
  failures.note(source, Date.now());
  const outcome = await c.env.FAILED_ATTEMPTS?.limit({ key: source });
  if (outcome?.success === false) failures.bar(source, Date.now());
}

/**
 * Says whether this request's address brought too much that no provider sent. Counted for itself: anybody can have a
 * bot of their own call here from
 * the very addresses of the provider, and what fails at people's doors says nothing about providers.
 */
export function isUnprovenTooOften(c: Asking): boolean {
  return unproven.isOver(sourceOf(c), Date.now());
}

/** Counts what no provider sent. */
export function noteUnproven(c: Asking): void {
  unproven.note(sourceOf(c), Date.now());
}

/** Remembers that a secret was good. */
export function noteProven(secret: string): void {
  const key = sha256Hex(secret);
  proven.delete(key);
  proven.set(key, Date.now() + FAILED_ATTEMPTS_WINDOW_MS);
  const [oldest] = proven.keys();
  if (proven.size > PROVEN_MAX && oldest !== undefined) proven.delete(oldest);
}

/** Says whether a secret was good here lately. */
export function wasProven(secret: string): boolean {
  return (proven.get(sha256Hex(secret)) ?? 0) > Date.now();
}

/** For tests: nobody has failed or proven anything. */
export function forgetAttempts(): void {
  failures.clear();
  unproven.clear();
  proven.clear();
}

/** As the edge states it (ADR 0007); what a caller writes there itself does not get this far. */
function sourceOf(c: Asking): string {
  return addressGroupOf(c.req.header("cf-connecting-ip") ?? null);
}
