// `countersign-agent enroll`: takes the token, enrols, and says what was done, or that it was done before. Not pure.
// The token is a secret: given as an argument it stands in the list of processes for everybody, so a file or standard input is the way.
// A script that comes through a pipe is standard input itself, so nothing is read there without being asked for.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { type ApproverChoice, enrolHost, type Enrolled, type EnrolOptions } from "../agent/enrol.ts";
import type { CommandRefusal } from "../core/command-refusal.ts";
import { readText } from "../evidence/read-bounded.ts";
import type { HostPaths } from "../paths.ts";

/** Enrols this host and prints the answer, as JSON when asked for. */
export async function runEnroll(
  options: Omit<EnrolOptions, "approvers" | "token"> &
    TokenFlags &
    ApproverFlags & { readonly json: boolean },
): Promise<Result<null, CommandRefusal>> {
  const approvers = readChoice(options);
  if (!approvers.ok) return approvers;
  const token = await readToken(options);
  if (!token.ok) return token;
  const enrolled = await enrolHost({ ...options, approvers: approvers.value, token: token.value });
  if (!enrolled.ok) return enrolled;
  process.stdout.write(
    options.json ? `${JSON.stringify(enrolled.value)}\n` : wordsOf(enrolled.value, options.paths),
  );
  return ok(null);
}

interface TokenFlags {
  readonly token?: string;
  readonly tokenFile?: string;
}

interface ApproverFlags {
  readonly trustWords?: string;
  /** `--no-approver` makes it false */
  readonly approver: boolean;
}

function readChoice({ approver, trustWords }: ApproverFlags): Result<ApproverChoice, CommandRefusal> {
  if (trustWords === undefined) return ok({ by: approver ? "asking" : "nobody" });
  return approver
    ? ok({ by: "words", words: trustWords })
    : refuse({
        reason: "usage",
        sentence: "Say --trust-words to believe the fleet's approvers, or --no-approver, not both.",
      });
}

/** More than any token: the rest of a file that is something else is not read. */
const TOKEN_BYTES_MAX = 1_024;

async function readToken({ token, tokenFile }: TokenFlags): Promise<Result<string, CommandRefusal>> {
  if ((token === undefined) === (tokenFile === undefined))
    return refuse({
      reason: "usage",
      sentence: "Say where the token is, once: --token-file FILE, or --token-file - for standard input.",
    });
  const place = tokenFile ?? (token === "-" ? "-" : null);
  if (place === null) return ok(token ?? "");
  const text = place === "-" ? await readStandardInput() : await readText(place, TOKEN_BYTES_MAX);
  return ok((text ?? "").trim());
}

/** Its first line; a person who types the token ends it with Enter. */
async function readStandardInput(): Promise<string> {
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) {
    text += String(chunk);
    if (text.includes("\n") || text.length > TOKEN_BYTES_MAX) break;
  }
  return text.split("\n", 1)[0] ?? "";
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
  lines.push(approverWords(enrolled));
  if (status === "enrolled" && mode === "system")
    lines.push("Start the agent with `systemctl restart countersign-agent`.");
  return `${lines.join("\n")}\n`;
}

function approverWords({ approvers, trustWords }: Enrolled): string {
  switch (approvers) {
    case "accepted":
      return `The fleet's approvers are believed here: ${trustWords ?? ""}.`;
    case "none-yet":
      return "The fleet has no approver yet. Levels 4 and 5 are closed here until it has, and root runs `countersign-agent trust accept`.";
    case "not-accepted":
      return "No approver is believed here: levels 4 and 5 are closed until root runs `countersign-agent trust accept`.";
  }
}
