// Words a failed enrolment: what the control plane (or whatever answered in its place) said, as one sentence with what to do. Pure.
import { PROBLEM_CONTENT_TYPE, Problem } from "@countersign/shared/wire/problem";
import type { CommandRefusal } from "../command-refusal.ts";

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly location: string | null;
  readonly body: string;
}

/** Words an answer that is not the expected 2xx. */
export function adviseOnEnrolmentAnswer(answer: HttpAnswer, url: string): CommandRefusal {
  if (answer.status >= 300 && answer.status < 400)
    return {
      reason: "url-redirects",
      sentence: `${url} redirects to ${printable(answer.location ?? "elsewhere")}: use that address with --url if you trust it.`,
    };
  const problem = problemOf(answer);
  if (problem !== null) return adviseOnProblem(problem, url);
  if (answer.status === 429 || answer.status >= 500)
    return {
      reason: "control-plane-unwell",
      sentence: `${url} answered HTTP ${answer.status}: wait a minute and run the same command again, the token was kept.`,
    };
  return {
    reason: "not-a-control-plane",
    sentence: `${url} answered HTTP ${answer.status} but not as a Countersign control plane does: check the address.`,
  };
}

interface KnownProblem {
  readonly reason: string;
  readonly detail: string;
}

function problemOf(answer: HttpAnswer): KnownProblem | null {
  if (!answer.contentType.startsWith(PROBLEM_CONTENT_TYPE)) return null;
  let json: unknown;
  try {
    json = JSON.parse(answer.body);
  } catch {
    return null;
  }
  const problem = Problem.safeParse(json);
  const reason = /^urn:countersign:problem:([a-z-]{1,64})$/.exec(problem.data?.type ?? "")?.[1];
  return reason === undefined || !problem.success ? null : { reason, detail: printable(problem.data.detail) };
}

function adviseOnProblem({ reason, detail }: KnownProblem, url: string): CommandRefusal {
  switch (reason) {
    case "token-unknown":
      return {
        reason,
        sentence: `${url} does not know this token: check that it was copied whole and made on this desk, or make a new one.`,
      };
    case "token-expired":
      return {
        reason,
        sentence: "The token has expired (they live 15 minutes): make a new one on the desk.",
      };
    case "token-used":
      return {
        reason,
        sentence: "The token was used already, and each enrols one host: make a new one on the desk.",
      };
    default:
      return { reason, sentence: `${url} refused the enrolment (${reason}): ${detail}` };
  }
}

/** One line without control characters, short: what a stranger may put on a person's terminal. */
function printable(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .slice(0, 300);
}
