// Reads a proposal as its shard told it, and compares it with what was asked for. Pure.
import { decodeBase64 } from "@countersign/shared/values/base64";
import { refuse, type Result } from "@countersign/shared/values/result";
import { parseProposal, type Proposal } from "@countersign/shared/wire/proposal";
import { askerText, askReasonOf, isSameAsker, wireAskerOf } from "../../words/asking.ts";
import type { Signal } from "../../words/signal.ts";

/** The proposal, if it is for what was asked. The shard has compared them already; the desk does not take its word for it. */
export function readProposal(
  signal: Extract<Signal, { kind: "proposed" }>,
): Result<Proposal, { reason: "unreadable" | "answered-otherwise"; detail: string }> {
  const bytes = decodeBase64(signal.proposal);
  if (bytes === null) return refuse({ reason: "unreadable", detail: "The proposal is not base64." });
  const parsed = parseProposal(bytes);
  if (!parsed.ok)
    return refuse({ reason: "unreadable", detail: `The proposal is unreadable: ${parsed.error.detail}` });
  const { action, askedBy, hostId, level, reason, service } = parsed.value;
  const { asked, subject } = signal;
  const isAsked = action === asked.action && level === asked.level;
  if (isAsked && hostId === subject.hostId && service === subject.service) {
    const asker = wireAskerOf(signal.askedBy);
    if (isSameAsker(askedBy, asker) && reason === asked.reason && isOwnWhy(signal)) return parsed;
    return refuse({
      reason: "answered-otherwise",
      detail: `The proposal says that it was asked for by ${askerText(askedBy)} because of "${reason}", and ${askerText(asker)} asked for it because of "${asked.reason ?? ""}".`,
    });
  }
  const detail = `The proposal is for ${action} (level ${level}) of ${service} on ${hostId}, and ${asked.action} (level ${asked.level}) was asked for.`;
  return refuse({ reason: "answered-otherwise", detail });
}

/** What a person said is told as they said it. */
function isOwnWhy({ asked, askedBy }: Extract<Signal, { kind: "proposed" }>): boolean {
  return askedBy.kind !== "person" || asked.reason === askReasonOf(askedBy.why);
}
