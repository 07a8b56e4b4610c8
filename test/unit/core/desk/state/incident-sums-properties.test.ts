// What the findings of an incident come to, kept up from change to change, beside the same added up by looking at all of them.
import fc from "fast-check";
import { expect, it } from "vitest";
import { NO_RECORDS, type Records } from "@countersign/shared/values/records";
import { Severity } from "@countersign/shared/wire/service-report";
import { isGraver } from "../../../../../control-plane/src/core/desk/incidents/graver.ts";
import type { Finding } from "../../../../../control-plane/src/core/desk/records/finding.ts";
import { sumOf } from "../../../../../control-plane/src/core/desk/state/incident-sums.ts";
import type { PageReason } from "../../../../../control-plane/src/core/words/signal.ts";
import { FLEET, hostIdIn, subjectKeyOf } from "../../../../../control-plane/src/core/words/subject.ts";
import { Desk } from "../desk-fixtures.ts";
import { hostAt, serviceAt } from "../fleet.ts";

const INCIDENTS = ["inc_1", "inc_2", "inc_3"] as const;
const SUBJECTS = [hostAt(1), serviceAt(1), serviceAt(1, "other"), serviceAt(2), FLEET] as const;
const REASONS = ["check-failing", "no-progress", "approval-unanswered", "stale-code"] as const;

const severity = fc.constantFrom(...Severity.options);
const instant = fc.option(fc.integer({ min: 0, max: 50 }), { nil: null });
const change = fc.record({
  findingId: fc.constantFrom("fnd_1", "fnd_2", "fnd_3", "fnd_4", "fnd_5", "fnd_6"),
  isGone: fc.boolean(),
  /** so many changes ago somebody reads once more */
  looksBack: fc.nat(6),
  finding: fc.record({
    incidentId: fc.constantFrom(...INCIDENTS),
    subject: fc.constantFrom(...SUBJECTS),
    reason: fc.constantFrom<PageReason>(...REASONS),
    standing: fc.constantFrom("own" as const, "wide" as const, "beneath" as const),
    severity,
    told: fc.option(severity, { nil: null }),
    newsAt: instant,
    clearedAt: instant,
    endedAt: fc.option(fc.integer({ min: 0, max: 50 }), { nil: null, freq: 2 }),
  }),
});

it(
  "is what it comes to when all of them are looked at, in every value that the records have had",
  { timeout: 30_000 },
  () => {
    const [base] = oneFinding();
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40, size: "max" }), (changes) => {
        const values: Records<Finding>[] = [NO_RECORDS];
        for (const { finding, findingId, isGone, looksBack } of changes) {
          const before = values.at(-1)!;
          const after =
            isGone && before.has(findingId)
              ? before.without(findingId)
              : before.with(findingId, { ...base, ...finding, findingId });
          values.push(after);
          for (const findings of [after, values.at(-1 - looksBack) ?? after, after])
            for (const incidentId of INCIDENTS) {
              expect(plain(sumOf({ findings }, incidentId))).toEqual(naiveSum(findings, incidentId));
              expectNews(findings, incidentId);
            }
        }
      }),
      { numRuns: 200 },
    );
  },
);

function oneFinding(): readonly [Finding] {
  const desk = new Desk();
  desk.fire();
  return [desk.finding()];
}

function plain(sum: ReturnType<typeof sumOf>) {
  const { clearedAt, firingCount, hostCount, lead, openCount, ownCount, subjectCount, told } = sum;
  return { clearedAt, firingCount, hostCount, lead, openCount, ownCount, subjectCount, told };
}

function naiveSum(findings: Records<Finding>, incidentId: string) {
  const open = findings.values().filter((one) => one.incidentId === incidentId && one.endedAt === null);
  const own = open.filter(({ standing }) => standing !== "beneath");
  const firing = own.filter(({ clearedAt }) => clearedAt === null);
  const cleared = own.flatMap(({ clearedAt }) => clearedAt ?? []);
  return {
    openCount: open.length,
    ownCount: own.length,
    firingCount: firing.length,
    lead: gravest(firing.length > 0 ? firing : own),
    told: own.reduce<Severity | null>(
      (most, { told }) => (told !== null && isGraver(told, most) ? told : most),
      null,
    ),
    hostCount: new Set(own.map(({ subject }) => hostIdIn(subject) ?? subjectKeyOf(subject))).size,
    subjectCount: new Set(own.map(({ subject }) => subjectKeyOf(subject))).size,
    clearedAt: cleared.length === 0 ? null : Math.max(...cleared),
  };
}

/** The first of the gravest. */
function gravest(findings: readonly Finding[]): Finding | null {
  return findings.reduce<Finding | null>(
    (most, one) => (most === null || isGraver(one.severity, most.severity) ? one : most),
    null,
  );
}

function expectNews(findings: Records<Finding>, incidentId: string): void {
  const sum = sumOf({ findings }, incidentId);
  const news = findings
    .values()
    .filter(
      (one) =>
        one.incidentId === incidentId &&
        one.newsAt !== null &&
        one.clearedAt === null &&
        one.standing !== "beneath" &&
        one.reason !== "approval-unanswered",
    );
  const since = (some: readonly Finding[]) =>
    some.length === 0 ? null : Math.min(...some.map(({ newsAt }) => newsAt ?? 0));
  for (const than of [null, ...Severity.options])
    expect(sum.newsSince(than)).toBe(since(news.filter((one) => isGraver(one.severity, than))));
  for (const known of [[], ["check-failing"], [...REASONS]] as const)
    expect(sum.newsOfOthersSince(known)).toBe(
      since(news.filter(({ reason }) => !(known as readonly string[]).includes(reason))),
    );
}
