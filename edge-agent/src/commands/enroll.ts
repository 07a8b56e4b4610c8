// `countersign-agent enroll`: says what was done, or that it was done before. Not pure.
import { ok, type Result } from "@countersign/shared/result";
import { enrolHost, type Enrolled, type EnrolOptions } from "../agent/enrol.ts";
import type { CommandRefusal } from "../core/command-refusal.ts";
import type { HostPaths } from "../paths.ts";

/** Enrols this host and prints the answer, as JSON when asked for. */
export async function runEnroll(
  options: EnrolOptions & { readonly json: boolean },
): Promise<Result<null, CommandRefusal>> {
  const enrolled = await enrolHost(options);
  if (!enrolled.ok) return enrolled;
  process.stdout.write(
    options.json ? `${JSON.stringify(enrolled.value)}\n` : wordsOf(enrolled.value, options.paths),
  );
  return ok(null);
}

function wordsOf(enrolled: Enrolled, { mode }: HostPaths): string {
  const { status, hostId, url, trust, trustCommand } = enrolled;
  const lines = [
    status === "enrolled"
      ? `Enrolled at ${url} as ${hostId}.`
      : `This host is enrolled at ${url} already, as ${hostId}; nothing was changed.`,
    trustCommand === null
      ? `The desk's key is pinned in ${trust}.`
      : `One step is left for root, so that this host believes the desk's signature:\n  ${trustCommand}`,
  ];
  if (status === "enrolled" && mode === "system")
    lines.push("Start the agent with `systemctl restart countersign-agent`.");
  return `${lines.join("\n")}\n`;
}
