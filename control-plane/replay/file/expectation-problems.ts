// What is wrong with one expectation beyond its shape: it names nobody and nothing that the file does not have, and says what it needs. Pure.
import type { Expectation } from "./expectation-format.ts";

/** What the file has, to be named by an expectation. */
export interface Named {
  readonly hosts: { readonly has: (name: string) => boolean };
  readonly services: { readonly has: (name: string) => boolean };
  readonly people: { readonly has: (name: string) => boolean };
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
  { hosts, people, services }: Named,
): readonly ExpectationProblem[] {
  const { at, by, host, incident, is, liveness, service, shadow, to } = expectation;
  const counts = [expectation.wouldHavePaged, expectation.wouldHaveActed, expectation.falseAlarms];
  const isCounted = counts.some((count) => count !== undefined);
  const found: readonly (ExpectationProblem | false)[] = [
    host !== undefined && !hosts.has(host) && { key: "host", message: `unknown host "${host}"` },
    to !== undefined &&
      !people.has(to) && { key: "to", message: `there is no responder "${to}" in the file's policy` },
    service !== undefined &&
      !services.has(service) && { key: "service", message: `unknown service "${service}"` },
    incident !== undefined &&
      is === undefined && {
        key: null,
        message: "an expected incident needs `is`: open, acknowledged, resolved or none",
      },
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
