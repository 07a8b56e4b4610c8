// What `doctor` found about one thing: right, wrong with the command that mends it, or not to be seen by these eyes. Not to be seen is never
// right. The detail says in one sentence what it means; the command stands apart from it, so that it can be copied as it is.
import type { ExaminedFinding } from "@countersign/shared/wire/examined";
import { boundedFindings } from "../../core/connection/examined-findings.ts";

export interface Finding {
  /** what was looked at, such as `unit: web.service`; unique in one examination */
  readonly check: string;
  /** null: it is about the host */
  readonly service: string | null;
  /** `unknown`: these eyes may not look */
  readonly status: "ok" | "wrong" | "unknown";
  readonly detail: string;
  /** what a person runs as root; null: nothing is to be mended, or only a person knows how */
  readonly mend: string | null;
  /** the agent tells the desk of it by itself; absent: it does not */
  readonly isWatched?: boolean | undefined;
}

const ABOUT_HOST = { service: null } as const;

/** It is as it should be. */
export const well = (check: string, detail: string): Finding => ({
  ...ABOUT_HOST,
  check,
  status: "ok",
  detail,
  mend: null,
});
/** It is not; the command mends it. */
export const wrong = (check: string, detail: string, mend: string | null = null): Finding => ({
  ...ABOUT_HOST,
  check,
  status: "wrong",
  detail,
  mend,
});
/** It could not be seen; the command shows it. */
export const unknown = (check: string, detail: string, mend: string | null = null): Finding => ({
  ...ABOUT_HOST,
  check,
  status: "unknown",
  detail,
  mend,
});

/** The same, about one service. */
export function ofService(service: string, finding: Finding): Finding {
  return { ...finding, service };
}

/** What of them the desk is told: nothing that is right, nor what the agent tells it anyway. */
export function toTell(findings: readonly Finding[]): readonly ExaminedFinding[] {
  const bad = findings.flatMap(({ check, detail, isWatched, mend, service, status }) =>
    status === "ok" || isWatched === true ? [] : [{ check, service, status, detail, mend }],
  );
  return boundedFindings(bad);
}
