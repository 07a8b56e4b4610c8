// What is wrong with one expectation beyond its shape: it names nobody and nothing that the file does not have, and says what it needs. Pure.
import { EXPECTED_APPROVAL_STATES, type Expectation, INCIDENT_STATES } from "./expectation-format.ts";
import type { PlannedExpectation } from "./planned-incident.ts";

/** What the file has, to be named by an expectation. */
export interface Named {
  readonly hosts: { readonly has: (name: string) => boolean };
  readonly services: { readonly has: (name: string) => boolean };
  readonly people: { readonly has: (name: string) => boolean };
  readonly actions: { readonly has: (name: string) => boolean };
}

/** A mistake; `key` null: it is about the expectation as a whole. */
export interface ExpectationProblem {
  readonly key: keyof Expectation | null;
  readonly message: string;
}

const WHERE_BY = "where a finding is needs `by`: counts are over the whole fleet";

/** All mistakes of an expectation. */
export function expectationProblems(
  expectation: Expectation,
  { actions, hosts, people, services }: Named,
): readonly ExpectationProblem[] {
  const { approval, at, by, host, incident, is, liveness, service, shadow, to } = expectation;
  const counts = [expectation.wouldHavePaged, expectation.wouldHaveActed, expectation.falseAlarms];
  const isCounted = counts.some((count) => count !== undefined);
  const found: readonly (ExpectationProblem | false)[] = [
    host !== undefined && !hosts.has(host) && { key: "host", message: `unknown host "${host}"` },
    to !== undefined &&
      !people.has(to) && { key: "to", message: `there is no responder "${to}" in the file's policy` },
    service !== undefined &&
      !services.has(service) && { key: "service", message: `unknown service "${service}"` },
    incident !== undefined && wrongState(is, "incident", INCIDENT_STATES),
    approval !== undefined && wrongState(is, "approval", EXPECTED_APPROVAL_STATES),
    ...(["question", "noQuestion", "approval"] as const).map((key) => {
      const action = expectation[key];
      const isKnown = action === undefined || action === "any" || actions.has(action);
      return !isKnown && { key, message: `no service has an action "${action}"` };
    }),
    shadow !== undefined && by === undefined && host !== undefined && { key: "host", message: WHERE_BY },
    shadow !== undefined &&
      by === undefined &&
      service !== undefined && { key: "service", message: WHERE_BY },
    shadow !== undefined &&
      !isCounted &&
      by === undefined && {
        key: null,
        message: "shadow needs `by`, or a count: wouldHavePaged, wouldHaveActed or falseAlarms",
      },
    liveness !== undefined &&
      (host === undefined || at === undefined) && { key: null, message: "liveness needs `host` and `at`" },
  ];
  return found.filter((problem) => problem !== false);
}

function wrongState(
  is: Expectation["is"],
  word: string,
  states: readonly string[],
): ExpectationProblem | false {
  if (is === undefined)
    return { key: null, message: `an expected ${word} needs \`is\`: ${states.join(", ")}` };
  return !states.includes(is) && { key: "is", message: `of an ${word} expected one of ${states.join(", ")}` };
}

/** What is wrong with its times: one in which nothing could happen would be met, or never be met, whatever happens. */
export function windowProblems(planned: PlannedExpectation, endAt: number): readonly ExpectationProblem[] {
  const { at, byAt, fromAt, notBeforeAt, untilAt } = planned;
  const beginsAt = Math.max(fromAt ?? Number.NEGATIVE_INFINITY, notBeforeAt ?? Number.NEGATIVE_INFINITY);
  const late = (["from", "notBefore", "at"] as const).filter((key) => {
    const instant = { from: fromAt, notBefore: notBeforeAt, at }[key];
    return instant !== null && instant > endAt;
  });
  const found: readonly (ExpectationProblem | false)[] = [
    ...late.map((key) => ({ key, message: "after the end of the incident" })),
    untilAt !== null && untilAt < beginsAt && { key: "until", message: "before it begins to count" },
    byAt !== null && byAt < beginsAt && { key: "by", message: "before it begins to count" },
  ];
  return found.filter((problem) => problem !== false);
}
