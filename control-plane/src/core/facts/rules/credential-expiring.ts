// Rule `credential-expiring`: a credential's expiry is near, by the credential's own life; critical from the instant at
// which it has expired. Pure. Near is `before`, and no more than a tenth of its life once that is known; hours that are left
// of an unknown life are near. What renews itself (declared, or seen to twice) is never near: what pages for it is
// `credential-rejected`. It clears when the host tells a later expiry, or that there is none (any more); one that cannot be
// read now is neither, and counts on as it was read last.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Fact } from "@countersign/shared/wire/fact";
import { nameOf } from "../../words/subject.ts";
import { alikeIn, type Named, namedIn, namesInWords, withNamed } from "../named-list.ts";
import { type FactRule, type Finding, type Judgement, QUIET, type RuleScene } from "../rule.ts";

interface Expiry extends Named {
  readonly expiresAt: number;
  /** its whole life, measured when it was seen to be renewed. absent: not known */
  readonly lifeMs?: number;
  /**
   * how often in a row it was seen to be renewed while it lived as short as `SELF_RENEWED_LIFE_MAX_MS`, `RENEWALS_MIN` at
   * most. absent: never
   */
  readonly renewedCount?: number;
  /** since when its expiry cannot be read. absent: it was, when it was told last */
  readonly unreadAt?: number;
}

type Expiries = readonly Expiry[];
type CredentialFact = Extract<Fact, { kind: "credential" }>;

const NO_EXPIRIES: Expiries = [];
/** Credentials remembered for one service. */
export const CREDENTIALS_MAX = 16;
/**
 * The lead time is no more than this share of a known life: what is renewed at nine tenths of it, as machines do, pages
 * nobody.
 */
export const LEAD_SHARE_MAX = 1 / 10;
/** Seen to be renewed so often, it renews itself. */
export const RENEWALS_MIN = 2;
/**
 * What lives longer is never taken to renew itself by what was seen: nobody can tell a person or a job that renewed it twice
 * from one that will do so again, and its lead time makes no noise. Whoever knows better declares it (`refresh: self`).
 */
export const SELF_RENEWED_LIFE_MAX_MS = 3 * 86_400_000;
/** A smaller difference is the same expiry, computed again by who wrote it. */
export const RENEWAL_MIN_MS = 60_000;
/** A renewal is seen as it happens only where the host was seen for so long: its credentials are read within that time. */
export const WATCHED_MIN_MS = 10 * 60_000;

function absorb(expiries: Expiries, fact: Fact, scene: RuleScene): Expiries {
  if (fact.kind !== "credential") return expiries;
  const before = namedIn(expiries, fact.credential);
  if (fact.refreshes === true) return without(expiries, before);
  if (fact.expiresAt === null && !isUnread(fact)) return without(expiries, before);
  const next = nextOf(before, fact, scene);
  if (next === undefined || next === before) return expiries;
  return withNamed(expiries, next, CREDENTIALS_MAX);
}

/** Of a file that is not there nothing can be read, also where an older agent does not say so. */
function isUnread({ fileKind, isExpiryUnread }: CredentialFact): boolean {
  return isExpiryUnread === true || fileKind === "missing";
}

function nextOf(before: Expiry | undefined, fact: CredentialFact, scene: RuleScene): Expiry | undefined {
  const { credential: name, expiresAt } = fact;
  if (expiresAt === null)
    return before === undefined || before.unreadAt !== undefined ? before : { ...before, unreadAt: fact.at };
  if (before === undefined) return { name, expiresAt };
  if (before.expiresAt === expiresAt && before.unreadAt === undefined) return before;
  const { unreadAt, ...known } = before;
  const movedMs = expiresAt - before.expiresAt;
  if (Math.abs(movedMs) < RENEWAL_MIN_MS) return { ...known, expiresAt };
  const leftMs = expiresAt - fact.at;
  // Another credential has taken its place: nothing is known of that one.
  if (movedMs < 0 || leftMs <= 0) return { name, expiresAt };
  if (!isWatched(fact.at, scene)) return renewedUnseen({ ...known, expiresAt }, leftMs);
  // Renewed while it could not be read, it is no older than that: a file that is written anew is not there for a moment.
  const lifeMs = expiresAt - (unreadAt ?? fact.at);
  const lived = { name, expiresAt, lifeMs };
  if (lifeMs > SELF_RENEWED_LIFE_MAX_MS) return lived;
  return { ...lived, renewedCount: Math.min(RENEWALS_MIN, (before.renewedCount ?? 0) + 1) };
}

/**
 * It was renewed at some time before: what is left of it says how long it lives at least. Only what was short-lived and may
 * still be so stays known.
 */
function renewedUnseen(expiry: Expiry, leftMs: number): Expiry {
  const { name, expiresAt, lifeMs = Infinity } = expiry;
  return Math.max(leftMs, lifeMs) <= SELF_RENEWED_LIFE_MAX_MS ? expiry : { name, expiresAt };
}

function isWatched(at: number, { seenSinceAt }: RuleScene): boolean {
  return seenSinceAt === undefined || (seenSinceAt !== null && seenSinceAt <= at - WATCHED_MIN_MS);
}

function without(expiries: Expiries, expiry: Expiry | undefined): Expiries {
  if (expiry === undefined) return expiries;
  const kept = expiries.filter((other) => other !== expiry);
  return kept.length === 0 ? NO_EXPIRIES : kept;
}

function judge(expiries: Expiries, scene: RuleScene): Judgement {
  const { now } = scene;
  const told = expiries.filter(({ renewedCount = 0 }) => renewedCount < RENEWALS_MIN);
  const dueAt = told.flatMap((expiry) => [nearAtOf(expiry, scene), expiry.expiresAt]);
  const nextAt = dueAt.filter((at) => at > now).toSorted((left, right) => left - right)[0] ?? null;
  const near = told.filter((expiry) => now >= nearAtOf(expiry, scene));
  if (near.length === 0) return { ...QUIET, nextAt };
  return { finding: findingOf(near, scene), nextAt };
}

function nearAtOf({ expiresAt, lifeMs = Infinity }: Expiry, { policy }: RuleScene): number {
  return Math.round(
    expiresAt - Math.min(policy.rules["credential-expiring"].before, lifeMs * LEAD_SHARE_MAX),
  );
}

function findingOf(near: Expiries, scene: RuleScene): Finding {
  const { now, subject } = scene;
  const soonestFirst = near.toSorted((left, right) => left.expiresAt - right.expiresAt);
  const expired = soonestFirst.filter(({ expiresAt }) => now >= expiresAt);
  const isExpired = expired.length > 0;
  const what = isExpired
    ? `expired: ${namesInWords(expired)}`
    : `about to expire: ${namesInWords(soonestFirst)}`;
  return {
    severity: isExpired ? "critical" : "warning",
    ...alikeIn(near),
    title: `Credentials of ${nameOf(subject)} ${what}`,
    evidence: soonestFirst
      .slice(0, 10)
      .map((expiry) => ({ at: expiry.expiresAt, text: wordsOf(expiry, now) })),
    happenedAt: Math.min(...near.map((expiry) => nearAtOf(expiry, scene))),
    isRestartPointless: isExpired,
    ...(isExpired ? { failureClass: "auth" as const } : {}),
    freezes: false,
  };
}

function wordsOf({ name, expiresAt, unreadAt }: Expiry, now: number): string {
  const what =
    now >= expiresAt ? `${name} has expired` : `${name} expires in ${formatDuration(expiresAt - now)}`;
  return unreadAt !== undefined ? `${what}, as it was read last: its expiry cannot be read now` : what;
}

export const credentialExpiring: FactRule<Expiries> = {
  reason: "credential-expiring",
  scope: "service",
  kinds: ["credential"],
  initial: NO_EXPIRIES,
  absorb,
  judge,
};
