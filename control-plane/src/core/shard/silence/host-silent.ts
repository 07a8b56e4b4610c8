// Rule `host-silent`: a host that was seen before gave no sign of life for the whole page bound, or what it says is not understood. Pure.
// The second opinion never suppresses the page, it only words it; so an opinion that arrives later sends the signal again, with
// the same subject and reason, and only if the words change. A host that speaks and is not understood has words of its own, which no
// opinion changes: that it answers a TCP connect is no news then.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Finding } from "../../facts/rule.ts";
import type { Evidence, PageReason } from "../../words/signal.ts";
import { settleHost } from "../host/settle.ts";
import { chainHost, type HostChange, type HostScene } from "../host/shard-change.ts";
import type { HostState, SecondOpinion, Unheard } from "../host/shard-state.ts";
import { silenceReasonOf, silenceTitleOf } from "./host-late-return.ts";

const REASONS = ["host-silent", "host-late-return"] as const;

/** What the silence looks like from here, and from outside. A refused connect is an answer too: something up there said no. */
export function silenceWordingOf({
  secondOpinion,
  unheard,
}: Pick<HostState, "secondOpinion" | "unheard">): string {
  return unheard?.isOverdue === true
    ? "it connects, and nothing it says is understood"
    : opinionWordingOf(secondOpinion);
}

/** Since when a host that is not heard was not: the last sign of life or, where there never was one, its first hello. */
export function silentSinceAtOf({ lastSeenAt, unheard }: Pick<HostState, "lastSeenAt" | "unheard">): number {
  return lastSeenAt === 0 && unheard !== null ? unheard.sinceAt : lastSeenAt;
}

function opinionWordingOf(opinion: SecondOpinion): string {
  switch (opinion) {
    case "answers":
    case "refused":
      return "agent dead and host up";
    case "no-answer":
      return "host dead";
    case "not-asked":
      return "path broken or no second opinion";
  }
}

/** Fires while the host is down, again in other words, and clears what fires when it is not any more, or its rule was turned off. */
export function settleSilence(host: HostState, over: Evidence, scene: HostScene): HostChange {
  const reason = silenceReasonOf(host);
  const isFound = host.liveness === "down" && scene.policy.rules[reason].enabled;
  const findingsOf = (each: PageReason) => (isFound && each === reason ? [findingOf(host, scene.now)] : []);
  return chainHost(
    host,
    ...REASONS.map(
      (each) => (current: HostState) =>
        settleHost(current, { reason: each, findings: findingsOf(each), over }, scene),
    ),
  );
}

/** The host is up again. */
export function endSilence(host: HostState, silentSinceAt: number, scene: HostScene): HostChange {
  const text = `seen again after ${formatDuration(host.lastSeenAt - silentSinceAt)}`;
  return settleSilence(host, { at: host.lastSeenAt, text }, scene);
}

function findingOf(host: HostState, now: number): Finding {
  return {
    severity: "critical",
    title: silenceTitleOf(host, silenceWordingOf(host)),
    evidence: silenceEvidence(host, now),
    // the last sign of life
    happenedAt: silentSinceAtOf(host),
    isRestartPointless: false,
    freezes: false,
  };
}

function silenceEvidence(host: HostState, now: number): readonly Evidence[] {
  const lines: Evidence[] = host.lastSeenAt > 0 ? [{ at: host.lastSeenAt, text: "last sign of life" }] : [];
  if (host.unheard !== null) lines.push(...unheardEvidence(host.unheard));
  if (host.returnDueAt !== null)
    lines.push({ at: host.returnDueAt, text: "had announced to be back by then" });
  lines.push({ at: now, text: opinionText(host) });
  return lines;
}

function unheardEvidence({ refusal, refusedAt, refusedCount, sinceAt }: Unheard): readonly Evidence[] {
  const lines: Evidence[] = [
    {
      at: sinceAt,
      text: "it speaks since; keepalives do not count before a report of all its services is accepted",
    },
  ];
  if (refusedAt !== null && refusal !== null)
    lines.push({
      at: refusedAt,
      text: `its report was refused${refusedCount === 2 ? " twice" : ""}: ${refusal}`,
    });
  return lines;
}

function opinionText({ probe, secondOpinion }: HostState): string {
  if (probe === null) return "second opinion: the host declares no port to ask";
  const target = `TCP port ${probe.port} of ${probe.address}`;
  switch (secondOpinion) {
    case "answers":
      return `second opinion: ${target} answers`;
    case "refused":
      return `second opinion: ${target} refuses, so something there is up`;
    case "no-answer":
      return `second opinion: ${target} does not answer either`;
    case "not-asked":
      return `second opinion: no word yet about ${target}`;
  }
}
